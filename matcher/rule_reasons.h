// The sentences that tell a coordinator why a rule holds, in Danish.
#ifndef SAMKOER_MATCHER_RULE_REASONS_H_
#define SAMKOER_MATCHER_RULE_REASONS_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "matcher/policy.h"
#include "matcher/rules.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::matcher {

// The reasons for rule `rule`, given its counting cases: the rule's text, the
// ages, what was counted with names in the policy's order, and the criterion
// codes that were met. Equal input gives equal bytes.
std::vector<samkoer::v1::Reason> RuleReasons(
    const CompiledPolicy& policy, int rule, std::span<const CaseFacts> cases,
    std::span<const std::uint32_t> counting);

// "Beskæftigelse" and so on; empty for unknown domains.
std::string_view DanishDomain(samkoer::v1::Domain domain);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_RULE_REASONS_H_
