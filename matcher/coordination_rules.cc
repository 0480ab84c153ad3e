#include "matcher/coordination_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/plain_text.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::CoordinationPolicy;
using samkoer::v1::Policy;
using samkoer::v1::RoutingRule;

constexpr int kMaxAges = 10;
constexpr int kMaxRouting = 100;
constexpr std::uint32_t kMaxDays = 3660;
constexpr std::size_t kMaxRoutingText = 200;

void Take(std::uint32_t given, std::uint32_t& value) {
  if (given != 0) value = given;
}

class Checker {
 public:
  explicit Checker(const Policy& policy)
      : policy_(policy), proto_(policy.coordination()) {}

  std::optional<CoordinationError> Check() {
    CheckNumbers();
    CheckDomains(proto_.significance(), "significance");
    if (proto_.routing_size() > kMaxRouting) {
      Wrong("routing", absl::StrCat("must be at most ", kMaxRouting));
    }
    for (int i = 0; i < proto_.routing_size() && !error_; ++i) {
      CheckRouting(proto_.routing(i), absl::StrCat("routing[", i, "]"));
    }
    return std::move(error_);
  }

 private:
  void Wrong(const std::string& path, std::string problem) {
    if (!error_) {
      error_ = CoordinationError{"coordination." + path, std::move(problem)};
    }
  }
  void Within(std::uint32_t value, std::uint32_t least, std::uint32_t most,
              const std::string& path) {
    if (value != 0 && (value < least || value > most)) {
      Wrong(path, absl::StrCat("must be ", least, " to ", most, ", or 0"));
    }
  }

  void CheckNumbers() {
    if (proto_.transition_ages_size() > kMaxAges) {
      Wrong("transition_ages", absl::StrCat("must be at most ", kMaxAges));
    }
    std::set<std::uint32_t> ages;
    for (const std::uint32_t age : proto_.transition_ages()) {
      if (age < 1 || age > 120) Wrong("transition_ages", "must be 1 to 120");
      if (!ages.insert(age).second) {
        Wrong("transition_ages", "holds an age twice");
      }
    }
    Within(proto_.transition_months(), 1, 24, "transition_months");
    Within(proto_.school_ends_age(), 10, 30, "school_ends_age");
    Within(proto_.school_ends_month(), 1, 12, "school_ends_month");
    Within(proto_.offer_days(), 1, kMaxDays, "offer_days");
    Within(proto_.conference_days(), 1, kMaxDays, "conference_days");
    Within(proto_.handover_days(), 1, kMaxDays, "handover_days");
    Within(proto_.plan_review_months(), 1, 120, "plan_review_months");
    Within(proto_.contact_person_from(), 1, 120, "contact_person_from");
    Within(proto_.contact_person_below(), 1, 120, "contact_person_below");
    const CoordinationRules rules(policy_);
    if (rules.contact_person_from >= rules.contact_person_below) {
      Wrong("contact_person_below", "must be over contact_person_from");
    }
    if (!samkoer::v1::PlanOwner_IsValid(proto_.plan_owner())) {
      Wrong("plan_owner", "must be NOMINATING_CASEWORKER or GUIDE");
    }
    Within(proto_.conference_rhythm_days(), 1, 366, "conference_rhythm_days");
    Within(proto_.conference_cases(), 1, 50, "conference_cases");
    Within(proto_.conference_minutes(), 10, 600, "conference_minutes");
  }

  void CheckDomains(const google::protobuf::RepeatedField<int>& domains,
                    const std::string& path) {
    std::set<int> seen;
    for (const int domain : domains) {
      if (domain == 0 || !samkoer::v1::Domain_IsValid(domain)) {
        Wrong(path, "holds something that is no domain");
      }
      if (!seen.insert(domain).second) Wrong(path, "holds a domain twice");
    }
  }

  void CheckRouting(const RoutingRule& rule, const std::string& path) {
    if (rule.text().empty() || rule.text().size() > kMaxRoutingText ||
        !proto::IsPlainText(rule.text())) {
      Wrong(path + ".text",
            absl::StrCat("must be 1 to ", kMaxRoutingText, " bytes of text"));
    }
    if (rule.age_from() >= rule.age_below() || rule.age_below() > 120) {
      Wrong(path + ".age_below", "must be over age_from and at most 120");
    }
    CheckDomains(rule.domains(), path + ".domains");
    if (rule.only_domains() && rule.domains().empty()) {
      Wrong(path + ".only_domains", "needs domains");
    }
    const auto& departments = policy_.departments();
    const auto department = std::find_if(
        departments.begin(), departments.end(),
        [&](const auto& d) { return d.id() == rule.department(); });
    if (department == departments.end()) {
      Wrong(path + ".department", "the policy has no such department");
      return;
    }
    const auto& units = department->units();
    if (!rule.unit().empty() &&
        std::none_of(units.begin(), units.end(),
                     [&](const auto& u) { return u.name() == rule.unit(); })) {
      Wrong(path + ".unit", "the department has no such unit");
    }
  }

  const Policy& policy_;
  const CoordinationPolicy& proto_;
  std::optional<CoordinationError> error_;
};

}  // namespace

CoordinationRules::CoordinationRules(const Policy& p)
    : policy(&p), given(p.has_coordination()), proto(&p.coordination()) {
  transition_ages.assign(proto->transition_ages().begin(),
                         proto->transition_ages().end());
  if (transition_ages.empty()) transition_ages = {18, 25, 30};
  std::sort(transition_ages.begin(), transition_ages.end());
  Take(proto->transition_months(), transition_months);
  Take(proto->school_ends_month(), school_ends_month);
  Take(proto->contact_person_from(), contact_person_from);
  Take(proto->contact_person_below(), contact_person_below);
  Take(proto->conference_rhythm_days(), conference_rhythm_days);
  Take(proto->conference_cases(), conference_cases);
  Take(proto->conference_minutes(), conference_minutes);
}

std::string CoordinationRules::DepartmentName(std::string_view id) const {
  for (const auto& department : policy->departments()) {
    if (department.id() == id) return department.name();
  }
  return std::string();
}

bool CoordinationRules::OldEnoughForContactPerson(Month birth,
                                                  Month as_of) const {
  return !birth.given() ||
         as_of - birth >= 12 * static_cast<int>(contact_person_from);
}

bool CoordinationRules::TooOldForContactPerson(Month birth, Month as_of) const {
  return birth.given() &&
         as_of - birth > 12 * static_cast<int>(contact_person_below);
}

std::optional<CoordinationError> FindCoordinationError(const Policy& policy) {
  if (!policy.has_coordination()) return std::nullopt;
  return Checker(policy).Check();
}

}  // namespace samkoer::matcher
