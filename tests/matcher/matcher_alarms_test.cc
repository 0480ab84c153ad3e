// Alarms of a whole matcher: raised as leaves are written, kept over restarts.
#include <gmock/gmock.h>

#include "samkoer/v1/alarms.pb.h"
#include "storage/witness_state.h"
#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using storage::ValueOf;

samkoer::v1::Policy StrictPolicy() {
  samkoer::v1::Policy policy = ExamplePolicy();
  policy.mutable_alarms()->set_same_person_reads(2);
  policy.mutable_alarms()->set_denied_attempts(2);
  return policy;
}

constexpr char kNextPolicy[] = R"(municipality: viborg
purpose: ungeindsats
version: 1000
departments:
  - {id: family, name: Familie, kind: AUTHORITY, units: [{name: Rådgivning}], domains: [FAMILY]}
legal_bases:
  - {id: main, text: Hjemmel, domains: [FAMILY], age_from: 13, age_below: 30}
rules:
  - {id: unge, text: To enheder., age_from: 15, age_below: 30, at_least: 2, count: AUTHORITY_UNITS}
retention: {closed_case_months: 6, ended_alert_months: 12}
shrink_limit_percent: 20
)";

class MatcherAlarmsTest : public testing::Test {
 protected:
  MatcherAlarmsTest() { SAMKOER_EXPECT_OK(in_.Open()); }

  std::vector<samkoer::v1::Alarm> Alarms(bool all = false) {
    samkoer::v1::ListAlarmsRequest request;
    request.set_include_acknowledged(all);
    const auto response =
        ValueOf(in_.matcher().ListAlarms(Installation::Officer(), request));
    return {response.alarms().begin(), response.alarms().end()};
  }
  std::vector<samkoer::v1::Alarm> Of(samkoer::v1::AlarmKind kind) {
    std::vector<samkoer::v1::Alarm> found;
    for (const auto& alarm : Alarms()) {
      if (alarm.kind() == kind) found.push_back(alarm);
    }
    return found;
  }
  void ReadTheOneAlert(int times) {
    samkoer::v1::GetAlertRequest request;
    request.set_alert_id(in_.AllAlerts().front().alert_id());
    for (int i = 0; i < times; ++i) {
      ValueOf(in_.matcher().GetAlert(Installation::Coordinator(), request));
    }
  }
  absl::StatusOr<samkoer::v1::AcknowledgeAlarmResponse> Acknowledge(
      const std::string& id) {
    samkoer::v1::AcknowledgeAlarmRequest request;
    request.set_alarm_id(id);
    request.set_reason("set på");
    return in_.matcher().AcknowledgeAlarm(Installation::Officer(), request);
  }
  void PushTwo() {
    in_.MustSnapshot("family", {Family("a", "F-1"), Family("b", "F-2")});
    in_.MustSnapshot("jobs", {Jobs("a", "J-1"), Jobs("b", "J-2")});
  }

  Installation in_{StrictPolicy()};
};

TEST_F(MatcherAlarmsTest, TheSamePersonAgainAndAgainNamesNoSubject) {
  PushTwo();
  ReadTheOneAlert(3);
  const auto alarms = Of(samkoer::v1::ALARM_KIND_SAME_PERSON);
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].about(), Installation::Coordinator().uri);
  EXPECT_EQ(alarms[0].count(), 3u);
  const auto leaf = in_.Leaves()[alarms[0].leaf_index()];
  EXPECT_EQ(leaf.action(), samkoer::v1::AUDIT_ACTION_ALARM_RAISED);
  EXPECT_TRUE(leaf.subjects().empty());
  EXPECT_EQ(in_.matcher().OpenAlarms(samkoer::v1::ALARM_KIND_SAME_PERSON), 1u);
}

TEST_F(MatcherAlarmsTest, ARestartNeitherLosesNorDoublesNorForgetsToCount) {
  PushTwo();
  ReadTheOneAlert(2);
  in_.Restart();
  EXPECT_TRUE(Of(samkoer::v1::ALARM_KIND_SAME_PERSON).empty());
  ReadTheOneAlert(1);
  const auto raised = Of(samkoer::v1::ALARM_KIND_SAME_PERSON);
  ASSERT_EQ(raised.size(), 1u);
  in_.Restart();
  ReadTheOneAlert(1);
  const auto kept = Of(samkoer::v1::ALARM_KIND_SAME_PERSON);
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].alarm_id(), raised[0].alarm_id());
  EXPECT_EQ(kept[0].count(), 4u);
}

