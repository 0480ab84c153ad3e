#include "storage/backup_set.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "crypto/note_format.h"
#include "storage/atomic_file.h"
#include "storage/backup_folder.h"
#include "storage/failpoint.h"

namespace samkoer::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".backup";
constexpr std::string_view kUnfinished = "new-";

std::string FilesOf(const std::string& folder) { return folder + "/files"; }

std::string IdOf(std::int64_t seconds) {
  return absl::FormatTime("%Y%m%dT%H%M%SZ", absl::FromUnixSeconds(seconds),
                          absl::UTCTimeZone());
}

absl::Status Rename(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  return error ? FolderError(to, error) : absl::OkStatus();
}

// Counts over several files.
class Meter {
 public:
  Meter(const BackupProgress& progress, std::uint64_t total)
      : progress_(progress), total_(total) {}
  crypto::FileProgress Each() {
    return [this](std::uint64_t bytes) {
      done_ += bytes;
      return !progress_ || progress_(done_, total_);
    };
  }

 private:
  const BackupProgress& progress_;
  const std::uint64_t total_;
  std::uint64_t done_ = 0;
};

struct SourceFile {
  std::string name;
  std::uint64_t bytes;
};

absl::StatusOr<std::vector<SourceFile>> SourceFiles(const std::string& copy) {
  const auto names = NamesIn(copy);
  if (!names.ok()) return names.status();
  std::vector<SourceFile> files;
  for (const std::string& name : *names) {
    std::error_code error;
    const std::uint64_t bytes = fs::file_size(copy + "/" + name, error);
    if (error) return FolderError(copy + "/" + name, error);
    files.push_back({name, bytes});
  }
  return files;
}

std::string ManifestPath(const std::string& folder, const std::string& id) {
  return absl::StrCat(folder, "/", id, std::string(kEnding));
}

// Brings the files into the set; fills the manifest.
class FileWriter {
 public:
  FileWriter(const BackupRequest& request, const crypto::NoteVerifier& verifier,
             BackupManifest& manifest, BackupResult& result)
      : request_(request),
        verifier_(verifier),
        manifest_(manifest),
        result_(result),
        files_(FilesOf(request.folder)) {}
  // What an attempt that fails has written would only be in the way.
  ~FileWriter() {
    for (const std::string& path : added_) ::unlink(path.c_str());
  }
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  absl::Status Run() {
    if (absl::Status s = FindPresent(); !s.ok()) return s;
    const auto sources = SourceFiles(request_.copy);
    if (!sources.ok()) return sources.status();
    std::uint64_t total = 0;
    for (const SourceFile& source : *sources) total += source.bytes;
    Meter meter(request_.progress, 2 * total);
    if (absl::Status s = Look(*sources, meter); !s.ok()) return s;
    for (const std::size_t at : missing_) {
      if (absl::Status s = Add(manifest_.files[at], meter); !s.ok()) return s;
    }
    return SyncDirectory(files_);
  }
  void Keep() { added_.clear(); }

 private:
  // What may stand in the new manifest without being written again: files that
  // a manifest of ours vouches for, encrypted to the same key. A name alone
  // says nothing: whoever may write to the folder can make one.
  absl::Status FindPresent() {
    const auto listed = ListBackups(request_.folder, verifier_);
    if (!listed.ok()) return listed.status();
    for (const ListedBackup& backup : *listed) {
      if (!backup.manifest.ok() || backup.manifest->key != manifest_.key) {
        continue;
      }
      for (const BackupFile& file : backup.manifest->files) {
        std::error_code error;
        const fs::path path = files_ + "/" + file.StoredName();
        if (fs::is_regular_file(fs::symlink_status(path, error)) &&
            fs::file_size(path, error) == crypto::EncryptedBytes(file.bytes)) {
          present_[file.plain] = file.stored;
        }
      }
    }
    return absl::OkStatus();
  }

