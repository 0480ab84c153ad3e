// The checkpoint outside the store: a file, best on another disk, that says how
// far the log had come. A store that is older than it, a restored backup or one
// that lost writes, is refused until the loss is declared.
#ifndef SAMKOER_STORAGE_CHECKPOINT_GUARD_H_
#define SAMKOER_STORAGE_CHECKPOINT_GUARD_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/audit_log.h"
#include "storage/engine.h"

namespace samkoer::storage {

// Compares the log with the checkpoint in `path`. OK if the log is equal to it
// or extends it, or if there is no file and the log is new (at most its first
// leaf). Writes nothing.
//  * FAILED_PRECONDITION, with what to do: the log ends before the checkpoint;
//    it has another history; or the file is missing.
//  * UNAUTHENTICATED: the file is not signed by this log's key.
//  * DATA_LOSS: the file is malformed, or the log damaged.
absl::Status CheckCheckpoint(const std::string& path, const AuditLog& log,
                             const Reader& reader);

inline constexpr std::chrono::milliseconds kCheckpointInterval{100};

// What a declared loss is about, for the leaf that tells it.
struct Loss {
  std::uint64_t checkpoint_size = 0;  // 0 if the file is missing or unreadable
  std::uint64_t store_size = 0;
};

// Accepts a store that CheckCheckpoint refuses. Calls `write_leaf`, which must
// see to it that the log holds a LOSS_DECLARED leaf with both sizes, durably
// (and may wait for people before), then keeps
// the old file as `path` + ".lost-<its size>" and writes the log's checkpoint
// in its place. In this order, so that a crash between means declaring again,
// never a loss that the log does not tell. FAILED_PRECONDITION if
// CheckCheckpoint does not refuse: there is no loss to declare.
absl::Status DeclareLoss(
    const std::string& path, const AuditLog& log, const Reader& reader,
    const std::function<absl::Status(const Loss&)>& write_leaf);

// Keeps the file up to date from a thread of its own, so that the commit loop
// never waits for it. Always writes the newest published checkpoint, at most
// every kCheckpointInterval, so that its syncs do not compete with the store's;
// a loss of the store's last moments can go unnoticed for that long.
//
// Thread safety: all methods may be called from many threads.
class CheckpointGuard {
 public:
  // Checks as CheckCheckpoint, writes the present checkpoint, starts the
  // thread. `log` must outlive the guard.
  static absl::StatusOr<std::unique_ptr<CheckpointGuard>> Start(
      std::string path, const AuditLog& log, const Reader& reader);
  // Stops the thread after it has written the newest checkpoint.
  ~CheckpointGuard();

  // Says that the log has published more. Returns at once.
  void Notify();
  // Waits until the file holds the checkpoint that is newest now; the error if
  // it could not be written.
  absl::Status Flush();
  // OK, or the first error of writing, after which no more is written: the
  // owner should stop taking writes, because losses would go unnoticed.
  absl::Status status() const;

 private:
  CheckpointGuard(std::string path, const AuditLog& log)
      : path_(std::move(path)), log_(log) {}
  void Run();

  const std::string path_;
  const AuditLog& log_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t written_size_ = 0;  // under mutex_
  bool stop_ = false;               // under mutex_
  int flushing_ = 0;                // under mutex_: who waits in Flush
  absl::Status status_;             // under mutex_
  std::thread thread_;
};

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_CHECKPOINT_GUARD_H_
