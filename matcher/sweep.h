// What only time does: birthdays, rules that begin or end, retention.
#ifndef SAMKOER_MATCHER_SWEEP_H_
#define SAMKOER_MATCHER_SWEEP_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/calendar.h"
#include "matcher/loop_state.h"
#include "matcher/match_step.h"
#include "matcher/record_changes.h"
#include "matcher/transaction.h"

namespace samkoer::matcher {

// Makes `day` the day that everything is evaluated for, in this order:
//  0. A month that is over is written down (month_book.h).
//  1. Closed cases go on their day (retention.h): when more than their domain's
//     months lie between the month they were closed in (or taken in, if that is
//     not known) and the day's month, so that as many whole months have passed.
//  2. Alerts that have ended and whose rule no longer holds go when the same
//     holds for their state's months and the month of their last
//     change, which is the rule's ceasing or later; the feed keeps
//     number and time of their entries only, and tells of it with a tombstone.
//     While the rule holds an ended alert stays: it is
//     the coordinator's decision about this match, and a new alert would ask
//     for it again.
//  3. Notices that their department has not acknowledged in 30 days go, and
//     conferences and inquiries whose time is over.
//  4. Records that no legal basis covers any more go (permission.h), when the
//     month is another: ages are counted in months.
//  5. Everybody is evaluated if time may change results, else only those of
//     whom something went.
//  6. Persons of whom nothing is held go, with their data keys.
//  7. Transitions and what is due are raised (due_step.h).
// An error is fatal.
absl::Status RunSweep(LoopState& state, Transaction& tx, Day day);

// What retention ended.
struct RetentionCounts {
  std::array<std::uint64_t, kDomainCount> records{};  // domain
  std::array<std::uint64_t, samkoer::v1::AlertState_ARRAYSIZE>
      alerts{};  // state
  std::uint64_t notices = 0;
  // The earliest day on which any of them should have gone; none if none was
  // due.
  std::optional<Day> due_since;
  // What no legal basis covers any more; not EnterDay's.
  std::uint64_t not_permitted = 0;
  // Objections of which only an older key tells (objection_epochs.h).
  std::uint64_t objections_waiting = 0;
};
// The sweep's steps 0 to 3, by the policy in force, and the new day; evaluates
// nobody. Everything before must be durable: the feed is read from the store.
absl::StatusOr<RetentionCounts> EnterDay(LoopState& state, Transaction& tx,
                                         RecordChanges& changes, Day day);
// The leaf of a sweep, as audit.proto says at AUDIT_ACTION_SWEEP: what it
// deleted, and what is kept after it, counted anew; and "due-since": the
// earliest day on which retention should have deleted any of what it now did
// (YYYYMMDD, 0 if it deleted nothing), by which a proof sees what was due
// before the sweep's own day. `matched` is empty if another leaf tells of it.
void AddSweepLeaf(LoopState& state, Transaction& tx,
                  const RetentionCounts& ended, const MatchCounts& matched);

// All live persons, ascending.
std::vector<PersonNo> EveryPerson(const LoopState& state);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_SWEEP_H_