  // Which files the set has; the rest is `missing_`.
  absl::Status Look(const std::vector<SourceFile>& sources, Meter& meter) {
    std::uint64_t needed = 0;
    for (const SourceFile& source : sources) {
      const auto hash =
          crypto::HashFile(request_.copy + "/" + source.name, meter.Each());
      if (!hash.ok()) return hash.status();
      BackupFile& file = manifest_.files.emplace_back();
      file.name = source.name;
      file.bytes = hash->bytes;
      file.plain = hash->hash;
      const auto found = present_.find(file.plain);
      if (found != present_.end()) {
        file.stored = found->second;
      } else {
        missing_.push_back(manifest_.files.size() - 1);
        needed += crypto::EncryptedBytes(hash->bytes);
      }
    }
    return CheckBackupRoom(request_.folder, needed);
  }

  absl::Status Add(BackupFile& file, Meter& meter) {
    const std::string temporary =
        absl::StrCat(files_, "/", std::string(kUnfinished), "file");
    const auto sums = crypto::EncryptFile(
        request_.copy + "/" + file.name, temporary, request_.key, meter.Each());
    if (!sums.ok()) return sums.status();
    if (sums->plain != file.plain) {
      ::unlink(temporary.c_str());
      return absl::InternalError(
          absl::StrCat("the copy's file ", file.name, " changed"));
    }
    file.stored = sums->stored;
    const std::string path = files_ + "/" + file.StoredName();
    if (absl::Status s = Rename(temporary, path); !s.ok()) {
      ::unlink(temporary.c_str());
      return s;
    }
    added_.push_back(path);
    ++result_.new_files;
    result_.new_bytes += sums->stored_bytes;
    SAMKOER_FAILPOINT("backup.file");
    return absl::OkStatus();
  }

  const BackupRequest& request_;
  const crypto::NoteVerifier& verifier_;
  BackupManifest& manifest_;
  BackupResult& result_;
  const std::string files_;
  std::map<crypto::Hash32, crypto::Hash32> present_;  // stored, by plain
  std::vector<std::size_t> missing_;                  // in manifest_.files
  std::vector<std::string> added_;                    // paths
};

// Removes backups that are too many or cannot be opened, then the files that
// none names. `newest` counts first, empty: it is not there yet. Errors only
// delay that to the next time. Returns how many backups.
std::uint64_t Prune(const BackupRequest& request,
                    const crypto::NoteVerifier& verifier,
                    const std::string& newest) {
  auto listed = ListBackups(request.folder, verifier);
  if (!listed.ok()) return 0;
  // Of a clock that was wrong: older than whatever has a time that can be.
  const absl::Time now = absl::FromUnixSeconds(request.head.made_seconds);
  std::stable_partition(
      listed->begin(), listed->end(), [now](const ListedBackup& backup) {
        return backup.manifest.ok() && IsOfTheFuture(*backup.manifest, now);
      });
  std::uint64_t removed = 0;
  std::uint32_t kept = newest.empty() ? 0 : 1;
  std::set<std::string> named;
  bool all_read = true;
  for (auto it = listed->rbegin(); it != listed->rend(); ++it) {
    if (!it->manifest.ok()) {
      all_read = false;  // somebody must look at it
      continue;
    }
    if (it->id != newest) {
      const bool dead = it->manifest->keks.front() < request.head.keks.front();
      std::error_code error;
      if ((dead || kept >= request.keep) &&
          fs::remove(ManifestPath(request.folder, it->id), error) && !error) {
        ++removed;
        continue;
      }
      ++kept;
    }
    for (const BackupFile& file : it->manifest->files) {
      named.insert(file.StoredName());
    }
  }
  if (!SyncDirectory(request.folder).ok() || !all_read) return removed;
  const std::string files = FilesOf(request.folder);
  const auto present = NamesIn(files);
  if (!present.ok()) return removed;
  for (const std::string& name : *present) {
    std::error_code ignored;
    if (!named.contains(name)) fs::remove(files + "/" + name, ignored);
  }
  return removed;
}

