// Policies as the municipality writes them: YAML.
#ifndef SAMKOER_MATCHER_POLICY_FILE_H_
#define SAMKOER_MATCHER_POLICY_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "matcher/policy.h"

namespace samkoer::matcher {

// Reads, checks and compiles. INVALID_ARGUMENT
// "policy.yaml:12:5: departments[0].id: ..." if the text breaks the schema or
// the policy is not sound; `name` stands for the file.
absl::StatusOr<CompiledPolicy> ParsePolicy(std::string_view text,
                                           std::string_view name);

// The same from a file of at most 1 MiB. NOT_FOUND or PERMISSION_DENIED if it
// cannot be read.
absl::StatusOr<CompiledPolicy> LoadPolicyFile(const std::string& path);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_POLICY_FILE_H_
