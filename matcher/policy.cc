#include "matcher/policy.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "matcher/legal_basis.h"
#include "matcher/policy_validation.h"
#include "proto/absl_text.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AgeRange;
using samkoer::v1::Domain;
using samkoer::v1::LegalBasis;

// Ascending, with overlapping and adjoining ranges made one.
std::vector<AgeRange> Join(std::vector<AgeRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const AgeRange& a, const AgeRange& b) {
              return a.age_from() < b.age_from();
            });
  std::vector<AgeRange> joined;
  for (const AgeRange& range : ranges) {
    if (joined.empty() || range.age_from() > joined.back().age_below()) {
      joined.push_back(range);
    } else if (range.age_below() > joined.back().age_below()) {
      joined.back().set_age_below(range.age_below());
    }
  }
  return joined;
}

std::optional<Day> OptionalDay(const std::string& text) {
  const absl::StatusOr<Day> day = Day::Parse(text);
  return day.ok() ? std::optional<Day>(*day) : std::nullopt;
}

}  // namespace

absl::StatusOr<CompiledPolicy> CompiledPolicy::Compile(
    samkoer::v1::Policy policy, std::string text) {
  if (const std::optional<PolicyError> error = FindPolicyError(policy)) {
    return absl::InvalidArgumentError(
        absl::StrCat(error->path, ": ", error->problem));
  }
  CompiledPolicy compiled;
  compiled.proto_ = std::move(policy);
  compiled.text_ = std::move(text);
  crypto_hash_sha256(
      compiled.digest_.data(),
      reinterpret_cast<const unsigned char*>(compiled.text_.data()),
      compiled.text_.size());
  compiled.CompileDepartments();
  compiled.CompileLegalBases();
  compiled.CompileRules();
  return compiled;
}

void CompiledPolicy::CompileDepartments() {
  const int count = proto_.departments_size();
  unit_by_name_.resize(count);
  domains_.resize(count, 0);
  for (int i = 0; i < count; ++i) {
    const auto& department = proto_.departments(i);
    const auto number = static_cast<std::uint16_t>(i);
    department_by_id_.emplace(department.id(), number);
    for (const int domain : department.domains()) {
      domains_[i] = static_cast<std::uint8_t>(domains_[i] | 1u << domain);
    }
    for (const auto& unit : department.units()) {
      const auto kind = unit.kind() == samkoer::v1::UNIT_KIND_UNSPECIFIED
                            ? department.kind()
                            : unit.kind();
      unit_by_name_[i].emplace(unit.name(),
                               static_cast<std::uint16_t>(units_.size()));
      units_.push_back(
          {unit.name(), number, kind == samkoer::v1::UNIT_KIND_AUTHORITY});
    }
  }
}

void CompiledPolicy::CompileLegalBases() {
  ages_.resize(proto_.departments_size() * kDomainCount);
  for (int i = 0; i < proto_.departments_size(); ++i) {
    for (const int domain : proto_.departments(i).domains()) {
      std::vector<AgeRange> ranges;
      for (const LegalBasis& basis : proto_.legal_bases()) {
        if (!LegalBasisCovers(basis, proto_.departments(i).id(), domain)) {
          continue;
        }
        ranges.emplace_back();
        ranges.back().set_age_from(basis.age_from());
        ranges.back().set_age_below(basis.age_below());
      }
      ages_[i * kDomainCount + domain] = Join(std::move(ranges));
    }
  }
}

void CompiledPolicy::CompileRules() {
  const auto bit = [&](const std::string& code) {
    const auto [entry, inserted] =
        criterion_bit_.emplace(code, static_cast<int>(criteria_.size()));
    if (inserted) criteria_.push_back(code);
    return std::uint64_t{1} << entry->second;
  };
  for (const auto& rule : proto_.rules()) {
    CompiledRule compiled{OptionalDay(rule.effective_from()),
                          OptionalDay(rule.effective_until()), 0};
    for (const std::string& code : rule.criteria()) {
      compiled.criteria |= bit(code);
    }
    rules_.push_back(compiled);
  }
  // Where somebody belongs may depend on what makes no alert.
  for (const auto& routing : proto_.coordination().routing()) {
    for (const std::string& code : routing.criteria()) bit(code);
  }
}

std::uint16_t CompiledPolicy::FindDepartment(std::string_view id) const {
  const auto found = department_by_id_.find(proto::Absl(id));
  return found == department_by_id_.end() ? kUnknownIndex : found->second;
}

std::uint16_t CompiledPolicy::FindUnit(std::uint16_t department,
                                       std::string_view name) const {
  if (department >= unit_by_name_.size()) return kUnknownIndex;
  const auto found = unit_by_name_[department].find(proto::Absl(name));
  return found == unit_by_name_[department].end() ? kUnknownIndex
                                                  : found->second;
}

bool CompiledPolicy::DomainAllowed(std::uint16_t department,
                                   Domain domain) const {
  return department < domains_.size() && domain > 0 &&
         static_cast<std::size_t>(domain) < kDomainCount &&
         (domains_[department] >> domain & 1) != 0;
}

const std::vector<AgeRange>& CompiledPolicy::PermittedAges(
    std::uint16_t department, Domain domain) const {
  static const auto* const kNone = new std::vector<AgeRange>;
  return DomainAllowed(department, domain)
             ? ages_[department * kDomainCount + domain]
             : *kNone;
}

bool CompiledPolicy::Permitted(std::uint16_t department, Domain domain,
                               Month birth, Month as_of) const {
  if (!birth.given() || !as_of.given()) return false;
  for (const AgeRange& ages : PermittedAges(department, domain)) {
    if (AgeMayBeWithin(birth, as_of, ages.age_from(), ages.age_below())) {
      return true;
    }
  }
  return false;
}

std::vector<samkoer::v1::PermittedDomain> CompiledPolicy::PermittedFor(
    std::uint16_t department) const {
  std::vector<samkoer::v1::PermittedDomain> permitted;
  for (std::size_t i = 1; i < kDomainCount; ++i) {
    const auto domain = static_cast<Domain>(i);
    const std::vector<AgeRange>& ages = PermittedAges(department, domain);
    if (ages.empty()) continue;
    permitted.emplace_back();
    permitted.back().set_domain(domain);
    permitted.back().mutable_ages()->Assign(ages.begin(), ages.end());
  }
  return permitted;
}

std::optional<int> CompiledPolicy::CriterionBit(std::string_view code) const {
  const auto found = criterion_bit_.find(proto::Absl(code));
  if (found == criterion_bit_.end()) return std::nullopt;
  return found->second;
}

static_assert(samkoer::v1::Domain_MAX < static_cast<int>(kDomainCount));

}  // namespace samkoer::matcher
