#include "matcher/guide_wait.h"

#include <algorithm>
#include <optional>

#include "matcher/alert_lifecycle.h"
#include "matcher/timestamps.h"

namespace samkoer::matcher {

int DaysToGuide(const samkoer::v1::Alert& alert) {
  Day begun = DayOf(alert.created());
  std::optional<Day> found;
  bool active = true;
  for (const auto& step : alert.history()) {
    const bool now_active = IsActive(step.state());
    if (now_active && !active && !found) begun = DayOf(step.time());
    active = now_active;
    // What BeginAgain forgets.
    if (step.state() == samkoer::v1::ALERT_STATE_CLOSED ||
        step.state() == samkoer::v1::ALERT_STATE_DECLINED) {
      found.reset();
    }
    if (!found && step.state() >= samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED &&
        now_active &&
        (step.event() == "assign_guide" || step.event() == "answer_guide")) {
      found = DayOf(step.time());
    }
  }
  // A history that is full has given up its oldest steps.
  if (!found) found = DayOf(alert.coordination().guide().since());
  return std::max(0, *found - begun);
}

}  // namespace samkoer::matcher
