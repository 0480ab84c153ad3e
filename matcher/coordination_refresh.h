// What follows from an alert, the person's open cases, the policy and the day:
// suggestion, route, transitions ahead and what is due. Deterministic; nothing
// is weighed, and no number is made of a person.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_MATCHER_COORDINATION_REFRESH_H_
#define SAMKOER_MATCHER_COORDINATION_REFRESH_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "matcher/calendar.h"
#include "matcher/coordination_rules.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::matcher {

// An open case of the person.
struct OpenCase {
  std::string department;
  std::string department_name;
  std::string unit;
  samkoer::v1::Domain domain = samkoer::v1::DOMAIN_UNSPECIFIED;
  Month opened;            // may be none
  bool authority = false;  // only those are suggested from
  std::vector<std::string> criteria;
};

// What is known of the person.
struct PersonFacts {
  Month birth;  // that most open cases say; none if none says
  std::vector<OpenCase> cases;
};

// Brings the alert's coordination up to date; takes no step. Of an alert that
// has ended nothing is due and nothing ahead. Returns whether anything changed.
bool RefreshCoordination(samkoer::v1::Alert& alert, const PersonFacts& facts,
                         const CoordinationRules& rules, Day day,
                         absl::Time now);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_COORDINATION_REFRESH_H_
