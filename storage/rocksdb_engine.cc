#include "storage/rocksdb_engine.h"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/atomic_file.h"
#include "storage/read_only_store.h"
#include "storage/rocksdb_options.h"

namespace samkoer::storage {
namespace {

namespace fs = std::filesystem;

// For what opening writes beside the logs' contents.
constexpr std::uint64_t kRoomToOpen = std::uint64_t{1} << 20;
// For what is written beside a compaction.
constexpr std::uint64_t kRoomToWork = std::uint64_t{16} << 20;
// How long a compaction waits for readers: most take milliseconds.
constexpr auto kReaderPatience = std::chrono::seconds(2);
constexpr int kCompactionRounds = 2;

rocksdb::Slice ToSlice(std::string_view text) {
  return {text.data(), text.size()};
}
std::string_view ToView(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

absl::Status ToStatus(const rocksdb::Status& status, absl::string_view doing) {
  if (status.ok()) return absl::OkStatus();
  const std::string message =
      absl::StrCat("store: cannot ", doing, ": ", status.ToString());
  if (status.IsNotFound()) return absl::NotFoundError("no such key");
  if (status.IsCorruption()) return absl::DataLossError(message);
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(message);
  return absl::InternalError(message);
}

absl::Status DirectoryError(const std::string& path, absl::string_view what,
                            int error) {
  const std::string message =
      absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(error));
  if (error == ENOSPC || error == EDQUOT) {
    return absl::ResourceExhaustedError(message);
  }
  return absl::PermissionDeniedError(absl::StrCat(
      message, "; the directory must belong to the user that runs this"));
}

// The least string above all that start with `prefix`; none if there is none.
std::optional<std::string> EndOf(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<std::uint8_t>(end.back()) == 0xff) {
    end.pop_back();
  }
  if (end.empty()) return std::nullopt;
  ++end.back();
  return end;
}

using Visit = std::function<bool(std::string_view, std::string_view)>;

absl::StatusOr<std::string> GetFrom(rocksdb::DB& db,
                                    const rocksdb::Snapshot* snapshot,
                                    std::string_view key) {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  std::string value;
  const rocksdb::Status status = db.Get(options, ToSlice(key), &value);
  if (!status.ok()) return ToStatus(status, "read");
  return value;
}

absl::Status ScanFrom(rocksdb::DB& db, const rocksdb::Snapshot* snapshot,
                      std::string_view prefix, std::string_view from,
                      const Visit& visit) {
  const std::optional<std::string> end = EndOf(prefix);
  const rocksdb::Slice bound = end ? ToSlice(*end) : rocksdb::Slice();
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  if (end) options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator(options));
  for (it->Seek(ToSlice(std::max(prefix, from))); it->Valid(); it->Next()) {
    if (!visit(ToView(it->key()), ToView(it->value()))) break;
  }
  return ToStatus(it->status(), "scan");
}

absl::Status ScanBackwardFrom(rocksdb::DB& db,
                              const rocksdb::Snapshot* snapshot,
                              std::string_view prefix, std::string_view before,
                              const Visit& visit) {
  const std::optional<std::string> end = EndOf(prefix);
  rocksdb::Slice bound = end ? ToSlice(*end) : rocksdb::Slice();
  bool bounded = end.has_value();
  if (!before.empty() && (!bounded || before < ToView(bound))) {
    bound = ToSlice(before);
    bounded = true;
  }
  const rocksdb::Slice lower = ToSlice(prefix);
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  options.iterate_lower_bound = &lower;
  if (bounded) options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator(options));
  for (it->SeekToLast(); it->Valid(); it->Prev()) {
    if (!visit(ToView(it->key()), ToView(it->value()))) break;
  }
  return ToStatus(it->status(), "scan");
}

class RocksDbSnapshot : public Reader {
 public:
  explicit RocksDbSnapshot(rocksdb::DB& db)
      : db_(db), snapshot_(db.GetSnapshot()) {}
  ~RocksDbSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  RocksDbSnapshot(const RocksDbSnapshot&) = delete;
  RocksDbSnapshot& operator=(const RocksDbSnapshot&) = delete;

