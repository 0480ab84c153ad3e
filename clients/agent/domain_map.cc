#include "clients/agent/domain_map.h"

#include <algorithm>
#include <set>

#include "clients/agent/words.h"

namespace samkoer::agent {

bool DomainMap::Add(std::string_view prefix, v1::Domain domain) {
  std::string folded = FoldText(prefix);
  for (const auto& rule : rules_) {
    if (rule.first == folded) return false;
  }
  rules_.emplace_back(std::move(folded), domain);
  std::stable_sort(rules_.begin(), rules_.end(),
                   [](const auto& a, const auto& b) {
                     return a.first.size() > b.first.size();
                   });
  return true;
}

v1::Domain DomainMap::Find(std::string_view kind) const {
  const std::string folded = FoldText(kind);
  for (const auto& [prefix, domain] : rules_) {
    if (folded.starts_with(prefix)) return domain;
  }
  return v1::DOMAIN_UNSPECIFIED;
}

std::vector<v1::Domain> DomainMap::Domains() const {
  std::set<v1::Domain> domains;
  for (const auto& rule : rules_) domains.insert(rule.second);
  return {domains.begin(), domains.end()};
}

}  // namespace samkoer::agent
