// The end of alerts: when retention or an erasure takes them.
#ifndef SAMKOER_MATCHER_ALERT_DELETION_H_
#define SAMKOER_MATCHER_ALERT_DELETION_H_

#include <span>

#include "absl/status/status.h"
#include "matcher/index.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/alerts.pb.h"

namespace samkoer::matcher {

// Deletes the alerts of `persons`, who all have one: takes them out of the
// index and their blocks, empties their entries in the feed, which keep number
// and time only, takes them off every conference's agenda, and appends a
// tombstone for each to the feed. Everything before must be durable but other
// deletions of the same write: feed and conferences are looked for in the
// store. An error is fatal.
absl::Status DeleteAlerts(LoopState& state, Transaction& tx,
                          std::span<const PersonNo> persons,
                          samkoer::v1::TombstoneCause cause);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ALERT_DELETION_H_
