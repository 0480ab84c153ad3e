#include "matcher/nomination_steps.h"

#include <algorithm>
#include <utility>

#include "matcher/alert_lifecycle.h"
#include "matcher/coordination_steps.h"
#include "matcher/timestamps.h"

namespace samkoer::matcher {

using samkoer::v1::Alert;
using samkoer::v1::AlertState;
using samkoer::v1::Nomination;

absl::Status Nominate(Alert& alert, Nomination nomination,
                      std::string_view actor, absl::Time now) {
  const auto same_case = [&](const Nomination& held) {
    return held.department() == nomination.department() &&
           held.case_ref() == nomination.case_ref();
  };
  const auto& held = alert.coordination().nominations();
  const bool again = std::any_of(held.begin(), held.end(), same_case);
  if (!again && held.size() >= kMaxNominations) {
    return absl::ResourceExhaustedError(
        "there are 20 nominations of this person already");
  }
  AlertState state = alert.state();
  switch (state) {
    case samkoer::v1::ALERT_STATE_UNSPECIFIED:
      *alert.mutable_created() = ToTimestamp(now);
      [[fallthrough]];
    case samkoer::v1::ALERT_STATE_IDENTIFIED:
    case samkoer::v1::ALERT_STATE_OFFERED:
    case samkoer::v1::ALERT_STATE_WITHDRAWN:
      state = samkoer::v1::ALERT_STATE_NOMINATED;
      break;
    case samkoer::v1::ALERT_STATE_CLOSED:
      BeginAgain(alert);
      state = samkoer::v1::ALERT_STATE_NOMINATED;
      break;
    default:
      break;
  }
  auto& nominations = *CoordinationOf(alert).mutable_nominations();
  auto found = std::find_if(nominations.begin(), nominations.end(), same_case);
  if (found != nominations.end()) {
    *found = std::move(nomination);
  } else {
    *nominations.Add() = std::move(nomination);
  }
  AddStep(alert, state, "nominated", actor, "", now);
  return absl::OkStatus();
}

bool DropNominations(Alert& alert,
                     const std::function<bool(const Nomination&)>& stands,
                     absl::Time now) {
  const auto& held = alert.coordination().nominations();
  if (std::all_of(held.begin(), held.end(), stands)) return false;
  auto& nominations = *alert.mutable_coordination()->mutable_nominations();
  nominations.erase(
      std::remove_if(nominations.begin(), nominations.end(),
                     [&](const Nomination& n) { return !stands(n); }),
      nominations.end());
  AddStep(alert, alert.state(), "nomination-ended", kMatcherActor, "", now);
  return true;
}

}  // namespace samkoer::matcher
