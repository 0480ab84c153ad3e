// The steps of coordination as commands of the commit loop: each loads the
// alert as the transaction sees it, takes the step (coordination_steps.h), and
// stages the alert, its feed entry and its leaf, in one write. A refused step
// writes nothing.
#ifndef SAMKOER_MATCHER_COORDINATION_COMMANDS_H_
#define SAMKOER_MATCHER_COORDINATION_COMMANDS_H_

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "matcher/caller.h"
#include "matcher/coordination_facts.h"
#include "matcher/inbox_rules.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/alerts.pb.h"
#include "samkoer/v1/intake.pb.h"

namespace samkoer::matcher {

// NOT_FOUND "there is no such alert".
absl::Status NoSuchAlert();

// The person whose alert has this id ("A-..."). NOT_FOUND.
absl::StatusOr<PersonNo> FindAlertOwner(const LoopState& state,
                                        std::string_view alert_id);

// Loads the alert, lets `step` change it, brings what follows from it up to
// date and stages it. Errors: those of `step`, with nothing staged; DATA_LOSS.
absl::StatusOr<samkoer::v1::Alert> ChangeAlert(
    LoopState& state, Transaction& tx, PersonNo person,
    const std::function<absl::Status(samkoer::v1::Alert&)>& step);

// A coordinator's step. Errors: as Alerts.Coordinate.
absl::StatusOr<samkoer::v1::CoordinateResponse> RunCoordinate(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::CoordinateRequest& request);

// A department's nomination; `person_key` is null without a pseudonym. Errors:
// as CaseIntake.Nominate.
absl::StatusOr<samkoer::v1::NominateResponse> RunNominate(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::NominateRequest& request,
    const crypto::Hash16* person_key);

// A department's answer to a handover. Errors: as CaseIntake.AnswerHandover.
absl::StatusOr<samkoer::v1::AnswerHandoverResponse> RunAnswerHandover(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::AnswerHandoverRequest& request);

// The department's open cases of each alert's person, in the alert or not, by
// reference; on the loop's thread. Empty for an alert that is gone. DATA_LOSS.
absl::StatusOr<std::vector<std::vector<OwnCase>>> OpenCasesOf(
    LoopState& state, Transaction& tx, std::span<const std::string> alert_ids,
    std::string_view department);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_COORDINATION_COMMANDS_H_
