#include "matcher/policy_validation.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "matcher/alarm_thresholds.h"
#include "matcher/calendar.h"
#include "matcher/coordination_rules.h"
#include "proto/absl_text.h"
#include "proto/limits.h"
#include "proto/plain_text.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::LegalBasis;
using samkoer::v1::Policy;
using samkoer::v1::PolicyDepartment;
using samkoer::v1::PolicyRule;
using samkoer::v1::Retention;

constexpr std::uint32_t kMaxAge = 120;
constexpr std::uint32_t kMaxRetentionMonths = 120;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxDisplayNameBytes = 100;

// Collects the first error only: later checks are skipped once there is one.
class Checker {
 public:
  std::optional<PolicyError> TakeError() { return std::move(error_); }

  void Check(const Policy& policy);

 private:
  using Names = absl::flat_hash_set<absl::string_view>;

  void Require(bool fine, const std::string& path, std::string_view problem) {
    if (!fine && !error_) error_ = {path, std::string(problem)};
  }
  void CheckId(std::string_view id, const std::string& path) {
    bool fine = !id.empty() && id.size() <= kMaxNameBytes;
    for (char c : id) {
      fine = fine &&
             ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
    }
    Require(fine, path, "must be 1 to 64 of a-z, 0-9 and '-'");
  }
  void CheckUnique(Names& seen, absl::string_view name,
                   const std::string& path) {
    Require(seen.insert(name).second, path, "stands here twice");
  }
  // `most` 0 means no limit.
  void CheckText(std::string_view text, std::size_t most,
                 const std::string& path) {
    Require(!text.empty(), path, "must not be empty");
    if (most > 0) {
      Require(text.size() <= most, path,
              absl::StrCat("must be at most ", most, " bytes"));
    }
    Require(proto::IsPlainLine(text), path,
            "must be UTF-8 in one line, without control characters");
  }
  void CheckAges(std::uint32_t from, std::uint32_t below,
                 const std::string& path) {
    Require(below > from, path + ".age_below", "must be over age_from");
    Require(below <= kMaxAge, path + ".age_below", "must be at most 120");
  }
  void CheckDomains(const google::protobuf::RepeatedField<int>& domains,
                    const std::string& path);
  std::optional<Day> CheckDay(const std::string& text, const std::string& path);

  void CheckDepartment(const PolicyDepartment& department,
                       const std::string& path);
  void CheckLegalBasis(const LegalBasis& basis, const std::string& path);
  void CheckRule(const PolicyRule& rule, const std::string& path);
  void CheckCriteria(
      const google::protobuf::RepeatedPtrField<std::string>& codes,
      const std::string& path);
  void CheckRetention(const Retention& retention, bool given);

  std::optional<PolicyError> error_;
  Names departments_, legal_bases_, rules_, criteria_;
  std::size_t units_ = 0;
};

std::string At(std::string_view list, int index) {
  return absl::StrCat(proto::Absl(list), "[", index, "]");
}

void Checker::CheckDomains(const google::protobuf::RepeatedField<int>& domains,
                           const std::string& path) {
  Require(!domains.empty(), path, "must name at least one domain");
  absl::flat_hash_set<int> seen;
  for (int i = 0; i < domains.size(); ++i) {
    const int domain = domains[i];
    Require(samkoer::v1::Domain_IsValid(domain) && domain != 0, At(path, i),
            "is no domain");
    Require(seen.insert(domain).second, At(path, i), "stands here twice");
  }
}

std::optional<Day> Checker::CheckDay(const std::string& text,
                                     const std::string& path) {
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<Day> day = Day::Parse(text);
  if (!day.ok()) {
    Require(false, path, "must be an existing day, written YYYY-MM-DD");
    return std::nullopt;
  }
  return *day;
}

