#include "storage/backup_set.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
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
#include "storage/failpoint.h"

namespace samkoer::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".backup";
constexpr std::string_view kUnfinished = "new-";
// Of a stored name: the hash of the file as it is in the store.
constexpr std::size_t kPlainDigits = 64;
// For manifests and the folders themselves.
constexpr std::uint64_t kRoomBeside = std::uint64_t{4} << 20;

std::string FilesOf(const std::string& folder) { return folder + "/files"; }

std::string IdOf(std::int64_t seconds) {
  return absl::FormatTime("%Y%m%dT%H%M%SZ", absl::FromUnixSeconds(seconds),
                          absl::UTCTimeZone());
}

absl::Status FolderError(const std::string& path, std::error_code error) {
  const std::string message =
      absl::StrCat("cannot use the folder ", path, ": ", error.message());
  if (error == std::errc::no_such_file_or_directory) {
    return absl::FailedPreconditionError(message);
  }
  if (error == std::errc::no_space_on_device) {
    return absl::ResourceExhaustedError(message);
  }
  return absl::PermissionDeniedError(message);
}

// The names in a folder; no folder has none.
absl::StatusOr<std::vector<std::string>> NamesIn(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  if (error) return FolderError(path, error);
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status MakeFolder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno == EEXIST) return absl::OkStatus();
    return FolderError(path, {errno, std::generic_category()});
  }
  std::error_code error;
  return SyncDirectory(fs::absolute(path, error).parent_path());
}

// One writer at a time; ends with the process however that ends.
class FolderLock {
 public:
  static absl::StatusOr<FolderLock> Take(const std::string& folder) {
    const std::string path = folder + "/lock";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return FolderError(path, {errno, std::generic_category()});
    FolderLock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
    return absl::FailedPreconditionError(absl::StrCat(
        "another program writes to the backups in ", folder, "; wait for it"));
  }
  FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

// What a crash left.
absl::Status RemoveUnfinished(const std::string& path) {
  const auto names = NamesIn(path);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    std::error_code error;
    if (name.starts_with(kUnfinished)) fs::remove(path + "/" + name, error);
    if (error) return FolderError(path, error);
  }
  return absl::OkStatus();
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

absl::Status CheckRoom(const std::string& folder, std::uint64_t needed) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error || space.available >= needed + kRoomBeside) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      "the disk of ", folder, " has ", space.available >> 20,
      " MiB free, the backup needs ", (needed + kRoomBeside) >> 20, " MiB"));
}

// Brings the files into the set; fills the manifest.
class FileWriter {
 public:
  FileWriter(const BackupRequest& request, BackupManifest& manifest,
             BackupResult& result)
      : request_(request),
        manifest_(manifest),
        result_(result),
        files_(FilesOf(request.folder)) {}

  absl::Status Run() {
    const auto present = NamesIn(files_);
    if (!present.ok()) return present.status();
    for (const std::string& name : *present) {
      if (name.size() == 2 * kPlainDigits + 1) {
        present_[name.substr(0, kPlainDigits)] = name;
      }
    }
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

 private:
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
      const auto found =
          present_.find(file.StoredName().substr(0, kPlainDigits));
      if (found == present_.end() || !TakeStored(found->second, file)) {
        missing_.push_back(manifest_.files.size() - 1);
        needed += hash->bytes;
      }
    }
    return CheckRoom(request_.folder, needed);
  }

  // The hash behind the point of a stored name.
  static bool TakeStored(const std::string& name, BackupFile& file) {
    const auto digit = [](char c) -> int {
      if (c >= '0' && c <= '9') return c - '0';
      return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    crypto::Hash32 stored;
    for (std::size_t i = 0; i < stored.size(); ++i) {
      const int high = digit(name[kPlainDigits + 1 + 2 * i]);
      const int low = digit(name[kPlainDigits + 2 + 2 * i]);
      if (high < 0 || low < 0) return false;
      stored[i] = static_cast<std::uint8_t>(16 * high + low);
    }
    file.stored = stored;
    return file.StoredName() == name;
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
    if (absl::Status s = Rename(temporary, files_ + "/" + file.StoredName());
        !s.ok()) {
      return s;
    }
    ++result_.new_files;
    result_.new_bytes += sums->stored_bytes;
    SAMKOER_FAILPOINT("backup.file");
    return absl::OkStatus();
  }

  const BackupRequest& request_;
  BackupManifest& manifest_;
  BackupResult& result_;
  const std::string files_;
  std::map<std::string, std::string> present_;  // stored names, by plain hash
  std::vector<std::size_t> missing_;            // in manifest_.files
};

// Removes backups that are too many or cannot be opened, then the files that
// none names. Errors only delay that to the next time.
std::uint64_t Prune(const BackupRequest& request,
                    const crypto::NoteVerifier& verifier,
                    const std::string& newest) {
  auto listed = ListBackups(request.folder, verifier);
  if (!listed.ok()) return 0;
  std::uint64_t removed = 0;
  std::uint32_t kept = 1;  // the newest
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
      if (dead || kept >= request.keep) {
        const std::string path =
            absl::StrCat(request.folder, "/", it->id, std::string(kEnding));
        if (fs::remove(path, error) && !error) {
          ++removed;
          continue;
        }
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
    if (absl::Status s = RemoveUnfinished(path); !s.ok()) return s;
  }
  // A second backup within a second takes the next one's name.
  BackupManifest manifest = request.head;
  BackupResult result;
  std::error_code error;
  while (
      fs::exists(absl::StrCat(request.folder, "/", IdOf(manifest.made_seconds),
                              std::string(kEnding)),
                 error)) {
    ++manifest.made_seconds;
  }
  result.id = IdOf(manifest.made_seconds);
  manifest.files.clear();
  FileWriter writer(request, manifest, result);
  if (absl::Status s = writer.Run(); !s.ok()) return s;
  result.files = manifest.files.size();
  result.bytes = manifest.TotalBytes();
  const auto text = FormatBackupManifest(manifest);
  if (!text.ok()) return text.status();
  if (request.before_manifest) {
    if (absl::Status s = request.before_manifest(); !s.ok()) return s;
  }
  SAMKOER_FAILPOINT("backup.before-manifest");
  const std::string path =
      absl::StrCat(request.folder, "/", result.id, std::string(kEnding));
  const std::string temporary =
      absl::StrCat(request.folder, "/", std::string(kUnfinished), "manifest");
  absl::Status written = WriteFileAtomically(temporary, signer.Sign(*text));
  if (written.ok()) written = Rename(temporary, path);
  if (written.ok()) written = SyncDirectory(request.folder);
  if (!written.ok()) return written;
  SAMKOER_FAILPOINT("backup.after-manifest");
  result.removed = Prune(request, *verifier, result.id);
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

absl::StatusOr<ListedBackup> FindBackup(const std::string& folder,
                                        const std::string& id,
                                        const crypto::NoteVerifier& verifier) {
  auto listed = ListBackups(folder, verifier);
  if (!listed.ok()) return listed.status();
  for (auto it = listed->rbegin(); it != listed->rend(); ++it) {
    if (!id.empty() && it->id != id) continue;
    if (!it->manifest.ok()) return it->manifest.status();
    return std::move(*it);
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
  if (absl::Status s = CheckRoom(to, backup.TotalBytes()); !s.ok()) return s;
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
