#include "matcher/inbox_rules.h"

#include <map>
#include <utility>

#include "matcher/alert_lifecycle.h"
#include "matcher/coordination_steps.h"

namespace samkoer::matcher {

using samkoer::v1::Alert;
using samkoer::v1::Handover;

void ForEachDepartment(const Alert& alert,
                       absl::FunctionRef<void(const std::string&)> visit) {
  for (const auto& participant : alert.participants()) {
    visit(participant.department());
  }
  const auto& coordination = alert.coordination();
  for (const auto& nomination : coordination.nominations()) {
    visit(nomination.department());
  }
  if (!alert.participants().empty() || !IsActive(alert.state())) return;
  for (const std::string& department : TaskDepartments(alert)) {
    visit(department);
  }
  const auto& seat = coordination.conference();
  if (seat.has_action() && !seat.action().has_done()) {
    visit(seat.action().department());
  }
}

std::vector<OwnCase> OwnCases(const Alert& alert, std::string_view department) {
  std::map<std::string, std::string> cases;
  for (const auto& participant : alert.participants()) {
    if (participant.department() == department) {
      cases.emplace(participant.case_ref(), participant.unit());
    }
  }
  for (const auto& nomination : alert.coordination().nominations()) {
    if (nomination.department() == department) {
      cases.emplace(nomination.case_ref(), nomination.unit());
    }
  }
  std::vector<OwnCase> own;
  own.reserve(cases.size());
  for (auto& [case_ref, unit] : cases) own.push_back({case_ref, unit});
  return own;
}

bool InboxShows(const Alert& alert, std::string_view department,
                bool has_open_case) {
  if (!IsConvened(alert.state())) return false;
  if (!OwnCases(alert, department).empty()) return true;
  bool concerned = false;
  ForEachDepartment(alert, [&](const std::string& one) {
    concerned = concerned || one == department;
  });
  return concerned && has_open_case;
}

const Handover* HandoverTo(const Alert& alert, std::string_view department) {
  for (const auto& handover : alert.coordination().handovers()) {
    if (handover.state() == samkoer::v1::HANDOVER_STATE_REQUESTED &&
        handover.to().department() == department) {
      return &handover;
    }
  }
  return nullptr;
}

bool InboxShowedHandover(const Alert& alert, std::string_view department,
                         std::uint32_t handover_id, bool has_open_case) {
  Alert asked = alert;
  for (Handover& handover :
       *asked.mutable_coordination()->mutable_handovers()) {
    if (handover.handover_id() != handover_id ||
        handover.to().department() != department) {
      continue;
    }
    handover.set_state(samkoer::v1::HANDOVER_STATE_REQUESTED);
    return InboxShows(asked, department, has_open_case);
  }
  return false;
}

}  // namespace samkoer::matcher
