#include "matcher/names.h"

#include <utility>

#include "absl/time/time.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::matcher {

Month MonthOfMicros(std::int64_t micros) {
  const absl::CivilMonth month =
      absl::ToCivilMonth(absl::FromUnixMicros(micros), absl::UTCTimeZone());
  return Month::FromCount(
      static_cast<int>(month.year() * 12 + month.month() - 1));
}

Names::Names() : criteria_(1) { criteria_numbers_[""] = 0; }

RecordAttributes Names::Attributes(std::uint16_t department, std::uint16_t unit,
                                   const storage::RecordContent& content,
                                   std::uint32_t received_seconds) {
  RecordAttributes a;
  a.department = department;
  a.unit = unit;
  a.domain = content.domain;
  a.open = content.status == samkoer::v1::CASE_STATUS_OPEN;
  a.coordinator_exists = content.coordinator_exists;
  a.birth = Month::FromYyyymm(content.birth_month);
  a.opened = Month::FromYyyymm(content.opened_month);
  if (!a.open) {
    a.closed = Month::FromYyyymm(content.closed_month);
    // Not told: it was closed when it was taken in, at the latest.
    if (!a.closed.given()) {
      a.closed = MonthOfMicros(std::int64_t{received_seconds} * 1000000);
    }
  }
  if (!content.criteria.empty()) {
    std::string key;
    for (const std::string_view code : content.criteria) {
      key.append(code).push_back('\n');
    }
    const auto [number, is_new] = criteria_numbers_.try_emplace(
        std::move(key), static_cast<std::uint32_t>(criteria_.size()));
    if (is_new) {
      criteria_.emplace_back(content.criteria.begin(), content.criteria.end());
    }
    a.criteria = number->second;
  }
  return a;
}

PolicyBinding::PolicyBinding(const CompiledPolicy& policy,
                             const storage::DepartmentRegistry& departments,
                             const Names& names, const Suspensions& suspensions)
    : policy_(policy), names_(names) {
  for (std::uint16_t d = 0; d < departments.size(); ++d) {
    DepartmentMeaning& meaning = departments_.emplace_back();
    meaning.index = policy.FindDepartment(departments.id(d));
    meaning.left_out = suspensions.IsLeftOut(departments.id(d));
    for (const std::string& unit : departments.units(d)) {
      UnitMeaning& u = meaning.units.emplace_back();
      if (meaning.index == kUnknownIndex) continue;
      u.index = policy.FindUnit(meaning.index, unit);
      u.authority =
          u.index != kUnknownIndex && policy.units()[u.index].authority;
    }
  }
  Extend();
}

void PolicyBinding::Extend() {
  while (criteria_masks_.size() < names_.criteria_sets().size()) {
    std::uint64_t mask = 0;
    for (const std::string& code :
         names_.criteria_sets()[criteria_masks_.size()]) {
      if (const auto bit = policy_.CriterionBit(code)) {
        mask |= std::uint64_t{1} << *bit;
      }
    }
    criteria_masks_.push_back(mask);
  }
}

}  // namespace samkoer::matcher
