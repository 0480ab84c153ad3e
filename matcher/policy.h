// A sound policy, compiled for look-up.
//
// Departments, units and criterion codes have dense numbers here. They hold for
// this policy only: another version may number differently, so whoever keeps
// them must map by name when the policy changes.
//
// Thread safety: immutable; use from many threads.
#ifndef SAMKOER_MATCHER_POLICY_H_
#define SAMKOER_MATCHER_POLICY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "matcher/calendar.h"
#include "samkoer/v1/intake.pb.h"
#include "samkoer/v1/policy.pb.h"

namespace samkoer::matcher {

// A department or unit that the policy does not know. Such a case never counts.
inline constexpr std::uint16_t kUnknownIndex = 0xffff;

// Domain numbers are below this.
inline constexpr std::size_t kDomainCount = 8;

// A unit, numbered through all departments in the order of the policy.
struct CompiledUnit {
  std::string name;
  std::uint16_t department;
  // True if it decides cases, its department's kind considered.
  bool authority;
};

// A rule's effective days and criterion codes, parsed.
struct CompiledRule {
  // The first day it holds; none means always.
  std::optional<Day> from;
  // The first day it no longer holds; none means never.
  std::optional<Day> until;
  // Bits of its criterion codes; 0 if it asks for none.
  std::uint64_t criteria;
};

// See the file comment.
class CompiledPolicy {
 public:
  // INVALID_ARGUMENT "departments[2].id: ..." if the policy is not sound (see
  // policy_validation.h). `text` is what the policy was written as: kept for
  // the store and digested.
  static absl::StatusOr<CompiledPolicy> Compile(samkoer::v1::Policy policy,
                                                std::string text);

  // The policy as written; indices of departments and rules are those of the
  // repeated fields.
  const samkoer::v1::Policy& proto() const { return proto_; }
  // The text it was compiled from, and the SHA-256 of it.
  const std::string& text() const { return text_; }
  const std::array<std::uint8_t, 32>& digest() const { return digest_; }

  // The number of a department by its id; kUnknownIndex if there is none.
  std::uint16_t FindDepartment(std::string_view id) const;
  // `department` must be below proto().departments_size().
  const samkoer::v1::PolicyDepartment& department(
      std::uint16_t department) const {
    return proto_.departments(department);
  }

  // The number of a department's unit by name; kUnknownIndex if there is none.
  std::uint16_t FindUnit(std::uint16_t department, std::string_view name) const;
  // All units; `units()[FindUnit(...)]`.
  const std::vector<CompiledUnit>& units() const { return units_; }

  // True if the department may send the domain at all (ages aside).
  bool DomainAllowed(std::uint16_t department,
                     samkoer::v1::Domain domain) const;

  // True if the department may send the domain and a legal basis covers it for
  // somebody born in `birth`, as of `as_of`. Ages are whole years but a birth
  // month is all that is known here, so the month of a birthday counts on both
  // sides: as not yet, and as already. The department's agent knows the day and
  // has filtered by it. False for unknown departments, domains and months.
  bool Permitted(std::uint16_t department, samkoer::v1::Domain domain,
                 Month birth, Month as_of) const;

  // The ages that legal bases permit for each of the department's domains, as
  // GetIntakeInfo tells it: ascending by domain and age, overlapping ranges
  // joined, domains without any legal basis left out.
  std::vector<samkoer::v1::PermittedDomain> PermittedFor(
      std::uint16_t department) const;
  // The joined ranges of one domain; empty if nothing is permitted.
  const std::vector<samkoer::v1::AgeRange>& PermittedAges(
      std::uint16_t department, samkoer::v1::Domain domain) const;

  // The criterion codes that rules use, in the order of their bits.
  const std::vector<std::string>& criteria() const { return criteria_; }
  // The bit (0 to 63) of a code; none if no rule uses it.
  std::optional<int> CriterionBit(std::string_view code) const;

  // Parsed parts of proto().rules(i).
  const std::vector<CompiledRule>& rules() const { return rules_; }

 private:
  CompiledPolicy() = default;
  void CompileDepartments();
  void CompileLegalBases();
  void CompileRules();

  samkoer::v1::Policy proto_;
  std::string text_;
  std::array<std::uint8_t, 32> digest_{};
  absl::flat_hash_map<std::string, std::uint16_t> department_by_id_;
  // One map a department.
  std::vector<absl::flat_hash_map<std::string, std::uint16_t>> unit_by_name_;
  std::vector<CompiledUnit> units_;
  // department * kDomainCount + domain.
  std::vector<std::vector<samkoer::v1::AgeRange>> ages_;
  // A bit a domain.
  std::vector<std::uint8_t> domains_;
  std::vector<std::string> criteria_;
  absl::flat_hash_map<std::string, int> criterion_bit_;
  std::vector<CompiledRule> rules_;
};

// True if somebody born in `birth` may be `age_from` or over and below
// `age_below` years old on some day of `as_of`, the birthday's month counting
// on both sides (see CompiledPolicy::Permitted). Both months given.
constexpr bool AgeMayBeWithin(Month birth, Month as_of, std::uint32_t age_from,
                              std::uint32_t age_below) {
  const int months = as_of - birth;
  return months >= 12 * static_cast<int>(age_from) &&
         months <= 12 * static_cast<int>(age_below);
}

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_POLICY_H_
