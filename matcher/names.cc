#include "matcher/names.h"

#include "absl/time/time.h"
#include "proto/absl_text.h"

namespace samkoer::matcher {
namespace {

constexpr std::size_t kMaxUnits = 65535;

Month MonthOfMicros(std::int64_t micros) {
  const absl::CivilMonth month =
      absl::ToCivilMonth(absl::FromUnixMicros(micros), absl::UTCTimeZone());
  return Month::FromCount(
      static_cast<int>(month.year() * 12 + month.month() - 1));
}

}  // namespace

absl::StatusOr<RecordAttributes> Names::Attributes(
    std::uint16_t department, const storage::RecordContent& content) {
  RecordAttributes a;
  a.department = department;
  a.domain = content.domain;
  a.open = content.status == samkoer::v1::CASE_STATUS_OPEN;
  a.coordinator_exists = content.coordinator_exists;
  a.birth = Month::FromYyyymm(content.birth_month);
  a.opened = Month::FromYyyymm(content.opened_month);
  if (!a.open) {
    a.closed = Month::FromYyyymm(content.closed_month);
    // Not told: it was closed when it was taken in, at the latest.
    if (!a.closed.given()) a.closed = MonthOfMicros(content.received_micros);
  }

  if (department >= unit_numbers_.size()) unit_numbers_.resize(department + 1u);
  auto& numbers = unit_numbers_[department];
  if (const auto unit = numbers.find(proto::Absl(content.unit));
      unit != numbers.end()) {
    a.unit = unit->second;
  } else {
    if (units_.size() >= kMaxUnits) {
      return absl::ResourceExhaustedError(
          "more than 65535 different units; start the matcher again");
    }
    a.unit = static_cast<std::uint16_t>(units_.size());
    units_.push_back({department, std::string(content.unit)});
    numbers.emplace(std::string(content.unit), a.unit);
  }

  if (const auto set = criteria_numbers_.find(proto::Absl(content.criteria));
      set != criteria_numbers_.end()) {
    a.criteria = set->second;
  } else {
    a.criteria = static_cast<std::uint32_t>(criteria_.size());
    criteria_.emplace_back(content.criteria);
    criteria_numbers_.emplace(std::string(content.criteria), a.criteria);
  }
  return a;
}

void PolicyBinding::Extend() {
  while (department_indices_.size() < departments_.size()) {
    const auto number = static_cast<std::uint16_t>(department_indices_.size());
    department_indices_.push_back(
        policy_.FindDepartment(departments_.id(number)));
  }
  while (units_.size() < names_.units().size()) {
    const Names::Unit& unit = names_.units()[units_.size()];
    const std::uint16_t department = department_indices_[unit.department];
    const std::uint16_t index = department == kUnknownIndex
                                    ? kUnknownIndex
                                    : policy_.FindUnit(department, unit.name);
    units_.push_back(
        {index, index != kUnknownIndex && policy_.units()[index].authority});
  }
  while (criteria_masks_.size() < names_.criteria_sets().size()) {
    std::uint64_t mask = 0;
    for (const std::string_view code : storage::CriteriaCodes(
             names_.criteria_sets()[criteria_masks_.size()])) {
      if (const auto bit = policy_.CriterionBit(code)) {
        mask |= std::uint64_t{1} << *bit;
      }
    }
    criteria_masks_.push_back(mask);
  }
}

}  // namespace samkoer::matcher