void Checker::CheckDepartment(const PolicyDepartment& department,
                              const std::string& path) {
  CheckId(department.id(), path + ".id");
  CheckUnique(departments_, department.id(), path + ".id");
  CheckText(department.name(), kMaxDisplayNameBytes, path + ".name");
  Require(department.kind() == samkoer::v1::UNIT_KIND_AUTHORITY ||
              department.kind() == samkoer::v1::UNIT_KIND_PROVIDER,
          path + ".kind", "must be AUTHORITY or PROVIDER");
  Require(department.units_size() > 0, path + ".units",
          "must name at least one unit");
  Names seen;
  for (int i = 0; i < department.units_size(); ++i) {
    const auto& unit = department.units(i);
    const std::string at = At(path + ".units", i);
    CheckText(unit.name(), proto::kMaxUnitBytes, at + ".name");
    CheckUnique(seen, unit.name(), at + ".name");
    Require(samkoer::v1::UnitKind_IsValid(unit.kind()), at + ".kind",
            "must be AUTHORITY or PROVIDER, or left out");
  }
  units_ += department.units_size();
  Require(units_ <= kMaxPolicyUnits, path + ".units",
          absl::StrCat("makes more than ", kMaxPolicyUnits,
                       " units in the policy"));
  CheckDomains(department.domains(), path + ".domains");
}

void Checker::CheckLegalBasis(const LegalBasis& basis,
                              const std::string& path) {
  CheckId(basis.id(), path + ".id");
  CheckUnique(legal_bases_, basis.id(), path + ".id");
  CheckText(basis.text(), 0, path + ".text");
  CheckDomains(basis.domains(), path + ".domains");
  CheckAges(basis.age_from(), basis.age_below(), path);
  Names seen;
  for (int i = 0; i < basis.departments_size(); ++i) {
    const std::string at = At(path + ".departments", i);
    Require(departments_.contains(basis.departments(i)), at,
            "is no department of this policy");
    CheckUnique(seen, basis.departments(i), at);
  }
}

