// Small numbers for the texts that many records share: units and sets of
// criterion codes. They live in memory only and hold until the process ends,
// whatever the policy; PolicyBinding says what they mean under a policy.
#ifndef SAMKOER_MATCHER_NAMES_H_
#define SAMKOER_MATCHER_NAMES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "matcher/index.h"
#include "matcher/policy.h"
#include "matcher/rules.h"
#include "storage/department_registry.h"
#include "storage/record_content.h"

namespace samkoer::matcher {

// Thread safety: const methods may be called from many threads while no other
// method runs.
class Names {
 public:
  struct Unit {
    std::uint16_t department;  // DepartmentRegistry's number
    std::string name;
  };

  // What rules may look at of a parsed content. RESOURCE_EXHAUSTED after 65,535
  // units.
  absl::StatusOr<RecordAttributes> Attributes(
      std::uint16_t department, const storage::RecordContent& content);

  const std::vector<Unit>& units() const { return units_; }
  // Encoded as RecordContent::criteria.
  const std::vector<std::string>& criteria_sets() const { return criteria_; }

 private:
  std::vector<Unit> units_;
  // One map a department.
  std::vector<absl::flat_hash_map<std::string, std::uint16_t>> unit_numbers_;
  std::vector<std::string> criteria_;
  absl::flat_hash_map<std::string, std::uint32_t> criteria_numbers_;
};

// What the numbers mean under one policy.
class PolicyBinding {
 public:
  // All must outlive the binding.
  PolicyBinding(const CompiledPolicy& policy,
                const storage::DepartmentRegistry& departments,
                const Names& names)
      : policy_(policy), departments_(departments), names_(names) {
    Extend();
  }
  // Takes in numbers given since. Call before Facts when records were added.
  void Extend();
  // `attributes` as the rules want them.
  CaseFacts Facts(const RecordAttributes& attributes) const {
    const UnitMeaning& unit = units_[attributes.unit];
    CaseFacts facts;
    facts.department = department_indices_[attributes.department];
    facts.unit = unit.index;
    facts.authority = unit.authority;
    facts.domain = attributes.domain;
    facts.open = attributes.open;
    facts.coordinator_exists = attributes.coordinator_exists;
    facts.birth = attributes.birth;
    facts.opened = attributes.opened;
    facts.criteria = criteria_masks_[attributes.criteria];
    return facts;
  }
  const CompiledPolicy& policy() const { return policy_; }

 private:
  struct UnitMeaning {
    std::uint16_t index;
    bool authority;
  };
  const CompiledPolicy& policy_;
  const storage::DepartmentRegistry& departments_;
  const Names& names_;
  std::vector<std::uint16_t> department_indices_;
  std::vector<UnitMeaning> units_;
  std::vector<std::uint64_t> criteria_masks_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_NAMES_H_
