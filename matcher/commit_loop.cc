#include "matcher/commit_loop.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/failpoint.h"

namespace samkoer::matcher {
namespace {

// A group is ended early when it has grown to this, so that nobody waits long
// for a stranger's megabytes.
constexpr std::size_t kGroupBytes = std::size_t{4} << 20;

absl::Status Stopping() {
  return absl::UnavailableError("the matcher is stopping; try again later");
}
absl::Status FailedStatus() {
  return absl::UnavailableError(
      "the matcher cannot write to its store and is ending; try again later");
}

}  // namespace

CommitLoop::CommitLoop(storage::Engine* engine, storage::AuditLog* audit,
                       storage::CheckpointGuard* guard, CommitLoopHooks hooks)
    : engine_(engine), audit_(audit), guard_(guard), hooks_(std::move(hooks)) {}

CommitLoop::~CommitLoop() { Stop({}); }

void CommitLoop::Start() {
  thread_ = std::thread([this] { Run(); });
}

void CommitLoop::Stop(Command last) {
  {
    std::lock_guard lock(mutex_);
    if (!stopping_) {
      if (last.run && !failed_) queue_.push_back(std::move(last));
      stopping_ = true;
    }
  }
  not_empty_.notify_all();
  not_full_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void CommitLoop::Submit(Command command) {
  bool failed;
  {
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [&] {
      return queue_.size() < kMaxQueue || stopping_ || failed_;
    });
    if (!stopping_ && !failed_) {
      queue_.push_back(std::move(command));
      lock.unlock();
      not_empty_.notify_one();
      return;
    }
    failed = failed_;
  }
  command.done(failed ? FailedStatus() : Stopping());
}

bool CommitLoop::Failed() const {
  std::lock_guard lock(mutex_);
  return failed_;
}

std::size_t CommitLoop::QueueLength() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

std::vector<Command> CommitLoop::NextGroup() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (!queue_.empty() || stopping_) break;
    if (!not_empty_.wait_for(lock, absl::ToChronoMilliseconds(hooks_.tick),
                             [&] { return !queue_.empty() || stopping_; })) {
      lock.unlock();
      Command tick = hooks_.on_tick();
      lock.lock();
      if (tick.run) queue_.push_back(std::move(tick));
    }
  }
  std::vector<Command> group;
  while (!queue_.empty()) {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  lock.unlock();
  not_full_.notify_all();
  return group;
}

void CommitLoop::Run() {
  absl::Time last_tick = absl::Now();
  while (true) {
    std::vector<Command> group = NextGroup();
    if (group.empty()) return;
    RunGroup(std::move(group));
    // A busy matcher must notice a new day too.
    if (absl::Now() - last_tick >= hooks_.tick) {
      last_tick = absl::Now();
      if (Command tick = hooks_.on_tick(); tick.run) {
        std::vector<Command> one;
        one.push_back(std::move(tick));
        RunGroup(std::move(one));
      }
    }
  }
}

void CommitLoop::RunGroup(std::vector<Command> commands) {
  Transaction transaction(*engine_);
  std::size_t answered = 0, run = 0;
  absl::Status status = Failed() ? FailedStatus() : absl::OkStatus();
  // Its commands are counted with the group's last write.
  transaction.set_write_now([&] { return Write(transaction, 0); });

  while (answered < commands.size()) {
    while (status.ok() && run < commands.size() &&
           transaction.writes().size_bytes() < kGroupBytes) {
      transaction.set_now(hooks_.next_time());
      commands[run++].run(transaction);
      status = transaction.fatal();
    }
    if (status.ok()) {
      status = Write(transaction, run - answered);
      SAMKOER_FAILPOINT("loop.after-write");
    }
    if (!status.ok()) {
      Fail(status);
      run = commands.size();
    }
    for (; answered < run; ++answered) {
      commands[answered].done(status.ok() ? status : FailedStatus());
    }
    SAMKOER_FAILPOINT("loop.after-answer");
  }
}

absl::Status CommitLoop::Write(Transaction& transaction, std::size_t commands) {
  if (transaction.writes().empty() && transaction.leaves().empty()) {
    return absl::OkStatus();
  }
  hooks_.before_write(transaction);
  storage::WriteBatch batch = transaction.writes().Take();
  if (!transaction.leaves().empty()) {
    if (auto first = audit_->Append(batch, transaction.leaves()); !first.ok()) {
      return first.status();
    }
    transaction.leaves().clear();
  }
  SAMKOER_FAILPOINT("loop.before-write");
  if (absl::Status written = engine_->Write(batch); !written.ok()) {
    audit_->Discard();
    return written;
  }
  audit_->Committed();
  SAMKOER_FAILPOINT("audit.before-checkpoint");
  if (guard_ != nullptr) {
    guard_->Notify();
    // Without the outside checkpoint a loss would go unnoticed.
    if (absl::Status kept = guard_->status(); !kept.ok()) return kept;
  }
  hooks_.after_write(commands, batch.size_bytes());
  return absl::OkStatus();
}

void CommitLoop::Fail(const absl::Status& status) {
  {
    std::lock_guard lock(mutex_);
    if (failed_) return;
    failed_ = true;
  }
  not_full_.notify_all();
  hooks_.on_fatal(status);
}

}  // namespace samkoer::matcher