void Checker::CheckCriteria(
    const google::protobuf::RepeatedPtrField<std::string>& codes,
    const std::string& path) {
  Names seen;
  for (int i = 0; i < codes.size(); ++i) {
    const std::string& code = codes[i];
    const std::string at = At(path + ".criteria", i);
    bool fine = !code.empty() && code.size() <= proto::kMaxCriterionBytes;
    for (char c : code) {
      fine =
          fine && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                   (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.');
    }
    Require(fine, at,
            absl::StrCat("must be 1 to ", proto::kMaxCriterionBytes,
                         " letters (a-z), digits, '.', '_' or '-'"));
    CheckUnique(seen, code, at);
    criteria_.insert(code);
    Require(criteria_.size() <= kMaxPolicyCriteria, at,
            absl::StrCat("makes more than ", kMaxPolicyCriteria,
                         " different codes in the policy"));
  }
}

void Checker::CheckRule(const PolicyRule& rule, const std::string& path) {
  CheckId(rule.id(), path + ".id");
  CheckUnique(rules_, rule.id(), path + ".id");
  CheckText(rule.text(), 0, path + ".text");
  CheckAges(rule.age_from(), rule.age_below(), path);
  Require(rule.at_least() >= 1 && rule.at_least() <= 16, path + ".at_least",
          "must be 1 to 16");
  Require(rule.at_least() >= 2 || rule.criteria_size() > 0, path + ".at_least",
          "must be at least 2 for a rule without criteria");
  Require(samkoer::v1::CountBasis_IsValid(rule.count()) && rule.count() != 0,
          path + ".count",
          "must be AUTHORITY_DEPARTMENTS, DOMAINS or AUTHORITY_UNITS");
  CheckCriteria(rule.criteria(), path);
  const auto from = CheckDay(rule.effective_from(), path + ".effective_from");
  const auto until =
      CheckDay(rule.effective_until(), path + ".effective_until");
  Require(!from || !until || *from < *until, path + ".effective_until",
          "must be after effective_from");
}

void Checker::CheckRetention(const Retention& retention, bool given) {
  Require(given, "retention", "is required");
  const auto closed = [&](std::uint32_t months, const std::string& path) {
    Require(months <= kMaxRetentionMonths, path + ".closed_case_months",
            absl::StrCat("must be 0 to ", kMaxRetentionMonths));
  };
  const auto ended = [&](std::uint32_t months, const std::string& path) {
    Require(months >= 1 && months <= kMaxRetentionMonths,
            path + ".ended_alert_months",
            absl::StrCat("must be 1 to ", kMaxRetentionMonths));
  };
  closed(retention.closed_case_months(), "retention");
  ended(retention.ended_alert_months(), "retention");
  absl::flat_hash_set<int> seen;
  for (int i = 0; i < retention.domains_size(); ++i) {
    const std::string path = At("retention.domains", i);
    const int domain = retention.domains(i).domain();
    Require(samkoer::v1::Domain_IsValid(domain) && domain != 0,
            path + ".domain", "is no domain");
    Require(seen.insert(domain).second, path + ".domain", "stands here twice");
    closed(retention.domains(i).closed_case_months(), path);
  }
  seen.clear();
  for (int i = 0; i < retention.states_size(); ++i) {
    const std::string path = At("retention.states", i);
    const int state = retention.states(i).state();
    Require(state == samkoer::v1::ALERT_STATE_CLOSED ||
                state == samkoer::v1::ALERT_STATE_DECLINED ||
                state == samkoer::v1::ALERT_STATE_WITHDRAWN,
            path + ".state", "must be CLOSED, DECLINED or WITHDRAWN");
    Require(seen.insert(state).second, path + ".state", "stands here twice");
    ended(retention.states(i).ended_alert_months(), path);
  }
}

void Checker::Check(const Policy& policy) {
  CheckId(policy.municipality(), "municipality");
  CheckId(policy.purpose(), "purpose");
  Require(policy.version() >= 1, "version", "must be 1 or more");
  Require(policy.departments_size() >= 1, "departments",
          "must name at least one department");
  Require(static_cast<std::size_t>(policy.departments_size()) <=
              kMaxPolicyDepartments,
          "departments",
          absl::StrCat("must be at most ", kMaxPolicyDepartments));
  for (int i = 0; i < policy.departments_size() && !error_; ++i) {
    CheckDepartment(policy.departments(i), At("departments", i));
  }
  for (int i = 0; i < policy.legal_bases_size() && !error_; ++i) {
    CheckLegalBasis(policy.legal_bases(i), At("legal_bases", i));
  }
  Require(policy.rules_size() >= 1, "rules", "must name at least one rule");
  for (int i = 0; i < policy.rules_size() && !error_; ++i) {
    CheckRule(policy.rules(i), At("rules", i));
  }
  CheckRetention(policy.retention(), policy.has_retention());
  Require(policy.shrink_limit_percent() >= 1 &&
              policy.shrink_limit_percent() <= 100,
          "shrink_limit_percent", "must be 1 to 100");
  if (const auto alarms = FindThresholdError(policy.alarms())) {
    Require(false, "alarms." + alarms->field, alarms->problem);
  }
  Require(policy.withhold_below() == 0 ||
              (policy.withhold_below() >= 2 && policy.withhold_below() <= 100),
          "withhold_below", "must be 2 to 100, or 0 for 5");
  if (error_) return;
  if (auto wrong = FindCoordinationError(policy)) {
    Require(false, wrong->path, wrong->problem);
  }
  const auto& routing = policy.coordination().routing();
  for (int i = 0; i < routing.size(); ++i) {
    CheckCriteria(routing[i].criteria(), At("coordination.routing", i));
  }
}

}  // namespace

std::optional<PolicyError> FindPolicyError(const Policy& policy) {
  Checker checker;
  checker.Check(policy);
  return checker.TakeError();
}

}  // namespace samkoer::matcher
