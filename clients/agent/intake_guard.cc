#include "clients/agent/intake_guard.h"

#include "clients/agent/words.h"

namespace samkoer::agent {

IntakeGuard::IntakeGuard(const v1::GetIntakeInfoResponse& info)
    : criteria_(info.criteria().begin(), info.criteria().end()),
      permitted_(Permitted::FromMatcher(info.permitted())) {
  for (const std::string& unit : info.units()) {
    units_.emplace(FoldText(unit), unit);
  }
}

std::string_view IntakeGuard::PolicyUnit(std::string_view unit) const {
  const auto hit = units_.find(FoldText(unit));
  return hit == units_.end() ? std::string_view() : hit->second;
}

}  // namespace samkoer::agent
