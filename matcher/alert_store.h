// Alerts between their messages and the store: an alert is written as its feed
// entry, and its head (alert_table.h) is made from the index.
#ifndef SAMKOER_MATCHER_ALERT_STORE_H_
#define SAMKOER_MATCHER_ALERT_STORE_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/index.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/types.pb.h"
#include "storage/feed_table.h"

namespace samkoer::matcher {

// Reads persons' alerts as the transaction sees them. Keeps the last pages it
// opened. One thread's own; many may read at once.
class AlertLoader {
 public:
  // Both must outlive it.
  AlertLoader(const LoopState& state, const Transaction& tx)
      : state_(state), tx_(tx) {}
  // The person must have an alert. DATA_LOSS if it is missing or damaged.
  absl::Status Load(PersonNo person, samkoer::v1::Alert& alert);

 private:
  struct OpenPage {
    std::uint64_t first = 0;  // 0: none
    std::string plaintext;
    storage::StoredFeedPage page;
  };
  absl::StatusOr<const OpenPage*> Open(std::uint64_t first);

  const LoopState& state_;
  const Transaction& tx_;
  std::array<OpenPage, 4> open_;
  std::size_t next_ = 0;
};

// An alert that has changed. `info` has number, id and digest; the rest is
// taken from the alert.
struct AlertChange {
  PersonNo person = kNone;
  AlertInfo info;
  std::string bytes;  // the message
};
AlertChange MakeAlertChange(const LoopState& state, PersonNo person,
                            AlertInfo info, const samkoer::v1::Alert& alert);

// Sets what a head says of what is in the alert: flags and departments.
void DescribeAlert(const LoopState& state, const samkoer::v1::Alert& alert,
                   AlertInfo& info);

// Stages the changes as the feed's next entries, in order, and takes them into
// the index. Uses all threads for many.
void StageAlertChanges(LoopState& state, Transaction& tx,
                       std::span<AlertChange> changes);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ALERT_STORE_H_
