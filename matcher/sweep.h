// What only time does: birthdays, rules that begin or end, retention.
#ifndef SAMKOER_MATCHER_SWEEP_H_
#define SAMKOER_MATCHER_SWEEP_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "matcher/calendar.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"

namespace samkoer::matcher {

// Makes `day` the day that everything is evaluated for, in this order:
//  1. Closed cases go when more than Retention::closed_case_months lie between
//     the month they were closed in (or taken in, if that is not known) and the
//     day's month, so that as many whole months have passed.
//  2. Alerts that have ended go when the same holds for
//     Retention::ended_alert_months and the month of their last change; their
//     feed entries keep number and time only.
//  3. Everybody is evaluated if time may change results, else only those of
//     whom something went. A person whose alert went and for whom a rule holds
//     gets a new alert.
//  4. Persons of whom nothing is held go, with their data keys.
// An error is fatal.
absl::Status RunSweep(LoopState& state, Transaction& tx, Day day);

// All live persons, ascending.
std::vector<PersonNo> EveryPerson(const LoopState& state);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_SWEEP_H_
