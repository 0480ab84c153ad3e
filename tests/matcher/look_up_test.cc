// What a look-up tells, beyond what the facade's own test shows.
#include "matcher/look_up.h"

#include <gmock/gmock.h>

#include <map>

#include "matcher/padding.h"
#include "storage/key_layout.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;
using samkoer::v1::HeldRecord;
using samkoer::v1::LookUpPersonResponse;
using storage::ValueOf;
using testing::ElementsAre;

class LookUpTest : public testing::Test {
 protected:
  LookUpTest() { SAMKOER_EXPECT_OK(in_.Open()); }

  static samkoer::v1::CaseRecord Family(bool open = true) {
    auto record = MakeRecord("a", "F-1", "Rådgivning", DOMAIN_FAMILY);
    if (!open) {
      record.set_status(samkoer::v1::CASE_STATUS_CLOSED);
      record.set_closed_month(202609);
    }
    return record;
  }
  void MakeAlert() {
    in_.MustSnapshot("family", {Family()});
    in_.MustSnapshot("jobs",
                     {MakeRecord("a", "J-1", "Team Unge", DOMAIN_EMPLOYMENT)});
  }
  HeldRecord Held(const std::string& department) {
    const auto answer = in_.LookUp(PseudonymOf("a"));
    for (const auto& held : answer.records()) {
      if (held.department() == department) return held;
    }
    ADD_FAILURE() << "nothing is held of " << department;
    return {};
  }
  std::size_t SubjectIndexEntries() {
    std::size_t entries = 0;
    SAMKOER_EXPECT_OK(
        in_.store().Scan(storage::TablePrefix(storage::Table::kSubjectIndex),
                         "", [&](std::string_view, std::string_view) {
                           ++entries;
                           return true;
                         }));
    return entries;
  }
  samkoer::v1::AuditLeaf LastLookUp() { return in_.Leaves().back(); }

  Installation in_{ExamplePolicy()};
};

TEST_F(LookUpTest, ARecordNamesItsDepartmentAndWhyItIsHeld) {
  MakeAlert();
  const auto answer = in_.LookUp(PseudonymOf("a"));
  EXPECT_EQ(answer.policy_version(), 3u);
  const HeldRecord family = Held("family");
  EXPECT_EQ(family.department_name(), "Familieafdelingen");
  ASSERT_EQ(family.legal_bases_size(), 1);
  EXPECT_EQ(family.legal_bases(0).id(), "main");
  EXPECT_EQ(family.legal_bases(0).text(), "Hjemmel");
  EXPECT_EQ(family.deleted_on(), "");
  EXPECT_EQ(family.kept_months(), 6u);
  EXPECT_EQ(answer.alert_kept_months(), 12u);
}

TEST_F(LookUpTest, AClosedCaseGoesOnTheDayThatWasSaid) {
  MakeAlert();
  in_.MustDelta("family", {Family(/*open=*/false)});
  const std::string day = Held("family").deleted_on();
  EXPECT_EQ(day, "2027-04-01");
  in_.SetDay(D(day).AddDays(-1).ToString());
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_EQ(Held("family").deleted_on(), day);
  in_.SetDay(day);
  SAMKOER_ASSERT_OK(in_.Sweep());
  const auto after = in_.LookUp(PseudonymOf("a"));
  for (const auto& held : after.records()) {
    EXPECT_NE(held.department(), "family");
  }
}

TEST_F(LookUpTest, AClosedCaseWithoutAMonthCountsFromWhenItCame) {
  auto record = Family(/*open=*/false);
  record.clear_closed_month();
  in_.MustSnapshot("family", {record});
  EXPECT_EQ(Held("family").deleted_on(), "2027-06-01");
}

TEST_F(LookUpTest, AnAlertGoesOnTheDayThatWasSaid) {
  MakeAlert();
  EXPECT_EQ(in_.LookUp(PseudonymOf("a")).alert_deleted_on(), "");
  in_.MustDelta("family", {}, {"F-1"});  // the rule ceases
  const std::string day = in_.LookUp(PseudonymOf("a")).alert_deleted_on();
  EXPECT_EQ(day, "2027-12-01");
  in_.SetDay(D(day).AddDays(-1).ToString());
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_TRUE(in_.LookUp(PseudonymOf("a")).has_alert());
  in_.SetDay(day);
  SAMKOER_ASSERT_OK(in_.Sweep());
  const auto after = in_.LookUp(PseudonymOf("a"));
  EXPECT_FALSE(after.has_alert());
  EXPECT_EQ(after.alert_deleted_on(), "");
}

