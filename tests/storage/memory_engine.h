// An engine in memory: the seam's second implementation, for tests that need no
// disk. Kept deliberately naive.
#ifndef SAMKOER_TESTS_STORAGE_MEMORY_ENGINE_H_
#define SAMKOER_TESTS_STORAGE_MEMORY_ENGINE_H_

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "storage/engine.h"

namespace samkoer::storage {

class MemoryReader : public Reader {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;
  explicit MemoryReader(std::shared_ptr<const Map> map)
      : map_(std::move(map)) {}

  absl::StatusOr<std::string> Get(std::string_view key) const override {
    const auto it = map_->find(key);
    if (it == map_->end()) return absl::NotFoundError("no such key");
    return it->second;
  }
  absl::Status Scan(
      std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    for (auto it = map_->lower_bound(std::max(prefix, from));
         it != map_->end() && it->first.starts_with(prefix); ++it) {
      if (!visit(it->first, it->second)) break;
    }
    return absl::OkStatus();
  }
  absl::Status ScanBackward(
      std::string_view prefix, std::string_view before,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    for (auto it = map_->rbegin(); it != map_->rend(); ++it) {
      if (!it->first.starts_with(prefix)) continue;
      if (!before.empty() && it->first >= before) continue;
      if (!visit(it->first, it->second)) break;
    }
    return absl::OkStatus();
  }

 private:
  std::shared_ptr<const Map> map_;
};

// Copies itself on a write only while a snapshot is held.
class MemoryEngine : public Engine {
 public:
  MemoryEngine() : map_(std::make_shared<MemoryReader::Map>()) {}

  absl::StatusOr<std::string> Get(std::string_view key) const override {
    return Snapshot()->Get(key);
  }
  absl::Status Scan(
      std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    return Snapshot()->Scan(prefix, from, visit);
  }
  absl::Status ScanBackward(
      std::string_view prefix, std::string_view before,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    return Snapshot()->ScanBackward(prefix, before, visit);
  }
  absl::Status Write(const WriteBatch& batch) override {
    const std::lock_guard lock(mutex_);
    const bool shared = map_.use_count() > 1;
    // What a reader did before it let go happens before our change.
    std::atomic_thread_fence(std::memory_order_acquire);
    if (shared) {
      map_ = std::make_shared<MemoryReader::Map>(*map_);
    }
    for (const auto& [key, value] : batch.operations()) {
      if (value) {
        (*map_)[key] = *value;
      } else {
        map_->erase(key);
      }
    }
    return absl::OkStatus();
  }
  std::unique_ptr<Reader> Snapshot() const override {
    const std::lock_guard lock(mutex_);
    return std::make_unique<MemoryReader>(map_);
  }
  absl::Status Compact() override { return absl::OkStatus(); }
  absl::StatusOr<std::uint64_t> DiskBytes() const override { return 0; }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<MemoryReader::Map> map_;
};

}  // namespace samkoer::storage

#endif  // SAMKOER_TESTS_STORAGE_MEMORY_ENGINE_H_
