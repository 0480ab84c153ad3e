#include <gmock/gmock.h>

#include "clients/audit/policy_diff.h"

namespace samkoer::clients {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

v1::Policy Example() {
  v1::Policy policy;
  policy.set_municipality("viborg");
  policy.set_purpose("ungeindsats");
  policy.set_version(3);
  for (const char* id : {"familie", "job"}) {
    auto& department = *policy.add_departments();
    department.set_id(id);
    department.set_name(id);
    department.set_kind(v1::UNIT_KIND_AUTHORITY);
    department.add_units()->set_name("Team");
    department.add_domains(v1::DOMAIN_FAMILY);
  }
  auto& basis = *policy.add_legal_bases();
  basis.set_id("kui");
  basis.set_text("KUI-loven § 15 d");
  basis.add_domains(v1::DOMAIN_FAMILY);
  basis.set_age_from(15);
  basis.set_age_below(25);
  auto& rule = *policy.add_rules();
  rule.set_id("unge");
  rule.set_text("To afdelinger.");
  rule.set_age_from(15);
  rule.set_age_below(25);
  rule.set_at_least(2);
  rule.set_count(v1::COUNT_BASIS_AUTHORITY_DEPARTMENTS);
  policy.mutable_retention()->set_closed_case_months(6);
  policy.mutable_retention()->set_ended_alert_months(12);
  policy.set_shrink_limit_percent(20);
  return policy;
}

std::vector<std::string> Changes(const v1::Policy& after,
                                 Language language = Language::kDanish) {
  const v1::Policy before = Example();
  return PolicyChanges(&before, after, language);
}

TEST(PolicyChangesTest, AnotherVersionAloneIsNoChange) {
  v1::Policy after = Example();
  after.set_version(4);
  EXPECT_THAT(Changes(after), IsEmpty());
}

TEST(PolicyChangesTest, ARulesAgesAndDemandAreWords) {
  v1::Policy after = Example();
  after.mutable_rules(0)->set_age_below(30);
  after.mutable_rules(0)->set_at_least(3);
  EXPECT_THAT(
      Changes(after),
      ElementsAre("Reglen unge: alderen ændres fra 15-24 år til 15-29 år.",
                  "Reglen unge: kravet ændres fra mindst 2 "
                  "myndighedsafdelinger til mindst 3 myndighedsafdelinger."));
  EXPECT_THAT(Changes(after, Language::kEnglish)[0],
              HasSubstr("The rule unge: the ages changes from 15-24 years"));
}

TEST(PolicyChangesTest, DepartmentsThatComeAndGo) {
  v1::Policy after = Example();
  after.mutable_departments(1)->set_id("social");
  after.mutable_departments(1)->set_name("Social");
  EXPECT_THAT(
      Changes(after),
      ElementsAre("Afdelingen social er ny: Social, myndighed; enheder: Team; "
                  "områder: Familie.",
                  "Afdelingen job udgår; alle dens sager slettes."));
}

TEST(PolicyChangesTest, PeriodsAreToldForEachDomainAndState) {
  v1::Policy after = Example();
  auto& domain = *after.mutable_retention()->add_domains();
  domain.set_domain(v1::DOMAIN_FAMILY);
  domain.set_closed_case_months(12);
  auto& state = *after.mutable_retention()->add_states();
  state.set_state(v1::ALERT_STATE_DECLINED);
  state.set_ended_alert_months(3);
  EXPECT_THAT(Changes(after),
              ElementsAre("Sletning: lukkede sager, Familie, ændres fra 6 "
                          "måneder til 12 måneder.",
                          "Sletning: advis, afslået, ændres fra 12 måneder til "
                          "3 måneder."));
  // The same periods, said in another way.
  after = Example();
  after.mutable_retention()->add_domains()->set_domain(v1::DOMAIN_FAMILY);
  after.mutable_retention()->mutable_domains(0)->set_closed_case_months(6);
  EXPECT_THAT(Changes(after), IsEmpty());
}

TEST(PolicyChangesTest, WhereNothingIsInForceEverythingIsNew) {
  const auto changes = PolicyChanges(nullptr, Example(), Language::kDanish);
  EXPECT_THAT(changes, testing::Contains(HasSubstr("Reglen unge er ny")));
  EXPECT_THAT(changes, testing::Contains(HasSubstr("Hjemlen kui er ny")));
}

// Whatever field changes, at least one sentence says so.
TEST(PolicyChangesTest, NoChangeOfAFieldGoesUnsaid) {
  const std::vector<std::function<void(v1::Policy&)>> edits = {
      [](v1::Policy& p) { p.mutable_departments(0)->set_name("x"); },
      [](v1::Policy& p) {
        p.mutable_departments(0)->set_kind(v1::UNIT_KIND_PROVIDER);
      },
      [](v1::Policy& p) {
        p.mutable_departments(0)->add_units()->set_name("x");
      },
      [](v1::Policy& p) {
        p.mutable_departments(0)->mutable_units(0)->set_kind(
            v1::UNIT_KIND_PROVIDER);
      },
      [](v1::Policy& p) {
        p.mutable_departments(0)->add_domains(v1::DOMAIN_SOCIAL);
      },
      [](v1::Policy& p) { p.mutable_legal_bases(0)->set_text("x"); },
      [](v1::Policy& p) {
        p.mutable_legal_bases(0)->add_domains(v1::DOMAIN_SOCIAL);
      },
      [](v1::Policy& p) { p.mutable_legal_bases(0)->set_age_from(13); },
      [](v1::Policy& p) { p.mutable_legal_bases(0)->add_departments("job"); },
      [](v1::Policy& p) { p.clear_legal_bases(); },
      [](v1::Policy& p) { p.mutable_rules(0)->set_text("x"); },
      [](v1::Policy& p) {
        p.mutable_rules(0)->set_count(v1::COUNT_BASIS_DOMAINS);
      },
      [](v1::Policy& p) { p.mutable_rules(0)->add_criteria("u18"); },
      [](v1::Policy& p) {
        p.mutable_rules(0)->set_exclude_coordinator_exists(true);
      },
      [](v1::Policy& p) {
        p.mutable_rules(0)->set_effective_from("2027-01-01");
      },
      [](v1::Policy& p) {
        p.mutable_rules(0)->set_effective_until("2027-01-01");
      },
      [](v1::Policy& p) { p.mutable_retention()->set_closed_case_months(1); },
      [](v1::Policy& p) { p.mutable_retention()->set_ended_alert_months(1); },
      [](v1::Policy& p) { p.set_shrink_limit_percent(30); },
      [](v1::Policy& p) { p.set_withhold_below(10); },
      [](v1::Policy& p) { p.mutable_alarms()->set_bulk_reads(10); },
  };
  for (std::size_t i = 0; i < edits.size(); ++i) {
    v1::Policy after = Example();
    edits[i](after);
    EXPECT_EQ(Changes(after).empty(), false) << "edit " << i;
  }
}

}  // namespace
}  // namespace samkoer::clients