  absl::StatusOr<std::string> Get(std::string_view key) const override {
    return GetFrom(db_, snapshot_, key);
  }
  absl::Status Scan(std::string_view prefix, std::string_view from,
                    const Visit& visit) const override {
    return ScanFrom(db_, snapshot_, prefix, from, visit);
  }
  absl::Status ScanBackward(std::string_view prefix, std::string_view before,
                            const Visit& visit) const override {
    return ScanBackwardFrom(db_, snapshot_, prefix, before, visit);
  }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

// Holds the directory for this process: flock also excludes a second opening
// in the same process, and ends with the process however it ends.
class DirectoryLock {
 public:
  static absl::StatusOr<DirectoryLock> Take(const std::string& directory,
                                            bool read_only) {
    const std::string path = directory + "/samkoer.lock";
    const int fd =
        ::open(path.c_str(),
               O_CLOEXEC | (read_only ? O_RDONLY : O_RDWR | O_CREAT), 0600);
    // Nobody has opened this one yet.
    if (fd < 0 && read_only && errno == ENOENT) return DirectoryLock(-1);
    if (fd < 0) return DirectoryError(path, "open", errno);
    DirectoryLock lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return DirectoryError(path, "lock", errno);
      return absl::FailedPreconditionError(
          absl::StrCat("the store in ", directory,
                       " is open in another process; stop that one first"));
    }
    return lock;
  }
  DirectoryLock(DirectoryLock&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)) {}
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock() {
    if (fd_ >= 0) ::close(fd_);
  }

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  int fd_;
};

// The files of a directory with this ending.
std::set<std::string> DataFiles(const std::string& path,
                                std::string_view ending) {
  std::set<std::string> files;
  std::error_code error;
  for (fs::directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ending) files.insert(it->path().string());
  }
  return files;
}

// Whether the disk takes what these files hold once more, and `beside`. Asked
// before, because a disk that fills meanwhile takes the writes with it, and
// RocksDB asserts where that is while it opens.
absl::Status CheckRoom(const std::string& path, absl::string_view doing,
                       std::uint64_t beside,
                       std::initializer_list<const char*> endings) {
  std::uint64_t needed = beside;
  for (const char* ending : endings) {
    for (const std::string& file : DataFiles(path, ending)) {
      std::error_code vanished;
      const std::uint64_t size = fs::file_size(file, vanished);
      if (!vanished) needed += size;
    }
  }
  std::error_code error;
  const fs::space_info space = fs::space(path, error);
  if (error || space.available >= needed) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "cannot ", doing, " the store in ", path, ": the disk has ",
      space.available >> 10, " KiB free, it needs ", needed >> 10, " KiB"));
}

class RocksDbEngine : public Engine, public StoreCopier {
 public:
  RocksDbEngine(std::string path, DirectoryLock lock,
                std::unique_ptr<rocksdb::DB> db)
      : path_(std::move(path)), lock_(std::move(lock)), db_(std::move(db)) {}
  ~RocksDbEngine() override {
    // RocksDB asserts when it closes a log that it could not write. The process
    // is ending, and the next one recovers: leave it open.
    if (!failure_.ok()) static_cast<void>(db_.release());
  }
  RocksDbEngine(const RocksDbEngine&) = delete;
  RocksDbEngine& operator=(const RocksDbEngine&) = delete;

  absl::StatusOr<std::string> Get(std::string_view key) const override {
    return GetFrom(*db_, nullptr, key);
  }
  absl::Status Scan(std::string_view prefix, std::string_view from,
                    const Visit& visit) const override {
    return ScanFrom(*db_, nullptr, prefix, from, visit);
  }
  absl::Status ScanBackward(std::string_view prefix, std::string_view before,
                            const Visit& visit) const override {
    return ScanBackwardFrom(*db_, nullptr, prefix, before, visit);
  }

