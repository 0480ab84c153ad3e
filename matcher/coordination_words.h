// What people write about a coordination, checked: bounded plain text without
// CPR numbers, and holders of tasks that the policy knows.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_MATCHER_COORDINATION_WORDS_H_
#define SAMKOER_MATCHER_COORDINATION_WORDS_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "matcher/policy.h"
#include "samkoer/v1/coordination.pb.h"

namespace samkoer::matcher {

// Bytes of a name, a place, a measure.
inline constexpr std::size_t kMaxNameBytes = 100;

// INVALID_ARGUMENT "<what>: ..." unless the text is UTF-8 without control
// characters or anything like a CPR number, of `least` to `most` bytes.
absl::Status CheckWords(std::string_view what, std::string_view text,
                        std::size_t least, std::size_t most);

// INVALID_ARGUMENT "<what>: ..." unless the holder has a name and either a
// department and unit of the policy or (if `external_allowed`) a place outside.
absl::Status CheckHolder(std::string_view what,
                         const samkoer::v1::Holder& holder,
                         const CompiledPolicy& policy, bool external_allowed);

// INVALID_ARGUMENT "<what>: ..." unless the policy knows the department's unit.
absl::Status CheckUnit(std::string_view what, std::string_view department,
                       std::string_view unit, const CompiledPolicy& policy);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_COORDINATION_WORDS_H_
