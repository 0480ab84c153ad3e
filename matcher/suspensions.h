// The departments that are switched off, as two people have decided. Pure.
//
// Thread safety: a value type; const methods may be called from many threads.
#ifndef SAMKOER_MATCHER_SUSPENSIONS_H_
#define SAMKOER_MATCHER_SUSPENSIONS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "samkoer/v1/governance.pb.h"

namespace samkoer::matcher {

class Suspensions {
 public:
  // An approved switch, off or on.
  void Apply(const samkoer::v1::DepartmentSwitch& change);

  bool IsOff(std::string_view department) const {
    return off_.find(department) != off_.end();
  }
  // Whether its records are left out of alerts.
  bool IsLeftOut(std::string_view department) const;
  // How it stands, as a switch would put it.
  samkoer::v1::DepartmentSwitch Of(const std::string& department) const;
  // The ids, ascending.
  std::vector<std::string> Departments() const;

  // PERMISSION_DENIED, saying who switches it on, if it is off. Agents know the
  // message by its beginning (clients/common/channel.cc).
  absl::Status CheckOn(std::string_view department) const;

 private:
  // By id; whether its records are left out.
  std::map<std::string, bool, std::less<>> off_;
};

// What CheckOn answers.
absl::Status SwitchedOff();

// Whether the message can be a switch: a department is named, and its records
// if, and only if, it suspends. INVALID_ARGUMENT.
absl::Status CheckSwitchContent(const samkoer::v1::DepartmentSwitch& change);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_SUSPENSIONS_H_
