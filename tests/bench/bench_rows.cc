#include "tests/bench/bench_rows.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace samkoer::bench {
namespace {

using samkoer::v1::CaseRecord;
using samkoer::v1::Domain;

constexpr std::array<Domain, kDepartments> kDomains = {
    samkoer::v1::DOMAIN_FAMILY, samkoer::v1::DOMAIN_EMPLOYMENT,
    samkoer::v1::DOMAIN_SOCIAL, samkoer::v1::DOMAIN_DISABILITY_PSYCHIATRY};
constexpr std::array<std::string_view, kDepartments> kUnits = {
    "Familie og rådgivning", "Team Unge", "Voksenrådgivning",
    "Handicap myndighed"};

constexpr std::string_view kPlanOwner =
    "Ungeenheden, uddannelse og beskæftigelse";

// Each department has a quarter of the rows. Row r of department d is person
// r + d * quarter * 0.9 of a ring, so that neighbours overlap by about 10%.
std::uint64_t PersonOf(std::uint64_t row, int department, std::uint64_t total) {
  const std::uint64_t quarter = total / kDepartments;
  const std::uint64_t stride = quarter - quarter / 10;
  return (row + department * stride) % (stride * kDepartments);
}

void Pseudonym(std::uint64_t person, std::string* out) {
  out->resize(64);
  unsigned char key[crypto_generichash_KEYBYTES] = {'b', 'e', 'n', 'c', 'h'};
  crypto_generichash(reinterpret_cast<unsigned char*>(out->data()), 64,
                     reinterpret_cast<const unsigned char*>(&person),
                     sizeof person, key, sizeof key);
}

}  // namespace

int DepartmentOf(std::uint64_t number, std::uint64_t total) {
  return static_cast<int>(number / (total / kDepartments));
}

CaseRecord MakeRecord(std::uint64_t number, std::uint64_t total,
                      std::uint32_t version) {
  const std::uint64_t quarter = total / kDepartments;
  const int department = DepartmentOf(number, total);
  const std::uint64_t row = number % quarter;
  const std::uint64_t person = PersonOf(row, department, total);
  CaseRecord record;
  Pseudonym(person, record.mutable_pseudonym());
  record.set_case_ref(absl::StrCat("SAG-", 20 + row % 7, "-", 100000 + row));
  record.set_unit(std::string(kUnits[department]));
  record.set_domain(kDomains[department]);
  record.set_status(samkoer::v1::CASE_STATUS_OPEN);
  record.set_opened_month(202400 + 1 + row % 12);
  record.set_birth_month((1998 + person % 12) * 100 + 1 + person % 12);
  record.set_contact(absl::StrCat("Team ", 10 + row % 40, ", tlf. 87 66 ",
                                  10 + row % 71, " ", 10 + row % 83,
                                  ", ungeteam", version, "@kommune.example"));
  record.set_consent(samkoer::v1::CONSENT_GIVEN);
  record.mutable_plan()->set_exists(true);
  record.mutable_plan()->set_owner_unit(std::string(kPlanOwner));
  record.mutable_plan()->set_last_review_month(202501 + row % 12);
  return record;
}

std::vector<CaseRecord> DepartmentRecords(int department, std::uint64_t total,
                                          std::uint32_t changed_percent) {
  const std::uint64_t quarter = total / kDepartments;
  std::vector<CaseRecord> records;
  records.reserve(quarter);
  for (std::uint64_t row = 0; row < quarter; ++row) {
    const std::uint64_t number = department * quarter + row;
    records.push_back(
        MakeRecord(number, total, number % 100 < changed_percent ? 1 : 0));
  }
  // As an agent merges them.
  std::sort(records.begin(), records.end(),
            [](const CaseRecord& a, const CaseRecord& b) {
              return a.case_ref() < b.case_ref();
            });
  return records;
}

}  // namespace samkoer::bench
