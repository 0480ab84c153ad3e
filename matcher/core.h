// The matcher's inside: the commit loop, the state that belongs to it, and what
// other threads may see of that state.
#ifndef SAMKOER_MATCHER_CORE_H_
#define SAMKOER_MATCHER_CORE_H_

#include <condition_variable>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "matcher/alarm_book.h"
#include "matcher/alert_heads.h"
#include "matcher/commit_loop.h"
#include "matcher/loop_state.h"
#include "matcher/matcher.h"
#include "matcher/matcher_options.h"
#include "matcher/read_ahead.h"

namespace samkoer::matcher {

// What has become durable, for threads other than the loop's.
struct Published {
  std::shared_ptr<const CompiledPolicy> policy;
  std::shared_ptr<const storage::DepartmentRegistry> departments;
  Day day;
  std::shared_ptr<const Epochs> epochs;
  std::shared_ptr<const Suspensions> suspensions =
      std::make_shared<const Suspensions>();
  // By DepartmentRegistry's number.
  std::vector<std::uint64_t> department_records;
  // As of stats.feed_sequence; null before the first write.
  std::shared_ptr<const AlertHeads> heads;
  MatcherStats stats;
};

class MatcherCore {
 public:
  explicit MatcherCore(MatcherOptions options);

  // Loads the store, starts the loop, and brings everything up to date.
  absl::Status Start();
  void Stop();

  // Runs `work` on the loop's thread and waits until what it wrote is durable.
  // Its result; or UNAVAILABLE if it is not durable.
  template <typename T>
  absl::StatusOr<T> Call(
      absl::AnyInvocable<absl::StatusOr<T>(LoopState&, Transaction&)> work) {
    absl::StatusOr<T> result =
        absl::UnavailableError("the matcher is stopping");
    std::promise<absl::Status> durable;
    loop_.Submit(
        {[&](Transaction& tx) { result = work(state_, tx); },
         [&](const absl::Status& status) { durable.set_value(status); }});
    const absl::Status status = durable.get_future().get();
    if (!status.ok()) return status;
    return result;
  }
  absl::Status Do(
      absl::AnyInvocable<absl::Status(LoopState&, Transaction&)> work);
  // As Call, without waiting: `done` runs on the writer's thread.
  template <typename T>
  void Post(
      absl::AnyInvocable<absl::StatusOr<T>(LoopState&, Transaction&)> work,
      absl::AnyInvocable<void(absl::StatusOr<T>)> done) {
    auto result = std::make_shared<absl::StatusOr<T>>(
        absl::UnavailableError("the matcher is stopping"));
    loop_.Submit(
        {[this, result, work = std::move(work)](Transaction& tx) mutable {
           *result = work(state_, tx);
         },
         [result, done = std::move(done)](const absl::Status& status) mutable {
           done(status.ok() ? std::move(*result) : status);
         }});
  }
  // Makes a leaf of a read durable: `fill` completes it.
  absl::Status Log(const Caller& caller, samkoer::v1::AuditAction action,
                   absl::AnyInvocable<void(samkoer::v1::AuditLeaf&)> fill);

  // A copy.
  Published Read() const;
  void CountBatch(std::uint32_t records);
  void CountCommit();

  std::uint64_t FeedSequence() const;
  // After Start.
  const std::string& feed_id() const { return feed_id_; }
  absl::StatusOr<std::uint64_t> WaitForFeed(std::uint64_t after,
                                            absl::Time deadline) const;

  const MatcherOptions& options() const { return options_; }
  ReadAhead& read_ahead() { return read_ahead_; }
  CommitLoop& loop() { return loop_; }
  const CommitLoop& loop() const { return loop_; }
  // The loop's thread's own, but for what it says of itself.
  AlarmBook& alarms() { return alarms_; }

 private:
  CommitLoopHooks Hooks();
  absl::Time NextTime();
  void BeforeWrite(Transaction& tx);
  void RaiseAlarms(Transaction& tx);
  absl::Status LoadAlarms();
  // How things stand now, for others to see when it is durable.
  absl::AnyInvocable<void()> Publication(std::size_t commands,
                                         std::size_t bytes);
  void Publish(Published now, std::size_t commands, std::size_t bytes);
  Command Tick();
  // Takes the feed's id from the store, or makes one.
  absl::Status AdoptFeedId(Transaction& tx);
  // The policy to start under; null if there is none.
  absl::StatusOr<std::shared_ptr<const CompiledPolicy>> PolicyToStart() const;

  MatcherOptions options_;

  // The loop's thread's own, once it runs.
  LoopState state_;
  storage::MatcherState written_state_;
  AlarmBook alarms_;
  // What they are set by; held, so that no other policy has its address.
  std::shared_ptr<const CompiledPolicy> alarms_policy_;
  std::uint32_t published_policy_ = 0;
  std::shared_ptr<const storage::DepartmentRegistry> published_departments_;
  bool started_ = false;  // the loop's thread's own
  std::string feed_id_;   // set by Start

  mutable std::mutex mutex_;
  mutable std::condition_variable feed_grown_;
  Published published_;   // under mutex_
  bool stopped_ = false;  // under mutex_

  ReadAhead read_ahead_;
  CommitLoop loop_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_CORE_H_