TEST_F(MatcherAlarmsTest, RefusalsOfOneCertificate) {
  const Caller caller = Installation::Department("jobs");
  in_.matcher().RecordRefusal(caller, "Alerts.ListAlerts", "PERMISSION_DENIED");
  EXPECT_TRUE(Of(samkoer::v1::ALARM_KIND_DENIED_ATTEMPTS).empty());
  in_.matcher().RecordRefusal(caller, "Alerts.ListAlerts",
                              "PERMISSION_DENIED, 7 times");
  // An alarm is there when the write that raised it is; a list in the same
  // group would come before.
  in_.AllAlerts();
  const auto alarms = Of(samkoer::v1::ALARM_KIND_DENIED_ATTEMPTS);
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].about(), caller.uri);
  EXPECT_EQ(alarms[0].count(), 8u);
}

TEST_F(MatcherAlarmsTest, ListingThemStandsInTheLog) {
  EXPECT_TRUE(Alarms().empty());
  const auto leaf = in_.Leaves().back();
  EXPECT_EQ(leaf.action(), samkoer::v1::AUDIT_ACTION_ALARMS_READ);
  EXPECT_EQ(leaf.actor(), Installation::Officer().uri);
}

TEST_F(MatcherAlarmsTest, AWitnessThatIsLateIsToldOnce) {
  storage::WitnessChange change;
  change.late_hours = 12;
  change.allowed_hours = 24;
  SAMKOER_EXPECT_OK(in_.matcher().KeepWitness(nullptr, change));
  in_.Restart();
  change.late_hours = 13;
  SAMKOER_EXPECT_OK(in_.matcher().KeepWitness(nullptr, change));
  const auto alarms = Of(samkoer::v1::ALARM_KIND_WITNESS);
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].about(), "matcher");
  EXPECT_EQ(alarms[0].count(), 13u);
  EXPECT_EQ(alarms[0].threshold(), 12u);
}

TEST_F(MatcherAlarmsTest, ApprovingWhatOneHasProposed) {
  const Caller proposer{"samkoer://viborg/operator/drift", "drift",
                        std::string(32, 'o')};
  samkoer::v1::ProposeRequest propose;
  propose.mutable_content()->set_policy(kNextPolicy);
  propose.set_reason("nyt");
  const auto proposed = ValueOf(in_.matcher().Propose(proposer, propose));
  samkoer::v1::ApproveRequest approve;
  approve.set_number(proposed.proposal().number());
  approve.set_digest(proposed.proposal().digest());
  approve.set_reason("nyt");
  // The same person, in another role.
  const Caller approver{"samkoer://viborg/privacy-officer/drift", "drift",
                        std::string(32, 'p')};
  EXPECT_TRUE(absl::IsPermissionDenied(
      in_.matcher().Approve(approver, approve).status()));
  const auto alarms = Of(samkoer::v1::ALARM_KIND_OWN_APPROVAL);
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].about(), approver.uri);
  // Somebody else's approval is none.
  SAMKOER_EXPECT_OK(
      in_.matcher().Approve(Installation::Officer(), approve).status());
  EXPECT_EQ(Of(samkoer::v1::ALARM_KIND_OWN_APPROVAL).size(), 1u);
}

TEST_F(MatcherAlarmsTest, ADepartmentFallsSilent) {
  PushTwo();
  in_.SetDay("2026-11-24");
  SAMKOER_EXPECT_OK(in_.Sweep());
  const std::size_t before =
      Of(samkoer::v1::ALARM_KIND_SILENT_DEPARTMENT).size();
  in_.MustDelta("jobs", {});
  in_.SetDay("2026-11-26");
  SAMKOER_EXPECT_OK(in_.Sweep());
  std::vector<std::string> silent;
  for (const auto& alarm : Of(samkoer::v1::ALARM_KIND_SILENT_DEPARTMENT)) {
    silent.push_back(alarm.about());
  }
  EXPECT_EQ(before, 0u);
  EXPECT_THAT(silent,
              testing::UnorderedElementsAre("family", "social", "shelter"));
}

TEST_F(MatcherAlarmsTest, AnAcknowledgementStandsInTheLogAndIsKept) {
  PushTwo();
  ReadTheOneAlert(3);
  const std::string id = Of(samkoer::v1::ALARM_KIND_SAME_PERSON)[0].alarm_id();
  EXPECT_EQ(ValueOf(Acknowledge(id)).alarm().reason(), "set på");
  EXPECT_EQ(ValueOf(Acknowledge(id)).alarm().reason(), "set på");
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_ALARM_ACKNOWLEDGED), 1u);
  in_.Restart();
  EXPECT_TRUE(Of(samkoer::v1::ALARM_KIND_SAME_PERSON).empty());
  EXPECT_EQ(in_.matcher().OpenAlarms(samkoer::v1::ALARM_KIND_SAME_PERSON), 0u);
  EXPECT_GE(Alarms(/*all=*/true).size(), 1u);
  EXPECT_TRUE(absl::IsNotFound(Acknowledge("12345678").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Acknowledge("x").status()));
}

}  // namespace
}  // namespace samkoer::matcher
