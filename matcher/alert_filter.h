// Which alerts a list shows: what stands in an alert's head is asked first, and
// the alert itself is opened only where that does not decide.
//
// Thread safety: const functions may be called by many threads.
#ifndef SAMKOER_MATCHER_ALERT_FILTER_H_
#define SAMKOER_MATCHER_ALERT_FILTER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "samkoer/v1/alerts.pb.h"
#include "storage/alert_table.h"
#include "storage/department_registry.h"

namespace samkoer::matcher {

class AlertFilter {
 public:
  // INVALID_ARGUMENT as Alerts.ListAlerts says; a department that is not known
  // shows nothing.
  static absl::StatusOr<AlertFilter> Make(
      const samkoer::v1::ListAlertsRequest& request,
      const storage::DepartmentRegistry& departments);

  // False: not shown. True: shown, unless LooksInside and !Shows(alert).
  bool MayShow(const storage::StoredAlert& head) const;
  // Something is asked that only the alert itself tells.
  bool LooksInside() const { return !number_.empty() || CoordinatedOnly(); }
  // What only the alert itself tells.
  bool Shows(const samkoer::v1::Alert& alert) const;

 private:
  AlertFilter() = default;

  // Something is asked that no alert without coordination has.
  bool CoordinatedOnly() const {
    return !guide_department_.empty() || !guide_unit_.empty() ||
           !conference_id_.empty() || half_year_ != 0;
  }
  bool HasNumber(const samkoer::v1::Alert& alert) const;

  bool all_active_ = true;
  std::vector<int> states_;
  std::optional<std::uint16_t> department_;
  bool none_ = false;                // the department is not known
  std::uint16_t with_flags_ = 0;     // storage::AlertFlag, all of them
  std::uint16_t without_flags_ = 0;  // none of them
  std::string guide_department_, guide_unit_, conference_id_;
  std::uint32_t half_year_ = 0;
  std::string number_;  // as Plain gives it
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ALERT_FILTER_H_
