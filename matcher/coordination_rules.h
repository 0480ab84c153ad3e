// What the policy says of coordination, with its defaults filled in, and
// whether it is sound.
//
// Thread safety: all functions are pure; the class is immutable.
#ifndef SAMKOER_MATCHER_COORDINATION_RULES_H_
#define SAMKOER_MATCHER_COORDINATION_RULES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matcher/calendar.h"
#include "samkoer/v1/policy.pb.h"

namespace samkoer::matcher {

// CoordinationPolicy after its defaults. Cheap to make.
struct CoordinationRules {
  // Everything as the policy says; without one (see policy.proto) the defaults
  // of ages and conferences, and nothing is announced.
  explicit CoordinationRules(const samkoer::v1::Policy& policy);

  const samkoer::v1::Policy* policy = nullptr;
  // The policy has a CoordinationPolicy.
  bool given = false;
  // Routing, significance and deadlines are read from here; must stay as long
  // as this, as the policy must.
  const samkoer::v1::CoordinationPolicy* proto = nullptr;
  std::vector<std::uint32_t> transition_ages;  // ascending
  std::uint32_t transition_months = 6;
  std::uint32_t school_ends_month = 6;
  std::uint32_t contact_person_from = 13;
  std::uint32_t contact_person_below = 25;
  std::uint32_t conference_rhythm_days = 14;
  std::uint32_t conference_cases = 12;
  std::uint32_t conference_minutes = 60;

  // The department's name in the policy; empty if it has none of this id.
  std::string DepartmentName(std::string_view id) const;

  // Whether somebody born in `birth` may have a contact person by age in the
  // month, and whether by agreement only. The birthday's month counts on both
  // sides; without a birth month nobody is refused.
  bool OldEnoughForContactPerson(Month birth, Month as_of) const;
  bool TooOldForContactPerson(Month birth, Month as_of) const;
};

// What is wrong with the policy's coordination: the field's path and the
// problem; none if it is sound. The rest of the policy must be.
struct CoordinationError {
  std::string path;     // "coordination.routing[2].unit"
  std::string problem;  // "the department has no such unit"
};
std::optional<CoordinationError> FindCoordinationError(
    const samkoer::v1::Policy& policy);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_COORDINATION_RULES_H_
