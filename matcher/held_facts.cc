#include "matcher/held_facts.h"

#include "matcher/legal_basis.h"

namespace samkoer::matcher {

std::vector<samkoer::v1::HeldLegalBasis> LegalBasesFor(
    const CompiledPolicy& policy, std::uint16_t department,
    samkoer::v1::Domain domain, Month birth, Month as_of) {
  std::vector<samkoer::v1::HeldLegalBasis> bases;
  if (!birth.given() || !as_of.given() ||
      !policy.DomainAllowed(department, domain)) {
    return bases;
  }
  for (const auto& basis : policy.proto().legal_bases()) {
    if (!LegalBasisCovers(basis, policy.department(department).id(), domain) ||
        !AgeMayBeWithin(birth, as_of, basis.age_from(), basis.age_below())) {
      continue;
    }
    bases.emplace_back().set_id(basis.id());
    bases.back().set_text(basis.text());
  }
  return bases;
}

std::optional<Day> FirstDayOfDeletion(Month since, std::uint32_t months) {
  if (!since.given()) return std::nullopt;
  const Month first =
      Month::FromCount(since.count() + static_cast<int>(months) + 1);
  const std::uint32_t yyyymm = first.ToYyyymm();
  const auto day = Day::Make(static_cast<int>(yyyymm / 100),
                             static_cast<int>(yyyymm % 100), 1);
  return day.ok() ? std::optional<Day>(*day) : std::nullopt;
}

bool RetentionIsOver(Month since, std::uint32_t months, Day day) {
  const std::optional<Day> first = FirstDayOfDeletion(since, months);
  return first && day >= *first;
}

}  // namespace samkoer::matcher
