#include "matcher/alert_filter.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "matcher/alert_lifecycle.h"
#include "proto/cpr_shape.h"
#include "proto/limits.h"
#include "proto/plain_text.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AlertState;

// Without white space and no-break spaces, in capitals.
std::string Plain(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\u00A0")) {
      ++i;
    } else if (!absl::ascii_isspace(static_cast<unsigned char>(text[i]))) {
      plain += absl::ascii_toupper(static_cast<unsigned char>(text[i]));
    }
  }
  return plain;
}

absl::Status CheckNumber(std::string_view number) {
  if (number.size() > proto::kMaxCaseRefBytes || !proto::IsPlainLine(number)) {
    return absl::InvalidArgumentError(
        "number: at most 64 bytes without control characters");
  }
  if (proto::LooksLikeCprNumber(number)) {
    return absl::InvalidArgumentError(
        "number: something like a CPR number; search for a case number");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<AlertFilter> AlertFilter::Make(
    const samkoer::v1::ListAlertsRequest& request,
    const storage::DepartmentRegistry& departments) {
  AlertFilter filter;
  filter.all_active_ = request.states().empty();
  if (request.states_size() > samkoer::v1::AlertState_ARRAYSIZE) {
    return absl::InvalidArgumentError("states: more than there are states");
  }
  for (const int state : request.states()) {
    if (state == samkoer::v1::ALERT_STATE_UNSPECIFIED ||
        !samkoer::v1::AlertState_IsValid(state)) {
      return absl::InvalidArgumentError("states: an unknown state");
    }
    filter.states_.push_back(state);
  }
  if (absl::Status s = CheckNumber(request.number()); !s.ok()) return s;
  if (!request.department().empty()) {
    filter.department_ = departments.Find(request.department());
    filter.none_ = !filter.department_;
  }
  if (request.overdue_only()) filter.with_flags_ |= storage::kAlertOverdue;
  if (request.transition_ahead()) {
    filter.with_flags_ |= storage::kAlertTransition;
  }
  if (request.nominated_only()) filter.with_flags_ |= storage::kAlertNominated;
  if (request.handover_waits()) {
    filter.with_flags_ |= storage::kAlertHandoverWaits;
  }
  if (request.without_guide()) {
    filter.without_flags_ |= storage::kAlertGuideAccepted;
  }
  filter.guide_department_ = request.guide_department();
  filter.guide_unit_ = request.guide_unit();
  filter.conference_id_ = request.conference_id();
  filter.half_year_ = request.half_year();
  filter.number_ = Plain(request.number());
  if (filter.number_.empty() && !request.number().empty()) {
    // Not the same as not asking: a page of everybody would be read for it.
    return absl::InvalidArgumentError(
        "number: only blanks; give some of a case number");
  }
  return filter;
}

bool AlertFilter::MayShow(const storage::StoredAlert& head) const {
  if (none_) return false;
  if (all_active_ ? !IsActive(static_cast<AlertState>(head.state))
                  : std::find(states_.begin(), states_.end(), head.state) ==
                        states_.end()) {
    return false;
  }
  if ((head.flags & with_flags_) != with_flags_ ||
      (head.flags & without_flags_) != 0) {
    return false;
  }
  if (CoordinatedOnly() && (head.flags & storage::kAlertCoordinated) == 0) {
    return false;
  }
  return !department_ ||
         std::binary_search(head.departments.begin(), head.departments.end(),
                            *department_);
}

bool AlertFilter::HasNumber(const samkoer::v1::Alert& alert) const {
  const auto has = [&](const std::string& text) {
    return absl::StrContains(Plain(text), number_);
  };
  if (has(alert.alert_id())) return true;
  for (const auto& participant : alert.participants()) {
    if (has(participant.case_ref())) return true;
  }
  for (const auto& nomination : alert.coordination().nominations()) {
    if (has(nomination.case_ref())) return true;
  }
  return false;
}

bool AlertFilter::Shows(const samkoer::v1::Alert& alert) const {
  const auto& coordination = alert.coordination();
  const auto& guide = coordination.guide().holder();
  return (guide_department_.empty() ||
          guide.department() == guide_department_) &&
         (guide_unit_.empty() || guide.unit() == guide_unit_) &&
         (conference_id_.empty() ||
          coordination.conference().conference_id() == conference_id_) &&
         (half_year_ == 0 || coordination.half_year() == half_year_) &&
         (number_.empty() || HasNumber(alert));
}

}  // namespace samkoer::matcher
