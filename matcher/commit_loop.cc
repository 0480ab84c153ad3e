#include "matcher/commit_loop.h"

#include <utility>

#include "storage/failpoint.h"

namespace samkoer::matcher {
namespace {

// No further command joins a group that has grown to this, so that nobody
// waits for many strangers' megabytes. One command may write more.
constexpr std::size_t kGroupBytes = std::size_t{4} << 20;

absl::Status StoppingStatus() {
  return absl::UnavailableError("the matcher is stopping; try again later");
}
absl::Status FailedStatus() {
  return absl::UnavailableError(
      "the matcher cannot write to its store and is ending; try again later");
}

}  // namespace

CommitLoop::CommitLoop(storage::Engine* engine, storage::AuditLog* audit,
                       storage::CheckpointGuard* guard, CommitLoopHooks hooks)
    : audit_(audit),
      guard_(guard),
      hooks_(std::move(hooks)),
      behind_(engine,
              {.on_idle =
                   [this] {
                     {
                       // So that the loop is not between looking and
                       // waiting.
                       std::lock_guard lock(mutex_);
                     }
                     not_empty_.notify_one();
                   },
               .on_failure =
                   [this](const absl::Status& status) { Fail(status); }}) {}

CommitLoop::~CommitLoop() { Stop({}); }

void CommitLoop::Start() {
  behind_.Start();
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
  behind_.Stop();
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
  command.done(failed ? FailedStatus() : StoppingStatus());
}

bool CommitLoop::Stopping() const {
  std::lock_guard lock(mutex_);
  return stopping_;
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
      // What Stop has submitted meanwhile is the last.
      if (tick.run && !stopping_) queue_.push_back(std::move(tick));
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
    if (absl::Now() - last_tick >= hooks_.tick && !Stopping()) {
      last_tick = absl::Now();
      if (Command tick = hooks_.on_tick(); tick.run) {
        std::vector<Command> one;
        one.push_back(std::move(tick));
        RunGroup(std::move(one));
      }
    }
  }
}

bool CommitLoop::TakeMore(std::vector<Command>& commands) {
  if (commands.size() >= kMaxQueue) return false;
  std::unique_lock lock(mutex_);
  not_empty_.wait(lock, [&] {
    return !queue_.empty() || stopping_ || failed_ || behind_.idle();
  });
  if (queue_.empty() || failed_ || behind_.idle()) return false;
  commands.push_back(std::move(queue_.front()));
  queue_.pop_front();
  lock.unlock();
  not_full_.notify_one();
  return true;
}

void CommitLoop::RunGroup(std::vector<Command> commands) {
  Transaction transaction(behind_);
  transaction.set_write(
      [&](absl::AnyInvocable<void()> durable) {
        WriteBehind::Group group;
        // Its commands are counted with the group's last write.
        absl::Status filled = Fill(transaction, 0, std::move(durable), group);
        if (filled.ok()) behind_.Add(std::move(group));
        return filled;
      },
      [&] { return behind_.Settle(); });
  std::size_t answered = 0, run = 0;
  absl::Status status = Failed() ? FailedStatus() : absl::OkStatus();

  while (answered < commands.size()) {
    while (status.ok() && transaction.writes().size_bytes() < kGroupBytes &&
           (run < commands.size() || TakeMore(commands))) {
      transaction.set_now(hooks_.next_time());
      commands[run++].run(transaction);
      status = transaction.fatal();
    }
    WriteBehind::Group group;
    if (status.ok()) status = Fill(transaction, run - answered, {}, group);
    if (!status.ok()) {
      Fail(status);
      run = commands.size();
    }
    std::vector<Command> told;
    for (; answered < run; ++answered) {
      told.push_back(std::move(commands[answered]));
    }
    group.done = [told = std::move(told),
                  complete = status.ok()](const absl::Status& written) mutable {
      const bool durable = complete && written.ok();
      if (durable) SAMKOER_FAILPOINT("loop.after-write");
      for (Command& command : told) {
        command.done(durable ? absl::OkStatus() : FailedStatus());
      }
      SAMKOER_FAILPOINT("loop.after-answer");
    };
    behind_.Add(std::move(group));
  }
}

absl::Status CommitLoop::Fill(Transaction& transaction, std::size_t commands,
                              absl::AnyInvocable<void()> durable,
                              WriteBehind::Group& group) {
  if (transaction.writes().empty() && transaction.leaves().empty()) {
    if (durable != nullptr) {
      group.durable = [durable = std::move(durable)]() mutable {
        durable();
        return absl::OkStatus();
      };
    }
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
  group.durable = [this, log = audit_->Staged(),
                   publish = hooks_.publication(commands, batch.size_bytes()),
                   durable = std::move(durable)]() mutable -> absl::Status {
    audit_->Publish(log);
    SAMKOER_FAILPOINT("audit.before-checkpoint");
    if (guard_ != nullptr) {
      guard_->Notify();
      // Without the outside checkpoint a loss would go unnoticed.
      if (absl::Status kept = guard_->status(); !kept.ok()) return kept;
    }
    publish();
    if (durable != nullptr) durable();
    return absl::OkStatus();
  };
  group.batch = std::move(batch);
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