absl::Status Damaged(const std::string& folder, const BackupFile& file) {
  return absl::DataLossError(absl::StrCat(FilesOf(folder), "/",
                                          file.StoredName(), " (", file.name,
                                          ") is missing or damaged"));
}

}  // namespace

absl::StatusOr<BackupResult> WriteBackup(const BackupRequest& request,
                                         const crypto::NoteSigner& signer) {
  const auto verifier = crypto::NoteVerifier::Parse(signer.VerifierKey());
  if (!verifier.ok()) return verifier.status();
  for (const std::string& path : {request.folder, FilesOf(request.folder)}) {
    if (absl::Status s = MakeFolder(path); !s.ok()) return s;
  }
  const auto lock = FolderLock::Take(request.folder);
  if (!lock.ok()) return lock.status();
  for (const std::string& path : {request.folder, FilesOf(request.folder)}) {
    if (absl::Status s = RemoveUnfinished(path, kUnfinished); !s.ok()) return s;
  }
  // A second backup within a second takes the next one's name.
  BackupManifest manifest = request.head;
  BackupResult result;
  std::error_code error;
  while (fs::exists(ManifestPath(request.folder, IdOf(manifest.made_seconds)),
                    error)) {
    ++manifest.made_seconds;
  }
  result.id = IdOf(manifest.made_seconds);
  manifest.key = request.key.Text();
  manifest.files.clear();
  // Before room is asked for: what nobody can open must not keep a backup from
  // being made that somebody can.
  result.removed = Prune(request, *verifier, "");
  FileWriter writer(request, *verifier, manifest, result);
  if (absl::Status s = writer.Run(); !s.ok()) return s;
  result.files = manifest.files.size();
  result.bytes = manifest.TotalBytes();
  const auto text = FormatBackupManifest(manifest);
  if (!text.ok()) return text.status();
  if (request.before_manifest) {
    if (absl::Status s = request.before_manifest(); !s.ok()) return s;
  }
  SAMKOER_FAILPOINT("backup.before-manifest");
  const std::string path = ManifestPath(request.folder, result.id);
  const std::string temporary =
      absl::StrCat(request.folder, "/", std::string(kUnfinished), "manifest");
  absl::Status written = WriteFileAtomically(temporary, signer.Sign(*text));
  if (!written.ok()) return written;
  writer.Keep();
  written = Rename(temporary, path);
  if (written.ok()) written = SyncDirectory(request.folder);
  if (!written.ok()) return written;
  SAMKOER_FAILPOINT("backup.after-manifest");
  result.removed += Prune(request, *verifier, result.id);
  return result;
}

absl::StatusOr<std::vector<ListedBackup>> ListBackups(
    const std::string& folder, const crypto::NoteVerifier& verifier) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return absl::NotFoundError(absl::StrCat("there is no folder ", folder));
  }
  const auto names = NamesIn(folder);
  if (!names.ok()) return names.status();
  std::vector<ListedBackup> backups;
  for (const std::string& name : *names) {
    if (!name.ends_with(kEnding)) continue;
    std::string id = name.substr(0, name.size() - kEnding.size());
    const auto note = ReadSmallFile(folder + "/" + name, crypto::kMaxNoteBytes);
    const auto text = note.ok() ? verifier.Verify(*note)
                                : absl::StatusOr<std::string>(note.status());
    absl::StatusOr<BackupManifest> manifest =
        text.ok() ? ParseBackupManifest(*text)
                  : absl::StatusOr<BackupManifest>(
                        absl::IsInvalidArgument(text.status())
                            ? absl::DataLossError("the manifest is damaged")
                            : text.status());
    if (manifest.ok() && (manifest->origin != verifier.name() ||
                          IdOf(manifest->made_seconds) != id)) {
      manifest = absl::DataLossError("the manifest belongs to another backup");
    }
    if (!manifest.ok()) {
      manifest = absl::Status(
          manifest.status().code(),
          absl::StrCat(folder, "/", name, ": ", manifest.status().message()));
    }
    backups.push_back({std::move(id), std::move(manifest)});
  }
  return backups;
}

