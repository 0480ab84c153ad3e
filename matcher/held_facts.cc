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

}  // namespace samkoer::matcher
