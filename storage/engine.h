// The seam under the store: an ordered key-value store with atomic synced
// batches, prefix scans and snapshots. Nothing above this header names the
// engine behind it.
//
// Thread safety: all methods may be called from many threads; one thread
// writes at a time.
#ifndef SAMKOER_STORAGE_ENGINE_H_
#define SAMKOER_STORAGE_ENGINE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace samkoer::storage {

// Puts and deletes that happen all or not at all, in order.
class WriteBatch {
 public:
  void Put(std::string key, std::string value) {
    bytes_ += key.size() + value.size();
    operations_.push_back({std::move(key), std::move(value)});
  }
  void Delete(std::string key) {
    bytes_ += key.size();
    operations_.push_back({std::move(key), std::nullopt});
  }
  struct Operation {
    std::string key;
    std::optional<std::string> value;  // none: delete
  };
  const std::vector<Operation>& operations() const { return operations_; }
  bool empty() const { return operations_.empty(); }
  std::size_t size_bytes() const { return bytes_; }
  void Clear() {
    operations_.clear();
    bytes_ = 0;
  }

 private:
  std::vector<Operation> operations_;
  std::size_t bytes_ = 0;
};

// What can be read: the newest state, or a snapshot.
class Reader {
 public:
  virtual ~Reader() = default;
  // NOT_FOUND if there is none; DATA_LOSS if the engine finds damage.
  virtual absl::StatusOr<std::string> Get(std::string_view key) const = 0;
  // Calls `visit` for every key that starts with `prefix` and is at least
  // `from` (empty: from the prefix's start), ascending, until it returns false.
  virtual absl::Status Scan(
      std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>&
          visit) const = 0;
  // The same, descending, from the greatest key of the prefix that is below
  // `before` (empty: from the prefix's end).
  virtual absl::Status ScanBackward(
      std::string_view prefix, std::string_view before,
      const std::function<bool(std::string_view key, std::string_view value)>&
          visit) const = 0;
};

// An open store.
class Engine : public Reader {
 public:
  // Atomic; on disk and synced when it returns OK. After any error the engine
  // refuses all later writes with the same error: the process must end and
  // open again (a "resumed" engine may silently fail).
  virtual absl::Status Write(const WriteBatch& batch) = 0;
  // A consistent view of now. Must not outlive the engine.
  virtual std::unique_ptr<Reader> Snapshot() const = 0;
  // Rewrites everything. When it returns OK, no file holds a value that was
  // overwritten or deleted before the call, the log of pending writes included.
  // Slow; reads and writes go on meanwhile. UNAVAILABLE if a reader that is
  // older than the call still holds such values: try again later;
  // RESOURCE_EXHAUSTED, with nothing done, if the disk has no room for it.
  virtual absl::Status Compact() = 0;
  // For the end of the process: a running Compact ends soon, and later ones at
  // once, with CANCELLED. Does nothing where Compact is quick.
  virtual void StopCompacting() {}
  // Bytes on disk, the log of pending writes included.
  virtual absl::StatusOr<std::uint64_t> DiskBytes() const = 0;
};

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_ENGINE_H_