bool IsOfTheFuture(const BackupManifest& backup, absl::Time now) {
  return absl::FromUnixSeconds(backup.made_seconds) - now > kBackupClockSlack;
}

absl::StatusOr<ListedBackup> FindBackup(const std::string& folder,
                                        const std::string& id,
                                        const crypto::NoteVerifier& verifier,
                                        absl::Time now) {
  auto listed = ListBackups(folder, verifier);
  if (!listed.ok()) return listed.status();
  bool future = false;
  for (auto it = listed->rbegin(); it != listed->rend(); ++it) {
    if (!id.empty() && it->id != id) continue;
    if (!it->manifest.ok()) return it->manifest.status();
    if (id.empty() && IsOfTheFuture(*it->manifest, now)) {
      future = true;
      continue;
    }
    return std::move(*it);
  }
  if (future) {
    return absl::NotFoundError(
        absl::StrCat("all backups in ", folder,
                     " are dated in the future: set this "
                     "machine's clock, or name one with --backup"));
  }
  return absl::NotFoundError(
      id.empty() ? absl::StrCat("no backup in ", folder)
                 : absl::StrCat("no backup ", id, " in ", folder));
}

absl::Status CheckBackup(const std::string& folder,
                         const BackupManifest& backup,
                         const BackupProgress& progress) {
  Meter meter(progress, backup.TotalBytes());
  for (const BackupFile& file : backup.files) {
    const auto hash = crypto::HashFile(
        absl::StrCat(FilesOf(folder), "/", file.StoredName()), meter.Each());
    if (absl::IsNotFound(hash.status())) return Damaged(folder, file);
    if (!hash.ok()) return hash.status();
    if (hash->hash != file.stored) return Damaged(folder, file);
  }
  return absl::OkStatus();
}

absl::Status RestoreFiles(const std::string& folder,
                          const BackupManifest& backup,
                          const crypto::DecryptionKey& key,
                          const std::string& to,
                          const BackupProgress& progress) {
  if (const std::string own = key.Public().Text(); own != backup.key) {
    return absl::UnauthenticatedError(absl::StrCat(
        "the backup is encrypted to ", backup.key,
        " and does not open with this key, which is that of ", own));
  }
  if (::mkdir(to.c_str(), 0700) != 0) {
    if (errno == EEXIST) {
      return absl::AlreadyExistsError(absl::StrCat("there is a ", to));
    }
    return FolderError(to, {errno, std::generic_category()});
  }
  absl::Cleanup undo = [&] {
    std::error_code ignored;
    fs::remove_all(to, ignored);
  };
  if (absl::Status s = CheckBackupRoom(to, backup.TotalBytes()); !s.ok()) {
    return s;
  }
  Meter meter(progress, backup.TotalBytes());
  for (const BackupFile& file : backup.files) {
    const auto sums = crypto::DecryptFile(
        absl::StrCat(FilesOf(folder), "/", file.StoredName()),
        absl::StrCat(to, "/", file.name), key, meter.Each());
    if (absl::IsNotFound(sums.status())) return Damaged(folder, file);
    if (!sums.ok()) return sums.status();
    if (sums->plain != file.plain || sums->stored != file.stored ||
        sums->plain_bytes != file.bytes) {
      return Damaged(folder, file);
    }
  }
  if (absl::Status s = SyncDirectory(to); !s.ok()) return s;
  std::move(undo).Cancel();
  std::error_code error;
  return SyncDirectory(fs::absolute(to, error).parent_path());
}

}  // namespace samkoer::storage