  absl::Status Write(const WriteBatch& batch) override {
    const std::lock_guard lock(mutex_);
    if (!failure_.ok()) return failure_;
    // 14 bytes an operation cover its tag and two lengths.
    rocksdb::WriteBatch converted(batch.size_bytes() +
                                  14 * batch.operations().size() + 16);
    rocksdb::Status status;
    for (const auto& operation : batch.operations()) {
      status = operation.value ? converted.Put(operation.key, *operation.value)
                               : converted.Delete(operation.key);
      if (!status.ok()) break;
    }
    if (status.ok()) {
      rocksdb::WriteOptions options;
      options.sync = true;
      status = db_->Write(options, &converted);
    }
    failure_ = ToStatus(status, "write");
    return failure_;
  }

  std::unique_ptr<Reader> Snapshot() const override {
    return std::make_unique<RocksDbSnapshot>(*db_);
  }

  absl::Status Compact() override {
    {
      const std::lock_guard lock(mutex_);
      if (!failure_.ok()) return failure_;
    }
    // A compaction that the engine had begun by itself, as it does when a store
    // is opened, may end after this one has chosen its levels, and its files
    // are left; the next round takes them.
    absl::Status gone;
    for (int round = 0; round < kCompactionRounds; ++round) {
      // What a reader holds takes room until it ends, in each round anew.
      if (auto status =
              CheckRoom(path_, "compact", kRoomToWork, {".log", ".sst"});
          !status.ok()) {
        return round == 0 ? status : gone;
      }
      if (auto status = WaitForOlderSnapshots(); !status.ok()) return status;
      gone = CompactAll();
      if (!absl::IsUnavailable(gone)) break;
    }
    return gone;
  }

  void StopCompacting() override { stop_compacting_ = true; }

  absl::Status CopyTo(const std::string& to) override {
    {
      const std::lock_guard lock(mutex_);
      if (!failure_.ok()) return failure_;
    }
    std::error_code ignored;
    if (fs::exists(to, ignored)) {
      return absl::AlreadyExistsError(
          absl::StrCat("cannot copy the store: there is a ", to));
    }
    // Told, and not died of: the flush of a full disk would end the service.
    if (auto status = CheckRoom(path_, "copy", kRoomToWork, {".log"});
        !status.ok()) {
      return status;
    }
    rocksdb::Checkpoint* made = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    // 0: what is only in memory and its log becomes a synced table first.
    if (status.ok()) status = checkpoint->CreateCheckpoint(to, 0);
    return ToStatus(status, "copy");
  }

  absl::StatusOr<std::uint64_t> DiskBytes() const override {
    std::uint64_t bytes = 0;
    std::error_code error;
    for (fs::directory_iterator it(path_, error), end; !error && it != end;
         it.increment(error)) {
      std::error_code vanished;  // compaction deletes files meanwhile
      const std::uint64_t size = it->file_size(vanished);
      if (!vanished) bytes += size;
    }
    if (error) {
      return absl::InternalError(
          absl::StrCat("cannot list ", path_, ": ", error.message()));
    }
    return bytes;
  }

