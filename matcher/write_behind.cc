#include "matcher/write_behind.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "proto/absl_text.h"
#include "storage/failpoint.h"

namespace samkoer::matcher {

// A group that is not yet written, and where its keys stand in it.
class WriteBehind::Pending {
 public:
  explicit Pending(Group group) : group_(std::move(group)) {
    const auto& operations = group_.batch.operations();
    by_key_.reserve(operations.size());
    // The last of a key is in force.
    for (const auto& operation : operations) {
      by_key_.insert_or_assign(absl::string_view(operation.key), &operation);
    }
  }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  Group& group() { return group_; }
  // Null if the group says nothing of the key.
  const storage::WriteBatch::Operation* Find(std::string_view key) const {
    const auto found = by_key_.find(proto::Absl(key));
    return found == by_key_.end() ? nullptr : found->second;
  }

 private:
  Group group_;
  absl::flat_hash_map<absl::string_view, const storage::WriteBatch::Operation*>
      by_key_;
};

WriteBehind::WriteBehind(storage::Engine* engine, Hooks hooks)
    : engine_(engine), hooks_(std::move(hooks)) {}

WriteBehind::~WriteBehind() { Stop(); }

void WriteBehind::Start() {
  thread_ = std::thread([this] { Run(); });
}

void WriteBehind::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void WriteBehind::Add(Group group) {
  auto pending = std::make_shared<Pending>(std::move(group));
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return groups_.size() < kMaxGroups; });
    groups_.push_back(std::move(pending));
  }
  changed_.notify_all();
}

bool WriteBehind::idle() const {
  const std::lock_guard lock(mutex_);
  return groups_.empty();
}

absl::Status WriteBehind::Settle() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return groups_.empty(); });
  return failure_;
}

absl::StatusOr<std::string> WriteBehind::Get(std::string_view key) const {
  absl::InlinedVector<std::shared_ptr<const Pending>, kMaxGroups> newest_first;
  {
    const std::lock_guard lock(mutex_);
    if (!failure_.ok()) return failure_;
    newest_first.assign(groups_.rbegin(), groups_.rend());
  }
  for (const auto& pending : newest_first) {
    const auto* operation = pending->Find(key);
    if (operation == nullptr) continue;
    if (operation->value) return *operation->value;
    return absl::NotFoundError("the value is deleted");
  }
  return engine_->Get(key);
}

absl::Status WriteBehind::Scan(
    std::string_view prefix, std::string_view from,
    const std::function<bool(std::string_view, std::string_view)>& visit)
    const {
  if (absl::Status s = Settle(); !s.ok()) return s;
  return engine_->Scan(prefix, from, visit);
}

absl::Status WriteBehind::ScanBackward(
    std::string_view prefix, std::string_view before,
    const std::function<bool(std::string_view, std::string_view)>& visit)
    const {
  if (absl::Status s = Settle(); !s.ok()) return s;
  return engine_->ScanBackward(prefix, before, visit);
}

void WriteBehind::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !groups_.empty(); });
    if (groups_.empty()) return;
    // Stays where Get finds it until it is written.
    std::shared_ptr<Pending> pending = groups_.front();
    absl::Status status = failure_;
    if (status.ok()) {
      lock.unlock();
      status = Write(*pending);
      lock.lock();
      failure_ = status;
      if (!status.ok()) {
        lock.unlock();
        hooks_.on_failure(status);
        lock.lock();
      }
    }
    lock.unlock();
    pending->group().done(status);
    lock.lock();
    groups_.pop_front();
    const bool idle = groups_.empty();
    lock.unlock();
    changed_.notify_all();
    if (idle) hooks_.on_idle();
    pending.reset();  // a large one takes a while
    lock.lock();
  }
}

absl::Status WriteBehind::Write(Pending& pending) {
  Group& group = pending.group();
  if (!group.batch.empty()) {
    SAMKOER_FAILPOINT("loop.before-write");
    if (absl::Status s = engine_->Write(group.batch); !s.ok()) return s;
  }
  return group.durable();
}

}  // namespace samkoer::matcher
