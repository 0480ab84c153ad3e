#include "clients/agent/setup_matcher.h"

#include <map>
#include <string>
#include <utility>

#include "clients/common/cat.h"

namespace samkoer::agent {
namespace {

using clients::Cat;

constexpr const char* kWhy = "the matcher says so";

// Domains with equal ages share a range, in the order in which they came.
void TakePermitted(const v1::GetIntakeInfoResponse& info,
                   v1::AgentConfig& config,
                   std::vector<SetupFinding>& findings) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<int>> ranges;
  for (const v1::PermittedDomain& one : info.permitted()) {
    for (const v1::AgeRange& ages : one.ages()) {
      ranges[{ages.age_from(), ages.age_below()}].push_back(one.domain());
    }
  }
  for (const auto& [ages, domains] : ranges) {
    v1::PermittedRange& range = *config.add_permitted();
    range.set_age_from(ages.first);
    range.set_age_below(ages.second);
    std::string names;
    for (const int domain : domains) {
      range.add_domains(static_cast<v1::Domain>(domain));
      names += Cat(names.empty() ? "" : ", ",
                   v1::Domain_Name(static_cast<v1::Domain>(domain))
                       .substr(std::string_view("DOMAIN_").size()));
    }
    findings.push_back({"permitted",
                        Cat("from ", ages.first, ", below ", ages.second),
                        Cat(names, "; ", kWhy)});
  }
}

}  // namespace

void TakeIntakeInfo(const v1::GetIntakeInfoResponse& info,
                    SetupAnswers& answers,
                    std::vector<SetupFinding>& findings) {
  v1::AgentConfig& config = answers.config;
  if (config.department().empty()) {
    config.set_department(info.department());
    findings.push_back({"department", info.department(), kWhy});
  }
  if (config.purpose().empty()) {
    config.set_purpose(info.purpose());
    findings.push_back({"purpose", info.purpose(), kWhy});
  }
  if (!config.permitted().empty() || info.permitted().empty()) return;
  TakePermitted(info, config, findings);
  answers.none.insert("age_from");  // 0 is an answer, too
}

}  // namespace samkoer::agent