 private:
  // Writes every value anew; UNAVAILABLE if files that were there before stay.
  absl::Status CompactAll() {
    std::set<std::string> old = DataFiles(path_, ".log");
    rocksdb::Status status = db_->Flush(rocksdb::FlushOptions());
    old.merge(DataFiles(path_, ".sst"));
    if (status.ok()) {
      rocksdb::CompactRangeOptions options;
      // Alone, and every file of the last level too: what an automatic
      // compaction wrote meanwhile could still hold what has to go.
      options.exclusive_manual_compaction = true;
      options.bottommost_level_compaction =
          rocksdb::BottommostLevelCompaction::kForce;
      options.canceled = &stop_compacting_;
      status = db_->CompactRange(options, nullptr, nullptr);
    }
    if (stop_compacting_) return absl::CancelledError("compaction was stopped");
    if (!status.ok()) return ToStatus(status, "compact");
    return WaitUntilGone(old);
  }
  // A compaction keeps what a snapshot can see.
  absl::Status WaitForOlderSnapshots() const {
    const std::uint64_t now = db_->GetLatestSequenceNumber();
    return WaitFor([&] {
      std::uint64_t oldest = 0;  // 0: there is none
      return db_->GetIntProperty(
                 rocksdb::DB::Properties::kOldestSnapshotSequence, &oldest) &&
             (oldest == 0 || oldest >= now);
    });
  }
  // An iterator keeps the files that it began on.
  absl::Status WaitUntilGone(const std::set<std::string>& files) const {
    return WaitFor([&] {
      return std::none_of(files.begin(), files.end(), [](const auto& file) {
        std::error_code error;
        // The log of writes to come, if none was pending, stays, empty.
        const std::uint64_t size = fs::file_size(file, error);
        return !error && size > 0;
      });
    });
  }
  absl::Status WaitFor(const std::function<bool()>& done) const {
    const auto start = std::chrono::steady_clock::now();
    while (!done()) {
      if (stop_compacting_) {
        return absl::CancelledError("compaction was stopped");
      }
      if (std::chrono::steady_clock::now() - start > kReaderPatience) {
        return absl::UnavailableError(
            "a reader still holds older values of the store; try again later");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return absl::OkStatus();
  }

  const std::string path_;
  const DirectoryLock lock_;  // outlives the database
  std::unique_ptr<rocksdb::DB> db_;
  std::atomic<bool> stop_compacting_ = false;
  std::mutex mutex_;
  absl::Status failure_;  // under mutex_: the first failed write, for good
};

absl::Status NoStore(const std::string& path) {
  return absl::NotFoundError(absl::StrCat("there is no store in ", path,
                                          "; check data_dir, or make one"));
}

absl::Status PrepareDirectory(const std::string& path, bool create,
                              bool read_only) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    if (!create) return NoStore(path);
    if (!fs::create_directories(path, error) && error) {
      return DirectoryError(path, "create", error.value());
    }
    const fs::path parent = fs::absolute(path, error).parent_path();
    if (auto status = SyncDirectory(parent); !status.ok()) return status;
  } else if (!fs::is_directory(path, error)) {
    return DirectoryError(path, "open", ENOTDIR);
  }
  if (!read_only && ::chmod(path.c_str(), 0700) != 0) {
    return DirectoryError(path, "protect", errno);
  }
  if (!create && !fs::exists(path + "/CURRENT", error)) {
    return error ? DirectoryError(path, "read", error.value()) : NoStore(path);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Engine>> Open(const std::string& path,
                                             const RocksDbOptions& options,
                                             bool read_only) {
  auto prepared = PrepareDirectory(path, options.create_if_missing, read_only);
  if (!prepared.ok()) return prepared;
  if (!read_only) {
    auto status = CheckRoom(path, "open", kRoomToOpen, {".log"});
    if (!status.ok()) return status;
  }
  auto lock = DirectoryLock::Take(path, read_only);
  if (!lock.ok()) return lock.status();
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      read_only
          ? rocksdb::DB::OpenForReadOnly(RocksDbSettings(options), path, &db)
          : rocksdb::DB::Open(RocksDbSettings(options), path, &db);
  if (!status.ok()) {
    const absl::Status error = ToStatus(status, absl::StrCat("open ", path));
    if (!absl::IsDataLoss(error)) return error;
    return absl::DataLossError(absl::StrCat(
        error.message(),
        "; restore a backup, and declare what was lost since it was made"));
  }
  return std::make_unique<RocksDbEngine>(path, *std::move(lock),
                                         std::unique_ptr<rocksdb::DB>(db));
}

}  // namespace

StoreCopier* CopierOf(Engine& engine) {
  return dynamic_cast<RocksDbEngine*>(&engine);
}

absl::StatusOr<std::unique_ptr<Engine>> OpenRocksDb(
    const std::string& path, const RocksDbOptions& options) {
  return Open(path, options, /*read_only=*/false);
}

absl::StatusOr<std::unique_ptr<Engine>> OpenRocksDbReadOnly(
    const std::string& path) {
  return Open(path, {}, /*read_only=*/true);
}

}  // namespace samkoer::storage
