// Small numbers for the sets of criterion codes that records share, and what
// all numbers mean under a policy.
#ifndef SAMKOER_MATCHER_NAMES_H_
#define SAMKOER_MATCHER_NAMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "matcher/index.h"
#include "matcher/policy.h"
#include "matcher/rules.h"
#include "matcher/suspensions.h"
#include "storage/department_registry.h"
#include "storage/record_content.h"

namespace samkoer::matcher {

// Numbers that hold in memory only, until the process ends, whatever the
// policy.
//
// Thread safety: const methods may be called from many threads while no other
// method runs.
class Names {
 public:
  Names();
  // What rules may look at of a content. `unit` is the department registry's
  // number; `received_seconds` since 1970: when this content came.
  RecordAttributes Attributes(std::uint16_t department, std::uint16_t unit,
                              const storage::RecordContent& content,
                              std::uint32_t received_seconds);
  // By number; number 0 is the empty set.
  const std::vector<std::vector<std::string>>& criteria_sets() const {
    return criteria_;
  }

 private:
  std::vector<std::vector<std::string>> criteria_;
  // By the codes, each followed by a newline.
  absl::flat_hash_map<std::string, std::uint32_t> criteria_numbers_;
};

// What the numbers of departments, units and criteria mean under one policy.
class PolicyBinding {
 public:
  // All but `suspensions` must outlive the binding; `departments` must not get
  // new numbers.
  PolicyBinding(const CompiledPolicy& policy,
                const storage::DepartmentRegistry& departments,
                const Names& names, const Suspensions& suspensions = {});
  // Takes in criteria numbered since. Call before Facts when records came.
  void Extend();
  // `attributes` as the rules want them. A case of a department whose records
  // do not count is not open.
  CaseFacts Facts(const RecordAttributes& attributes) const {
    const DepartmentMeaning& department = departments_[attributes.department];
    const UnitMeaning& unit = department.units[attributes.unit];
    CaseFacts facts;
    facts.department = department.index;
    facts.unit = unit.index;
    facts.authority = unit.authority;
    facts.domain = attributes.domain;
    facts.open = attributes.open && !department.left_out;
    facts.coordinator_exists = attributes.coordinator_exists;
    facts.birth = attributes.birth;
    facts.opened = attributes.opened;
    facts.criteria = criteria_masks_[attributes.criteria];
    return facts;
  }

 private:
  struct UnitMeaning {
    std::uint16_t index = kUnknownIndex;
    bool authority = false;
  };
  struct DepartmentMeaning {
    std::uint16_t index = kUnknownIndex;
    bool left_out = false;
    std::vector<UnitMeaning> units;
  };
  const CompiledPolicy& policy_;
  const Names& names_;
  std::vector<DepartmentMeaning> departments_;
  std::vector<std::uint64_t> criteria_masks_;
};

// The month of a time.
Month MonthOfMicros(std::int64_t micros);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_NAMES_H_
