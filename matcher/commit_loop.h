// One thread through which every change and every log entry goes. It takes
// commands in order, lets each add to one transaction, has that made durable in
// one synced write together with its audit leaves (write_behind.h), and goes on
// with the next group meanwhile. Commands answer, and others see what they did,
// only when their group is durable and every earlier one is.
//
// While a write runs, what is submitted joins one group, so that a busy matcher
// syncs no more often than it must.
//
// After a failed write, or a command that called Transaction::Fatal, the loop
// has failed: all commands that are not durable, and all future ones, are told
// UNAVAILABLE.
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
#include "matcher/write_behind.h"
#include "storage/audit_log.h"
#include "storage/checkpoint_guard.h"
#include "storage/engine.h"

namespace samkoer::matcher {

struct Command {
  // Runs on the loop's thread; adds to the transaction. What it refuses it
  // remembers for `done`.
  absl::AnyInvocable<void(Transaction&)> run;
  // Runs afterwards on the writer's thread (or on Submit's, if the loop takes
  // no more): OK if everything that `run` added or saw is durable. Must not
  // block.
  absl::AnyInvocable<void(const absl::Status&)> done;
};

struct CommitLoopHooks {
  // The next command's time.
  std::function<absl::Time()> next_time;
  // Adds what every write carries.
  std::function<void(Transaction&)> before_write;
  // The group is complete; what is returned runs on the writer's thread when it
  // is durable, and shows others how things stand now. `commands` is how many
  // the group holds.
  std::function<absl::AnyInvocable<void()>(std::size_t commands,
                                           std::size_t bytes)>
      publication;
  // Nothing was asked for `tick`, or that long has passed since the last call:
  // may return a command to run, or one without `run`. Not once it is stopping.
  std::function<Command()> on_tick;
  absl::Duration tick = absl::Seconds(20);
  // Once, when the loop fails, on its thread or the writer's.
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
  // Runs what was submitted, then `last` (if it has a `run`), writes it and
  // ends both threads.
  void Stop(Command last);
  // Blocks while the queue is full. After Stop or a failure `done` is called at
  // once with UNAVAILABLE.
  void Submit(Command command);

  bool Failed() const;
  std::size_t QueueLength() const;
  // The store as the commands see it: with all groups before theirs.
  const storage::Reader& store() const { return behind_; }

 private:
  void Run();
  void RunGroup(std::vector<Command> commands);
  // Takes what the transaction holds. `durable` may be null.
  absl::Status Fill(Transaction& transaction, std::size_t commands,
                    absl::AnyInvocable<void()> durable,
                    WriteBehind::Group& group);
  // While the writer is busy: waits for more commands for the group. False if
  // it is to be handed over.
  bool TakeMore(std::vector<Command>& commands);
  void Fail(const absl::Status& status);
  bool Stopping() const;
  // Waits for commands; empty when the loop shall end.
  std::vector<Command> NextGroup();

  storage::AuditLog* const audit_;
  storage::CheckpointGuard* const guard_;
  const CommitLoopHooks hooks_;

  mutable std::mutex mutex_;
  std::condition_variable not_empty_;  // or the writer is idle
  std::condition_variable not_full_;
  std::deque<Command> queue_;  // under mutex_, as all below
  bool stopping_ = false;
  bool failed_ = false;
  WriteBehind behind_;
  std::thread thread_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_COMMIT_LOOP_H_
