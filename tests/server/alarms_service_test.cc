#include "server/alarms_service.h"

#include <gmock/gmock.h>

#include "tests/server/matcherd_fixture.h"

namespace samkoer::server {
namespace {

class AlarmsServiceTest : public MatcherdFixture {
 protected:
  std::unique_ptr<v1::Alarms::Stub> Stub(const std::string& role) {
    return v1::Alarms::NewStub(Connect(pki_.Client(role, "x")));
  }
  grpc::Status List(const std::string& role, v1::ListAlarmsResponse* response,
                    bool all = false) {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::ListAlarmsRequest request;
    request.set_include_acknowledged(all);
    return Stub(role)->ListAlarms(&context, request, response);
  }
  grpc::Status Acknowledge(const std::string& role, const std::string& id,
                           const std::string& reason,
                           v1::AcknowledgeAlarmResponse* response) {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::AcknowledgeAlarmRequest request;
    request.set_alarm_id(id);
    request.set_reason(reason);
    return Stub(role)->AcknowledgeAlarm(&context, request, response);
  }
  // The alarm that eleven refused calls of one certificate raise.
  v1::Alarm Raise() {
    matcher::Caller caller;
    caller.uri = "samkoer://viborg/department/job";
    matcher_->RecordRefusal(caller, "Alerts.ListAlerts",
                            "PERMISSION_DENIED, 11 times");
    v1::ListAlarmsResponse response;
    // What is asked in the same write comes before the alarm.
    EXPECT_TRUE(List("privacy-officer", &response).ok());
    EXPECT_TRUE(List("privacy-officer", &response).ok());
    EXPECT_EQ(response.alarms_size(), 1);
    return response.alarms_size() == 1 ? response.alarms(0) : v1::Alarm();
  }
};

TEST_F(AlarmsServiceTest, OfficersAndOperatorsSeeThemAndTheLogSaysSo) {
  const v1::Alarm alarm = Raise();
  EXPECT_EQ(alarm.kind(), v1::ALARM_KIND_DENIED_ATTEMPTS);
  EXPECT_EQ(alarm.about(), "samkoer://viborg/department/job");
  v1::ListAlarmsResponse response;
  ASSERT_TRUE(List("operator", &response).ok());
  EXPECT_EQ(response.alarms_size(), 1);
  const v1::AuditLeaf last = Leaves().back();
  EXPECT_EQ(last.action(), v1::AUDIT_ACTION_ALARMS_READ);
  EXPECT_EQ(last.actor(), "samkoer://viborg/operator/x");
}

TEST_F(AlarmsServiceTest, AnOfficerAcknowledgesWithAReason) {
  const v1::Alarm alarm = Raise();
  v1::AcknowledgeAlarmResponse answer;
  ASSERT_TRUE(
      Acknowledge("privacy-officer", alarm.alarm_id(), "set på", &answer).ok());
  EXPECT_EQ(answer.alarm().acknowledged_by(),
            "samkoer://viborg/privacy-officer/x");
  EXPECT_EQ(Leaves().back().reason(), "set på");
  v1::ListAlarmsResponse response;
  ASSERT_TRUE(List("privacy-officer", &response).ok());
  EXPECT_EQ(response.alarms_size(), 0);
  ASSERT_TRUE(List("privacy-officer", &response, /*all=*/true).ok());
  EXPECT_EQ(response.alarms_size(), 1);
}

TEST_F(AlarmsServiceTest, AReasonIsNeededAndHoldsNoCprNumber) {
  const v1::Alarm alarm = Raise();
  v1::AcknowledgeAlarmResponse answer;
  for (const std::string& reason :
       {std::string(), std::string(501, 'x'), std::string("om 2311045672")}) {
    EXPECT_EQ(Acknowledge("privacy-officer", alarm.alarm_id(), reason, &answer)
                  .error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
  }
  EXPECT_EQ(
      Acknowledge("privacy-officer", "12345678", "x", &answer).error_code(),
      grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Acknowledge("privacy-officer", "1", "x", &answer).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(matcher_->OpenAlarms(v1::ALARM_KIND_DENIED_ATTEMPTS), 1u);
}

TEST_F(AlarmsServiceTest, NobodyElseMay) {
  v1::ListAlarmsResponse response;
  for (const char* role : {"department", "coordinator", "witness", "matcher"}) {
    ExpectStatus(List(role, &response), grpc::StatusCode::PERMISSION_DENIED,
                 "not permitted");
  }
  v1::AcknowledgeAlarmResponse answer;
  ExpectStatus(Acknowledge("operator", "12345678", "x", &answer),
               grpc::StatusCode::PERMISSION_DENIED, "not permitted");
}

// Seconds later on the page.
TEST_F(AlarmsServiceTest, TheMetricCountsThoseThatAreOpen) {
  Raise();
  const std::string line = "samkoer_alarms_open{kind=\"denied-attempts\"} 1";
  for (int i = 0; i < 600; ++i) {
    if (metrics_->Text().find(line) != std::string::npos) return;
    absl::SleepFor(absl::Milliseconds(100));
  }
  ADD_FAILURE() << metrics_->Text();
}

class BeforeAPolicyTest : public AlarmsServiceTest {
 protected:
  BeforeAPolicyTest() { gives_policy_ = false; }
};

TEST_F(BeforeAPolicyTest, AlarmsAreThereAlready) { Raise(); }

}  // namespace
}  // namespace samkoer::server