TEST_F(LookUpTest, AnEndedAlertWhoseRuleHoldsIsNotSaidToGo) {
  MakeAlert();
  samkoer::v1::SetAlertStateRequest request;
  request.set_alert_id(in_.ActiveAlerts()[0].alert_id());
  request.set_state(samkoer::v1::ALERT_STATE_CLOSED);
  SAMKOER_ASSERT_OK(in_.matcher()
                        .SetAlertState(Installation::Coordinator(), request)
                        .status());
  EXPECT_EQ(in_.LookUp(PseudonymOf("a")).alert_deleted_on(), "");
}

TEST_F(LookUpTest, AnAccessTellsWhatItsLeafTells) {
  MakeAlert();
  in_.ActiveAlerts();
  const auto answer = in_.LookUp(PseudonymOf("a"));
  const auto leaves = in_.Leaves();
  ASSERT_EQ(answer.accesses_size(), 2);
  for (const auto& access : answer.accesses()) {
    const auto& leaf = leaves.at(access.leaf_index());
    EXPECT_EQ(access.detail(), leaf.detail());
    EXPECT_EQ(access.actor(), leaf.actor());
    EXPECT_EQ(access.reason(), leaf.reason());
  }
}

// ---- Somebody who is not known ----

TEST_F(LookUpTest, TheAnswerHasTheSameLengthWhetherKnownOrNot) {
  MakeAlert();
  in_.ActiveAlerts();
  const auto known = in_.LookUp(PseudonymOf("a"));
  const auto unknown = in_.LookUp(PseudonymOf("nobody"));
  EXPECT_TRUE(known.known());
  EXPECT_FALSE(unknown.known());
  EXPECT_EQ(known.SerializeAsString().size(), kAnswerUnit);
  EXPECT_EQ(unknown.SerializeAsString().size(), kAnswerUnit);
}

TEST_F(LookUpTest, ALongAnswerIsAMultiple) {
  MakeAlert();
  samkoer::v1::GetAlertRequest request;
  request.set_alert_id(in_.ActiveAlerts()[0].alert_id());
  for (int i = 0; i < 300; ++i) {
    SAMKOER_ASSERT_OK(
        in_.matcher().GetAlert(Installation::Coordinator(), request).status());
  }
  const std::size_t size =
      in_.LookUp(PseudonymOf("a")).SerializeAsString().size();
  EXPECT_GT(size, kAnswerUnit);
  EXPECT_EQ(size % kAnswerUnit, 0u);
}

TEST_F(LookUpTest, AnUnknownPersonsLeafLooksLikeAKnownOnes) {
  in_.MustSnapshot("family", {Family()});  // known, and without an alert
  const std::size_t before = SubjectIndexEntries();
  in_.LookUp(PseudonymOf("a"));
  const auto known = LastLookUp();
  const std::size_t between = SubjectIndexEntries();
  in_.LookUp(PseudonymOf("nobody"));
  const auto unknown = LastLookUp();
  EXPECT_EQ(SubjectIndexEntries() - between, between - before);
  ASSERT_EQ(known.subjects_size(), 1);
  ASSERT_EQ(unknown.subjects_size(), 1);
  EXPECT_NE(known.subjects(0), unknown.subjects(0));
  EXPECT_EQ(known.SerializeAsString().size(),
            unknown.SerializeAsString().size());
  // Apart from the id they are the same.
  auto alike = unknown;
  alike.set_subjects(0, known.subjects(0));
  *alike.mutable_time() = known.time();
  EXPECT_EQ(alike.SerializeAsString(), known.SerializeAsString());
}

TEST_F(LookUpTest, TwoLookUpsOfAnUnknownPersonCannotBeJoined) {
  in_.LookUp(PseudonymOf("nobody"));
  const std::string first = LastLookUp().subjects(0);
  in_.LookUp(PseudonymOf("nobody"));
  EXPECT_NE(LastLookUp().subjects(0), first);
}

TEST_F(LookUpTest, AnUnknownPersonLearnsOfThisLookUpAlone) {
  in_.LookUp(PseudonymOf("nobody"));
  const auto answer = in_.LookUp(PseudonymOf("nobody"));
  EXPECT_EQ(answer.records_size(), 0);
  EXPECT_FALSE(answer.has_alert());
  EXPECT_EQ(answer.policy_version(), 3u);
  ASSERT_EQ(answer.accesses_size(), 1);
  EXPECT_EQ(answer.accesses(0).action(), "AUDIT_ACTION_PERSON_LOOKED_UP");
  EXPECT_EQ(answer.accesses(0).leaf_index(), in_.Leaves().size() - 1);
}

}  // namespace
}  // namespace samkoer::matcher
