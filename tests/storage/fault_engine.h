// An engine that fails a chosen write, in both ways a disk can: nothing is
// there, or everything is there and the answer is an error all the same.
#ifndef SAMKOER_TESTS_STORAGE_FAULT_ENGINE_H_
#define SAMKOER_TESTS_STORAGE_FAULT_ENGINE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "storage/engine.h"

namespace samkoer::storage {

enum class Fault { kNotPersisted, kPersistedButError };

// Passes everything to `inner`, which must outlive it. For one writer.
class FaultEngine : public Engine {
 public:
  explicit FaultEngine(Engine& inner) : inner_(inner) {}

  // The n-th write from the start (1 is the first) fails; as the seam demands,
  // so do all after it.
  void FailWrite(std::uint64_t nth, Fault fault) {
    failing_write_ = nth;
    fault_ = fault;
  }
  // How many writes were tried, failed ones included.
  std::uint64_t writes() const { return writes_; }
  // Ascending scans of the engine itself that have not ended.
  int scans_running() const { return scans_running_; }

  absl::StatusOr<std::string> Get(std::string_view key) const override {
    return inner_.Get(key);
  }
  absl::Status Scan(
      std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    ++scans_running_;
    absl::Status status = inner_.Scan(prefix, from, visit);
    --scans_running_;
    return status;
  }
  absl::Status ScanBackward(
      std::string_view prefix, std::string_view before,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    return inner_.ScanBackward(prefix, before, visit);
  }
  absl::Status Write(const WriteBatch& batch) override {
    ++writes_;
    if (failing_write_ == 0 || writes_ < failing_write_) {
      return inner_.Write(batch);
    }
    if (writes_ == failing_write_ && fault_ == Fault::kPersistedButError) {
      if (auto status = inner_.Write(batch); !status.ok()) return status;
    }
    return absl::InternalError("injected write error");
  }
  std::unique_ptr<Reader> Snapshot() const override {
    return inner_.Snapshot();
  }
  absl::Status Compact() override { return inner_.Compact(); }
  absl::StatusOr<std::uint64_t> DiskBytes() const override {
    return inner_.DiskBytes();
  }

 private:
  Engine& inner_;
  mutable std::atomic<int> scans_running_{0};
  std::uint64_t writes_ = 0;
  std::uint64_t failing_write_ = 0;  // 0: none
  Fault fault_ = Fault::kNotPersisted;
};

}  // namespace samkoer::storage

#endif  // SAMKOER_TESTS_STORAGE_FAULT_ENGINE_H_
