#ifndef SAMKOER_MATCHER_LEGAL_BASIS_H_
#define SAMKOER_MATCHER_LEGAL_BASIS_H_

#include <algorithm>
#include <string_view>

#include "samkoer/v1/policy.pb.h"

namespace samkoer::matcher {

// Whether the legal basis is about this domain in this department, ages aside.
inline bool LegalBasisCovers(const samkoer::v1::LegalBasis& basis,
                             std::string_view department, int domain) {
  const bool department_covered =
      basis.departments().empty() ||
      std::find(basis.departments().begin(), basis.departments().end(),
                department) != basis.departments().end();
  return department_covered &&
         std::find(basis.domains().begin(), basis.domains().end(), domain) !=
             basis.domains().end();
}

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_LEGAL_BASIS_H_
