// An engine that fails a chosen write, in both ways a disk can: nothing is
// there, or everything is there and the answer is an error all the same; and
// one whose writes take a while, or as long as the test likes.
#ifndef SAMKOER_TESTS_STORAGE_FAULT_ENGINE_H_
#define SAMKOER_TESTS_STORAGE_FAULT_ENGINE_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "storage/engine.h"

namespace samkoer::storage {

enum class Fault { kNotPersisted, kPersistedButError };

// Passes everything to `inner`, which must outlive it. For one writer; the test
// may steer it meanwhile.
class FaultEngine : public Engine {
 public:
  explicit FaultEngine(Engine& inner) : inner_(inner) {}

  // The n-th write from the start (1 is the first) fails; as the seam demands,
  // so do all after it.
  void FailWrite(std::uint64_t nth, Fault fault) {
    const std::lock_guard lock(mutex_);
    failing_write_ = nth;
    fault_ = fault;
  }
  // How many writes were tried, failed ones included.
  std::uint64_t writes() const {
    const std::lock_guard lock(mutex_);
    return writes_;
  }
  // From now on writes stop before anything of them is there, until they are
  // let through one by one, or all.
  void Hold() { Let(0); }
  void LetOneThrough() {
    const std::lock_guard lock(mutex_);
    ++may_pass_;
    held_ = false;
    changed_.notify_all();
  }
  void LetAllThrough() { Let(kAll); }
  // Waits until a write has stopped there.
  void AwaitHeld() const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_; });
  }
  // Every write takes so much longer.
  void Delay(std::chrono::microseconds delay) {
    const std::lock_guard lock(mutex_);
    delay_ = delay;
  }
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
    std::unique_lock lock(mutex_);
    ++writes_;
    held_ = may_pass_ == 0;
    changed_.notify_all();
    changed_.wait(lock, [&] { return may_pass_ > 0; });
    held_ = false;
    if (may_pass_ != kAll) --may_pass_;
    const bool fails = failing_write_ != 0 && writes_ >= failing_write_;
    const bool persists = !fails || (writes_ == failing_write_ &&
                                     fault_ == Fault::kPersistedButError);
    const auto delay = delay_;
    lock.unlock();
    if (delay.count() > 0) std::this_thread::sleep_for(delay);
    if (persists) {
      if (auto status = inner_.Write(batch); !status.ok()) return status;
    }
    return fails ? absl::InternalError("injected write error")
                 : absl::OkStatus();
  }
  std::unique_ptr<Reader> Snapshot() const override {
    return inner_.Snapshot();
  }
  absl::Status Compact() override { return inner_.Compact(); }
  absl::StatusOr<std::uint64_t> DiskBytes() const override {
    return inner_.DiskBytes();
  }

 private:
  static constexpr std::uint64_t kAll = ~std::uint64_t{0};

  void Let(std::uint64_t through) {
    const std::lock_guard lock(mutex_);
    may_pass_ = through;
    held_ = held_ && through == 0;
    changed_.notify_all();
  }

  Engine& inner_;
  mutable std::atomic<int> scans_running_{0};
  mutable std::mutex mutex_;  // over all below
  mutable std::condition_variable changed_;
  std::uint64_t may_pass_ = kAll;
  bool held_ = false;
  std::chrono::microseconds delay_{0};
  std::uint64_t writes_ = 0;
  std::uint64_t failing_write_ = 0;  // 0: none
  Fault fault_ = Fault::kNotPersisted;
};

}  // namespace samkoer::storage

#endif  // SAMKOER_TESTS_STORAGE_FAULT_ENGINE_H_
