#include "matcher/rule_reasons.h"

#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::PolicyRule;
using samkoer::v1::Reason;

void AddReason(std::string_view kind, std::string text,
               std::vector<Reason>& reasons) {
  Reason& reason = reasons.emplace_back();
  reason.set_kind(std::string(kind));
  reason.set_text(std::move(text));
}

std::string AgeText(const PolicyRule& rule) {
  const std::uint32_t last = rule.age_below() - 1;
  if (rule.age_from() == last) return absl::StrCat("Alder: ", last, " år");
  return absl::StrCat("Alder: fra ", rule.age_from(), " til og med ", last,
                      " år");
}

// "Åbne sager i 2 myndighedsafdelinger: Jobcenter; Socialafdelingen". Names may
// hold commas, so semicolons part them.
std::string CountText(const std::string& one, const std::string& many,
                      const std::vector<std::string>& names) {
  return absl::StrCat(names.size() == 1 ? one : many, ": ",
                      absl::StrJoin(names, "; "));
}

void AddCount(const CompiledPolicy& policy, const PolicyRule& rule,
              std::span<const CaseFacts> cases,
              std::span<const std::uint32_t> counting,
              std::vector<Reason>& reasons) {
  std::set<std::uint16_t> counted;
  for (const std::uint32_t i : counting) {
    switch (rule.count()) {
      case samkoer::v1::COUNT_BASIS_DOMAINS:
        counted.insert(cases[i].domain);
        break;
      case samkoer::v1::COUNT_BASIS_AUTHORITY_UNITS:
        counted.insert(cases[i].unit);
        break;
      default:
        counted.insert(cases[i].department);
    }
  }
  std::vector<std::string> names;
  const auto text = [&](absl::string_view one, absl::string_view many) {
    return CountText(absl::StrCat("Åben sag i 1 ", one),
                     absl::StrCat("Åbne sager i ", counted.size(), " ", many),
                     names);
  };
  switch (rule.count()) {
    case samkoer::v1::COUNT_BASIS_DOMAINS:
      for (const std::uint16_t domain : counted) {
        names.emplace_back(
            DanishDomain(static_cast<samkoer::v1::Domain>(domain)));
      }
      AddReason("domains", text("område", "områder"), reasons);
      break;
    case samkoer::v1::COUNT_BASIS_AUTHORITY_UNITS:
      for (const std::uint16_t unit : counted) {
        const CompiledUnit& found = policy.units()[unit];
        names.push_back(absl::StrCat(
            found.name, " (", policy.department(found.department).name(), ")"));
      }
      AddReason("units", text("myndighedsenhed", "myndighedsenheder"), reasons);
      break;
    default:
      for (const std::uint16_t department : counted) {
        names.push_back(policy.department(department).name());
      }
      AddReason("departments",
                text("myndighedsafdeling", "myndighedsafdelinger"), reasons);
  }
}

}  // namespace

std::string_view DanishDomain(samkoer::v1::Domain domain) {
  static constexpr std::string_view kNames[] = {
      "",
      "Beskæftigelse",
      "Uddannelse",
      "Børn og familie",
      "Social",
      "Handicap og psykiatri",
      "Bolig og økonomi",
      "Kriminalitetsforebyggelse",
  };
  static_assert(std::size(kNames) == kDomainCount);
  const auto index = static_cast<std::size_t>(domain);
  return index < kDomainCount ? kNames[index] : "";
}

std::vector<Reason> RuleReasons(const CompiledPolicy& policy, int rule,
                                std::span<const CaseFacts> cases,
                                std::span<const std::uint32_t> counting) {
  const PolicyRule& written = policy.proto().rules(rule);
  std::vector<Reason> reasons;
  AddReason("rule", written.text(), reasons);
  AddReason("age", AgeText(written), reasons);
  AddCount(policy, written, cases, counting, reasons);
  std::uint64_t met = 0;
  for (const std::uint32_t i : counting) met |= cases[i].criteria;
  met &= policy.rules()[rule].criteria;
  for (std::size_t bit = 0; bit < policy.criteria().size(); ++bit) {
    if ((met >> bit & 1) == 0) continue;
    AddReason("criterion",
              absl::StrCat("Kriterium opfyldt: ", policy.criteria()[bit]),
              reasons);
  }
  return reasons;
}

}  // namespace samkoer::matcher
