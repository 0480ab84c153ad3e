#include "matcher/match_digest.h"

#include <algorithm>

#include "storage/policy_table.h"

namespace samkoer::matcher {

std::vector<crypto::Hash16> RuleDigests(const CompiledPolicy& policy) {
  std::vector<crypto::Hash16> digests;
  for (const auto& rule : policy.proto().rules()) {
    samkoer::v1::Policy shown;
    *shown.mutable_departments() = policy.proto().departments();
    *shown.add_rules() = rule;
    const crypto::Hash32 hash =
        crypto::Blake2b256(crypto::AsBytes(storage::PolicyBytes(shown)));
    crypto::Hash16 digest;
    std::copy_n(hash.begin(), digest.size(), digest.begin());
    digests.push_back(digest);
  }
  return digests;
}

}  // namespace samkoer::matcher
