#include <grpcpp/grpcpp.h>

#include <sstream>

#include "clients/audit/alarms_command.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::Alarm Raised() {
  v1::Alarm alarm;
  alarm.set_alarm_id(std::string("\x01\xff") + "abcdef");
  alarm.set_kind(v1::ALARM_KIND_SAME_PERSON);
  alarm.set_about("samkoer://viborg/coordinator/anna");
  alarm.mutable_first()->set_seconds(1'800'000'000);
  alarm.mutable_last()->set_seconds(1'800'003'600);
  alarm.set_count(23);
  alarm.set_threshold(20);
  alarm.set_leaf_index(812);
  return alarm;
}

class FakeAlarms final : public v1::Alarms::Service {
 public:
  FakeAlarms() {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::Alarms::NewStub(server_->InProcessChannel({}));
  }
  ~FakeAlarms() override { server_->Shutdown(); }

  grpc::Status ListAlarms(grpc::ServerContext*,
                          const v1::ListAlarmsRequest* request,
                          v1::ListAlarmsResponse* response) override {
    all = request->include_acknowledged();
    for (const v1::Alarm& alarm : alarms) *response->add_alarms() = alarm;
    return error;
  }
  grpc::Status AcknowledgeAlarm(
      grpc::ServerContext*, const v1::AcknowledgeAlarmRequest* request,
      v1::AcknowledgeAlarmResponse* response) override {
    asked = *request;
    v1::Alarm& alarm = *response->mutable_alarm();
    alarm = Raised();
    alarm.set_acknowledged_by("samkoer://viborg/privacy-officer/peter");
    alarm.mutable_acknowledged()->set_seconds(1'800'007'200);
    alarm.set_reason(before.empty() ? request->reason() : before);
    return error;
  }

  std::vector<v1::Alarm> alarms;
  grpc::Status error;
  bool all = false;
  std::string before;  // why it was acknowledged earlier
  v1::AcknowledgeAlarmRequest asked;
  std::unique_ptr<v1::Alarms::Stub> stub;

 private:
  std::unique_ptr<grpc::Server> server_;
};

class AlarmsCommandTest : public testing::Test {
 protected:
  AuditOutput Output(OutputFormat format, Language language) {
    return {out_, notices_, format, {language, absl::UTCTimeZone()}, false};
  }
  absl::Status Print(bool all = false,
                     OutputFormat format = OutputFormat::kHuman,
                     Language language = Language::kDanish) {
    return PrintAlarms(*server_.stub, Peer::kMatcher, all,
                       Output(format, language));
  }
  absl::Status Acknowledge(const std::string& id, const std::string& reason,
                           OutputFormat format = OutputFormat::kHuman) {
    return AcknowledgeAlarm(*server_.stub, Peer::kMatcher, id, reason,
                            Output(format, Language::kDanish));
  }

  FakeAlarms server_;
  std::ostringstream out_, notices_;
};

TEST_F(AlarmsCommandTest, AnAlarmSaysWhatWhoHowOftenAndWhereToLook) {
  server_.alarms = {Raised()};
  ASSERT_TRUE(Print().ok());
  EXPECT_FALSE(server_.all);
  EXPECT_EQ(out_.str(),
            "01ff616263646566  Har set på samme person igen og igen\n"
            "  samkoer://viborg/coordinator/anna\n"
            "  målt 23, grænse 20; første gang 15-01-2027 08:00, sidst "
            "15-01-2027 09:00; indgang 812\n"
            "  vejledning: docs/runbooks/alarm-same-person.md\n");
  out_.str("");
  ASSERT_TRUE(Print(false, OutputFormat::kHuman, Language::kEnglish).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Has looked at the same person"));
  EXPECT_THAT(out_.str(), HasSubstr("measured 23, threshold 20"));
}

TEST_F(AlarmsCommandTest, WithoutAlarmsItSaysSo) {
  ASSERT_TRUE(Print(/*all=*/true).ok());
  EXPECT_TRUE(server_.all);
  EXPECT_EQ(out_.str(), "Ingen alarmer.\n");
}

TEST_F(AlarmsCommandTest, EveryKindHasWordsAndAPage) {
  for (int kind = 1; kind < v1::AlarmKind_ARRAYSIZE; ++kind) {
    const auto value = static_cast<v1::AlarmKind>(kind);
    for (const Language language : {Language::kDanish, Language::kEnglish}) {
      EXPECT_THAT(AlarmText(value, language),
                  Not(HasSubstr(std::to_string(kind))));
    }
    v1::Alarm alarm = Raised();
    alarm.set_kind(value);
    server_.alarms = {alarm};
    out_.str("");
    ASSERT_TRUE(Print().ok());
    EXPECT_THAT(out_.str(), HasSubstr("docs/runbooks/alarm-"));
  }
  EXPECT_EQ(AlarmText(static_cast<v1::AlarmKind>(99), Language::kDanish),
            "ukendt alarm 99");
}

TEST_F(AlarmsCommandTest, AnAcknowledgedAlarmSaysWhoAndWhatWasFound) {
  ASSERT_TRUE(Acknowledge("01FF616263646566", "talt med lederen").ok());
  EXPECT_EQ(server_.asked.alarm_id(), Raised().alarm_id());
  EXPECT_EQ(server_.asked.reason(), "talt med lederen");
  EXPECT_THAT(out_.str(),
              HasSubstr("kvitteret 15-01-2027 10:00 af "
                        "samkoer://viborg/privacy-officer/peter: talt med "
                        "lederen\n"));
  EXPECT_EQ(out_.str().find("kvitteret før"), std::string::npos);
  server_.before = "noget andet";
  ASSERT_TRUE(Acknowledge("01FF616263646566", "talt med lederen").ok());
  EXPECT_THAT(out_.str(), HasSubstr("din begrundelse er ikke gemt"));
}

TEST_F(AlarmsCommandTest, WhatIsNoIdOrNoReasonIsNotSent) {
  const absl::Status wrong = Acknowledge("2311045672", "x");
  EXPECT_TRUE(absl::IsInvalidArgument(wrong));
  EXPECT_THAT(std::string(wrong.message()), Not(HasSubstr("2311045672")));
  EXPECT_FALSE(Acknowledge("01ff616263646566", "").ok());
  EXPECT_FALSE(Acknowledge("01ff616263646566", "om 2311045672").ok());
  EXPECT_TRUE(server_.asked.alarm_id().empty());
}

TEST_F(AlarmsCommandTest, JsonHasTheContractsNames) {
  server_.alarms = {Raised()};
  ASSERT_TRUE(Print(false, OutputFormat::kJson).ok());
  EXPECT_THAT(out_.str(), HasSubstr("\"ALARM_KIND_SAME_PERSON\""));
  EXPECT_THAT(out_.str(), HasSubstr("leaf_index"));
}

TEST_F(AlarmsCommandTest, WhatTheServerSendsCannotDriveTheTerminal) {
  v1::Alarm alarm = Raised();
  alarm.set_about("a\x1b[2J\nb");
  server_.alarms = {alarm};
  ASSERT_TRUE(Print().ok());
  EXPECT_THAT(out_.str(), Not(HasSubstr("\x1b")));
}

TEST_F(AlarmsCommandTest, TheServersRefusalIsTold) {
  server_.error =
      grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "not permitted");
  EXPECT_TRUE(absl::IsPermissionDenied(Print()));
  EXPECT_TRUE(absl::IsPermissionDenied(Acknowledge("01ff616263646566", "x")));
}

}  // namespace
}  // namespace samkoer::clients
