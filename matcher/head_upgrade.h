// A store that a program wrote which knew fewer flags of alerts' heads
// (storage/alert_table.h): without them lists and overviews would miss alerts
// until each was changed for another reason.
#ifndef SAMKOER_MATCHER_HEAD_UPGRADE_H_
#define SAMKOER_MATCHER_HEAD_UPGRADE_H_

#include "absl/status/status.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"

namespace samkoer::matcher {

// Reads the alerts of LoopState::old_heads (about 10 us each, on all threads)
// and writes their blocks with what they say; the alerts themselves and the
// feed stay as they are. Must come before any other change of an alert: a block
// is brought up to date whole. DATA_LOSS if an alert is missing or damaged.
absl::Status UpgradeHeads(LoopState& state, Transaction& tx);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_HEAD_UPGRADE_H_
