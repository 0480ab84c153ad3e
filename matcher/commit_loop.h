// One thread through which every change and every log entry goes. It takes
// commands in order, lets each add to one transaction, makes that durable in
// one synced write together with its audit leaves, and only then lets the
// commands answer.
//
// After a failed write, or a command that called Transaction::Fatal, the loop
// has failed: all commands, present and future, are told UNAVAILABLE.
//
// Thread safety: Submit, Failed and QueueLength may be called from any thread;
// Start once; Stop from any thread but the loop's.
#ifndef SAMKOER_MATCHER_COMMIT_LOOP_H_
#define SAMKOER_MATCHER_COMMIT_LOOP_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "matcher/transaction.h"
#include "storage/audit_log.h"
#include "storage/checkpoint_guard.h"
#include "storage/engine.h"

namespace samkoer::matcher {

struct Command {
  // Runs on the loop's thread; adds to the transaction. What it refuses it
  // remembers for `done`.
  absl::AnyInvocable<void(Transaction&)> run;
  // Runs afterwards on the loop's thread (or on Submit's, if the loop takes no
  // more): OK if everything that `run` added is durable. Must not block.
  absl::AnyInvocable<void(const absl::Status&)> done;
};

struct CommitLoopHooks {
  // The next command's time.
  std::function<absl::Time()> next_time;
  // Adds what every write carries.
  std::function<void(Transaction&)> before_write;
  // The transaction is durable; publish it. `commands` is how many it holds.
  std::function<void(std::size_t commands, std::size_t bytes)> after_write;
  // Nothing was asked for `idle_after`, or that long has passed since the last
  // call: may return a command to run, or one without `run`.
  std::function<Command()> on_tick;
  absl::Duration tick = absl::Seconds(20);
  // Once, when the loop fails.
  std::function<void(const absl::Status&)> on_fatal;
};

class CommitLoop {
 public:
  // How many commands may wait before Submit blocks: some frames of every
  // stream; they hold the memory of their batches.
  static constexpr std::size_t kMaxQueue = 64;

  // Pointers are borrowed; `guard` may be null.
  CommitLoop(storage::Engine* engine, storage::AuditLog* audit,
             storage::CheckpointGuard* guard, CommitLoopHooks hooks);
  // Calls Stop.
  ~CommitLoop();

  void Start();
  // Runs what was submitted, then `last` (if it has a `run`), and ends the
  // thread.
  void Stop(Command last);
  // Blocks while the queue is full. After Stop or a failure `done` is called at
  // once with UNAVAILABLE.
  void Submit(Command command);

  bool Failed() const;
  std::size_t QueueLength() const;

 private:
  void Run();
  void RunGroup(std::vector<Command> commands);
  absl::Status Write(Transaction& transaction, std::size_t commands);
  void Fail(const absl::Status& status);
  // Waits for commands; empty when the loop shall end.
  std::vector<Command> NextGroup();

  storage::Engine* const engine_;
  storage::AuditLog* const audit_;
  storage::CheckpointGuard* const guard_;
  const CommitLoopHooks hooks_;

  mutable std::mutex mutex_;
  std::condition_variable not_empty_;
  std::condition_variable not_full_;
  std::deque<Command> queue_;  // under mutex_, as all below
  bool stopping_ = false;
  bool failed_ = false;
  std::thread thread_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_COMMIT_LOOP_H_
