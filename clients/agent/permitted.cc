#include "clients/agent/permitted.h"

#include <algorithm>

namespace samkoer::agent {

Permitted Permitted::FromConfig(
    const google::protobuf::RepeatedPtrField<v1::PermittedRange>& ranges) {
  Permitted out;
  for (const v1::PermittedRange& range : ranges) {
    if (range.domains().empty()) {
      out.ranges_.push_back(
          {v1::DOMAIN_UNSPECIFIED, range.age_from(), range.age_below()});
    }
    for (const int domain : range.domains()) {
      out.ranges_.push_back({static_cast<v1::Domain>(domain), range.age_from(),
                             range.age_below()});
    }
  }
  return out;
}

Permitted Permitted::FromMatcher(
    const google::protobuf::RepeatedPtrField<v1::PermittedDomain>& domains) {
  Permitted out;
  for (const v1::PermittedDomain& permitted : domains) {
    // An unspecified domain would mean "all" here; the wire never says that.
    if (permitted.domain() == v1::DOMAIN_UNSPECIFIED) continue;
    for (const v1::AgeRange& ages : permitted.ages()) {
      out.ranges_.push_back(
          {permitted.domain(), ages.age_from(), ages.age_below()});
    }
  }
  return out;
}

Permission Permitted::Check(v1::Domain domain, int age) const {
  bool named = false;
  for (const Range& range : ranges_) {
    if (range.domain != domain && range.domain != v1::DOMAIN_UNSPECIFIED) {
      continue;
    }
    named = true;
    if (range.Holds(age)) return Permission::kPermitted;
  }
  return named ? Permission::kAge : Permission::kLegalBasis;
}

bool Permitted::AgeFitsAny(int age) const {
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [age](const Range& range) { return range.Holds(age); });
}

}  // namespace samkoer::agent
