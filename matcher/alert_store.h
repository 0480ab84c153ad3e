// Alerts and feed entries between their messages and the store.
#ifndef SAMKOER_MATCHER_ALERT_STORE_H_
#define SAMKOER_MATCHER_ALERT_STORE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "matcher/index.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::matcher {

// A person's alert as the transaction sees it. The person must have one.
// DATA_LOSS if it is missing or damaged. May be called from many threads.
absl::StatusOr<samkoer::v1::Alert> LoadAlert(const LoopState& state,
                                             const Transaction& tx,
                                             PersonNo person);

// An alert's value, ready to be put. May be made on any thread.
struct SealedChange {
  PersonNo person = kNone;
  AlertInfo info;
  std::string bytes;  // the message
  std::string alert_key;
  std::string alert_value;
};
SealedChange SealAlertChange(const LoopState& state, PersonNo person,
                             AlertInfo info, const samkoer::v1::Alert& alert);

// The feed entry of a change. May be made on any thread.
struct SealedFeedEntry {
  std::string key;
  std::string value;
};
SealedFeedEntry SealFeedChange(const LoopState& state,
                               const SealedChange& change,
                               std::uint64_t sequence, absl::Time time);

// Seals and stages one changed alert with its feed entry, and notes it in the
// index. `info` has the number, id and digest; state and time are the alert's.
void StageAlertChange(LoopState& state, Transaction& tx, PersonNo person,
                      AlertInfo info, const samkoer::v1::Alert& alert);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ALERT_STORE_H_
