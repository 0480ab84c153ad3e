// Writes groups on a thread of its own, strictly in order, so that the next one
// can be made while one becomes durable; and shows the store to whoever makes
// it as if all of them were written. What other threads may see they read from
// the engine itself, which knows nothing of a group before it is durable.
//
// After a failed write nothing more is written, and nothing can be read here.
//
// Thread safety: Add belongs to one thread; reading, idle and Settle may be
// called from many, but not from a group's own functions.
#ifndef SAMKOER_MATCHER_WRITE_BEHIND_H_
#define SAMKOER_MATCHER_WRITE_BEHIND_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/engine.h"

namespace samkoer::matcher {

class WriteBehind : public storage::Reader {
 public:
  // How many groups are held before Add blocks: one that is being written and
  // one that waits. A large commit is some 45 MB, and the engine makes a copy
  // of what it writes.
  static constexpr std::size_t kMaxGroups = 2;

  struct Group {
    // May be empty; the rest is called in its turn all the same.
    storage::WriteBatch batch;
    // On the writer's thread when the batch is on disk, before anything of a
    // later group is. Its error is taken for one of the write.
    absl::AnyInvocable<absl::Status()> durable = [] {
      return absl::OkStatus();
    };
    // On the writer's thread, last: the first error of this or an earlier
    // group. Must not block.
    absl::AnyInvocable<void(const absl::Status&)> done =
        [](const absl::Status&) {};
  };
  // Both run on the writer's thread.
  struct Hooks {
    // Nothing is left to write.
    std::function<void()> on_idle = [] {};
    // Once, before any `done` is told of it.
    std::function<void(const absl::Status&)> on_failure =
        [](const absl::Status&) {};
  };

  // `engine` is borrowed.
  WriteBehind(storage::Engine* engine, Hooks hooks);
  // Calls Stop.
  ~WriteBehind() override;
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  void Start();
  // Writes what was added and ends the thread.
  void Stop();

  // Blocks while there are kMaxGroups.
  void Add(Group group);
  bool idle() const;
  // Waits until all that was added is durable and told of: the first error.
  absl::Status Settle() const;

  absl::StatusOr<std::string> Get(std::string_view key) const override;
  // Both settle first: those who scan are few, and most commands do not.
  absl::Status Scan(
      std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>&
          visit) const override;
  absl::Status ScanBackward(
      std::string_view prefix, std::string_view before,
      const std::function<bool(std::string_view key, std::string_view value)>&
          visit) const override;

 private:
  class Pending;

  void Run();
  absl::Status Write(Pending& pending);

  storage::Engine* const engine_;
  const Hooks hooks_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  // Oldest first; the first is being written.
  std::deque<std::shared_ptr<Pending>> groups_;  // under mutex_, as all below
  absl::Status failure_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_WRITE_BEHIND_H_
