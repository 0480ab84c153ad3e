#include "matcher/coordination_refresh.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "matcher/alert_lifecycle.h"
#include "matcher/coordination_steps.h"
#include "matcher/timestamps.h"
#include "tests/matcher/example_policy.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Alert;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

absl::Time At(std::string_view day) {
  const Day d = D(day);
  return absl::FromCivil(absl::CivilHour(d.year(), d.month(), d.day(), 12),
                         absl::UTCTimeZone());
}

class CoordinationRefreshTest : public testing::Test {
 protected:
  CoordinationRefreshTest() {
    AlertContent content;
    content.rule = "unge";
    content.participants.resize(1);
    content.participants[0].set_department("family");
    content.participants[0].set_case_ref("F-1");
    alert_ = OpenAlert("A-7K3M-9QXD", content, At("2026-11-01"));
    Case("family", "Rådgivning", samkoer::v1::DOMAIN_FAMILY, 202403);
    Case("jobs", "Team Unge", samkoer::v1::DOMAIN_EMPLOYMENT, 202201);
    policy_.mutable_coordination();
  }
  void Case(std::string department, std::string unit,
            samkoer::v1::Domain domain, std::uint32_t since) {
    OpenCase& open = facts_.cases.emplace_back();
    open.department = department;
    open.department_name = "Navn på " + department;
    open.unit = unit;
    open.domain = domain;
    open.opened = M(since);
    open.authority = true;
  }
  bool Refresh(std::string_view day = "2026-11-22") {
    return RefreshCoordination(alert_, facts_, CoordinationRules(policy_),
                               D(day), At(day));
  }
  samkoer::v1::CoordinationPolicy& Rules() {
    return *policy_.mutable_coordination();
  }
  samkoer::v1::Coordination& Now() { return CoordinationOf(alert_); }
  // "OFFER 2026-11-08 overdue".
  std::vector<std::string> Dues() {
    std::vector<std::string> dues;
    for (const auto& due : alert_.coordination().dues()) {
      dues.push_back(samkoer::v1::DueKind_Name(due.kind()).substr(9) + " " +
                     due.day() + (due.overdue() ? " overdue" : ""));
    }
    return dues;
  }
  std::vector<std::string> Transitions() {
    std::vector<std::string> transitions;
    for (const auto& t : alert_.coordination().transitions()) {
      transitions.push_back(std::to_string(t.age()) + " " +
                            std::to_string(t.month()));
    }
    return transitions;
  }

  samkoer::v1::Policy policy_ = ExamplePolicy();
  PersonFacts facts_;
  Alert alert_;
};

TEST_F(CoordinationRefreshTest, AMatchWithNothingToSayStaysAsItWas) {
  policy_.clear_coordination();
  facts_.birth = M(200811);  // 18 this month
  const std::string before = alert_.SerializeAsString();
  EXPECT_FALSE(Refresh());
  EXPECT_EQ(alert_.SerializeAsString(), before);
}

TEST_F(CoordinationRefreshTest, TheFirstDomainWithACaseIsSuggestedAndWhy) {
  Rules().add_significance(samkoer::v1::DOMAIN_SOCIAL);
  Rules().add_significance(samkoer::v1::DOMAIN_FAMILY);
  Rules().add_significance(samkoer::v1::DOMAIN_EMPLOYMENT);
  EXPECT_TRUE(Refresh());
  EXPECT_TRUE(alert_.coordination().matched());
  const auto& suggestion = alert_.coordination().suggestion();
  EXPECT_EQ(suggestion.department(), "family");
  EXPECT_EQ(suggestion.unit(), "Rådgivning");
  EXPECT_THAT(suggestion.reason(), HasSubstr("Børn og familie"));
  EXPECT_THAT(suggestion.reason(), HasSubstr("03.2024"));
  EXPECT_FALSE(Refresh());
}

TEST_F(CoordinationRefreshTest, OfSeveralCasesTheLongestOpenOneCounts) {
  Rules().add_significance(samkoer::v1::DOMAIN_FAMILY);
  Case("social", "Voksne", samkoer::v1::DOMAIN_FAMILY, 202001);
  Case("social", "Bolig", samkoer::v1::DOMAIN_FAMILY, 0);
  Refresh();
  EXPECT_EQ(alert_.coordination().suggestion().unit(), "Voksne");
  facts_.cases[2].authority = false;
  Refresh();
  EXPECT_EQ(alert_.coordination().suggestion().unit(), "Rådgivning");
}

TEST_F(CoordinationRefreshTest, TheFirstRouteThatFitsIsShown) {
  const auto add = [&](std::string text, std::uint32_t from,
                       std::uint32_t below) {
    auto* rule = Rules().add_routing();
    rule->set_text(text);
    rule->set_age_from(from);
    rule->set_age_below(below);
    rule->set_department("jobs");
    return rule;
  };
  auto* early = add("Kun uddannelse og job", 15, 18);
  early->add_domains(samkoer::v1::DOMAIN_EMPLOYMENT);
  early->set_only_domains(true);
  auto* pension = add("Særligt behov", 18, 120);
  pension->add_criteria("early-pension");
  add("Under 18", 0, 18);
  add("18 og over", 18, 120);

  facts_.birth = M(201006);
  Refresh();
  EXPECT_EQ(alert_.coordination().route().text(), "Under 18");
  facts_.cases.erase(facts_.cases.begin());
  Refresh();
  EXPECT_EQ(alert_.coordination().route().text(), "Kun uddannelse og job");
  EXPECT_EQ(alert_.coordination().route().department_name(), "Jobcenter");
  facts_.birth = M(200001);
  Refresh();
  EXPECT_EQ(alert_.coordination().route().text(), "18 og over");
  facts_.cases[0].criteria = {"early-pension"};
  Refresh();
  EXPECT_EQ(alert_.coordination().route().text(), "Særligt behov");
  facts_.birth = Month();
  Refresh();
  EXPECT_FALSE(alert_.coordination().has_route());
}

