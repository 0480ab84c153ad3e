// Checks a policy against everything that policy.proto's comments promise.
#ifndef SAMKOER_MATCHER_POLICY_VALIDATION_H_
#define SAMKOER_MATCHER_POLICY_VALIDATION_H_

#include <cstddef>
#include <optional>
#include <string>

#include "samkoer/v1/policy.pb.h"

namespace samkoer::matcher {

// Different criterion codes in all rules together: they are bits of one word
// in the index of cases.
inline constexpr std::size_t kMaxPolicyCriteria = 64;
// Units in all departments together: they are numbered in two bytes.
inline constexpr std::size_t kMaxPolicyUnits = 65'000;
// Departments, as policy.proto says.
inline constexpr std::size_t kMaxPolicyDepartments = 1'000;

// What is wrong with a policy, and where.
struct PolicyError {
  // Such as "departments[2].units[0].name"; indices count from 0.
  std::string path;
  // What is wrong and how to mend it, without the path.
  std::string problem;
};

// The first thing that is wrong, in the order of the schema; nothing if the
// policy is sound. Besides policy.proto: a criterion code is 1 to 32 of
// [A-Za-z0-9._-], a list names nothing twice, and texts are UTF-8 without
// control characters.
std::optional<PolicyError> FindPolicyError(const samkoer::v1::Policy& policy);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_POLICY_VALIDATION_H_