TEST_F(CoordinationRefreshTest, TransitionsAreAnnouncedAheadAndGoWhenPassed) {
  facts_.birth = M(200905);  // 18 in May 2027
  EXPECT_FALSE(Refresh("2026-10-31"));
  EXPECT_TRUE(Refresh("2026-11-01"));
  EXPECT_THAT(Transitions(), ElementsAre("18 202705"));
  const auto raised = alert_.coordination().transitions(0).raised();
  EXPECT_FALSE(Refresh("2027-05-31"));
  EXPECT_EQ(alert_.coordination().transitions(0).raised().seconds(),
            raised.seconds());
  EXPECT_TRUE(Refresh("2027-06-01"));
  EXPECT_THAT(Transitions(), IsEmpty());
}

TEST_F(CoordinationRefreshTest, SchoolEndsInTheMonthOfTheYearOfAnAge) {
  Rules().set_school_ends_age(16);
  Rules().add_transition_ages(30);
  facts_.birth = M(201111);
  EXPECT_FALSE(Refresh("2026-11-22"));
  Refresh("2026-12-01");
  EXPECT_THAT(Transitions(), ElementsAre("16 202706"));
}

TEST_F(CoordinationRefreshTest, TheOfferIsDueFromWhenTheWorkBegan) {
  Rules().set_offer_days(14);
  Refresh("2026-11-15");
  EXPECT_THAT(Dues(), ElementsAre("OFFER 2026-11-15"));
  Refresh("2026-11-16");
  EXPECT_THAT(Dues(), ElementsAre("OFFER 2026-11-15 overdue"));
  // Closed and opened again, it is counted anew.
  AddStep(alert_, samkoer::v1::ALERT_STATE_CLOSED, "state-set", "x", "",
          At("2026-11-20"));
  Refresh();
  EXPECT_THAT(Dues(), IsEmpty());
  AddStep(alert_, samkoer::v1::ALERT_STATE_IDENTIFIED, "reopened", "matcher",
          "", At("2026-12-01"));
  Refresh("2026-12-02");
  EXPECT_THAT(Dues(), ElementsAre("OFFER 2026-12-15"));
  *Now().mutable_offered() = ToTimestamp(At("2026-12-02"));
  Refresh("2026-12-02");
  EXPECT_THAT(Dues(), IsEmpty());
}

TEST_F(CoordinationRefreshTest, WhatTheConferenceShallBringIsDueOnItsDay) {
  Rules().set_conference_days(30);
  Rules().set_caseworker_by_conference(true);
  Rules().set_contact_person_by_conference(true);
  facts_.birth = M(200905);
  *Now().mutable_offered() = ToTimestamp(At("2026-11-01"));
  Refresh();
  EXPECT_THAT(Dues(), ElementsAre("CONFERENCE 2026-12-01"));
  *Now().mutable_conference()->mutable_start() = ToTimestamp(At("2026-11-25"));
  Refresh();
  EXPECT_THAT(Dues(), ElementsAre("CASEWORKER 2026-11-25",
                                  "CONTACT_PERSON 2026-11-25"));
  Now().mutable_caseworker();
  facts_.birth = M(200001);  // over the contact person's age
  Refresh();
  EXPECT_THAT(Dues(), IsEmpty());
}

TEST_F(CoordinationRefreshTest, AnActionIsDueUntilItIsDone) {
  Now().mutable_conference()->mutable_action()->set_due_day("2026-11-21");
  policy_.clear_coordination();
  Refresh();
  EXPECT_THAT(Dues(), ElementsAre("ACTION 2026-11-21 overdue"));
  *Now().mutable_conference()->mutable_action()->mutable_done() =
      ToTimestamp(At("2026-11-22"));
  Refresh();
  EXPECT_THAT(Dues(), IsEmpty());
}

TEST_F(CoordinationRefreshTest, AnUnansweredHandoverAndAPlansReviewAreDue) {
  Rules().set_handover_days(7);
  Rules().set_plan_review_months(6);
  auto& handover = *Now().add_handovers();
  handover.set_state(samkoer::v1::HANDOVER_STATE_REQUESTED);
  *handover.mutable_requested() = ToTimestamp(At("2026-11-10"));
  Now().mutable_plan()->set_exists(true);
  Now().mutable_plan()->set_last_review_month(202608);
  Refresh();
  EXPECT_THAT(Dues(), ElementsAre("HANDOVER 2026-11-17 overdue",
                                  "PLAN_REVIEW 2027-02-28"));
  EXPECT_EQ(alert_.coordination().plan_owner_by_policy(), "ungeguiden");
}

TEST_F(CoordinationRefreshTest, AContactPersonsEndIsAnnouncedUnlessAgreed) {
  Rules().add_transition_ages(30);
  facts_.birth = M(200201);  // 25 in January 2027
  Now().mutable_contact_person();
  Refresh();
  EXPECT_THAT(Dues(), ElementsAre("CONTACT_PERSON_ENDS 2027-01-31"));
  Now().mutable_contact_person()->set_by_agreement(true);
  Refresh();
  EXPECT_THAT(Dues(), IsEmpty());
}

}  // namespace
}  // namespace samkoer::matcher
