#include <grpcpp/grpcpp.h>

#include <sstream>

#include "clients/audit/retention_command.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"
#include "tests/clients/fake_reports.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

class RetentionCommandTest : public testing::Test {
 protected:
  AuditOutput Output(OutputFormat format = OutputFormat::kHuman,
                     Language language = Language::kDanish) {
    out_.str("");
    return {out_, out_, format, {language, absl::UTCTimeZone()}, false};
  }
  static std::string SweepLeaf(const std::string& day, std::uint64_t next_due,
                               std::uint64_t overdue = 0) {
    v1::AuditLeaf leaf = TestLeaf(v1::AUDIT_ACTION_SWEEP);
    leaf.set_detail(day);
    for (const auto& [name, value] :
         std::vector<std::pair<const char*, std::uint64_t>>{
             {"deleted.records.FAMILY", 4},
             {"kept.records", 10},
             {"kept.alerts", 2},
             {"overdue.records", overdue},
             {"overdue.alerts", 0},
             {"next-due", next_due},
             {"due-since", 0}}) {
      v1::AuditCount& count = *leaf.add_counts();
      count.set_name(name);
      count.set_value(value);
    }
    return leaf.SerializeAsString();
  }
  absl::Status Prove(OutputFormat format = OutputFormat::kHuman,
                     ProofDays days = {{}, {}, absl::CivilDay(2026, 11, 27)}) {
    return PrintRetentionProof(server_, verifier_, store_, days,
                               Output(format));
  }

  const TestDirectory dir_;
  FakeLog log_{TestSigner("log")};
  const crypto::NoteVerifier verifier_ = TestVerifier(log_.signer);
  const CheckpointStore store_{dir_.file("state"), "matcher"};
  LogServer server_{Peer::kMatcher, *log_.stub, Language::kDanish};
  std::ostringstream out_;
};

TEST_F(RetentionCommandTest, ThePlanSaysWhatGoesWhen) {
  FakeReports server;
  server.plan.set_day("2026-11-22");
  auto* record = server.plan.add_days();
  record->set_day("2027-05-01");
  record->set_domain(v1::DOMAIN_FAMILY);
  record->set_count(12);
  auto* alert = server.plan.add_days();
  alert->set_day("2027-06-01");
  alert->set_state(v1::ALERT_STATE_DECLINED);
  alert->set_count(3);
  server.plan.set_open_records(900);
  server.plan.set_open_alerts(40);
  ASSERT_TRUE(PrintRetentionPlan(*server.stub, Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("matcherens dag 22-11-2026"));
  EXPECT_THAT(out_.str(),
              HasSubstr("01-05-2027       12  lukkede sager, Familie\n"));
  EXPECT_THAT(out_.str(), HasSubstr("01-06-2027        3  advis, afslået\n"));
  EXPECT_THAT(out_.str(), HasSubstr("900 åbne sager og 40 advis"));
  ASSERT_TRUE(PrintRetentionPlan(*server.stub, Output(OutputFormat::kHuman,
                                                      Language::kEnglish))
                  .ok());
  EXPECT_THAT(out_.str(), HasSubstr("closed cases, Family"));
  ASSERT_TRUE(
      PrintRetentionPlan(*server.stub, Output(OutputFormat::kJson)).ok());
  EXPECT_THAT(out_.str(), HasSubstr("\"open_records\""));
  server.error = grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "no");
  EXPECT_TRUE(
      absl::IsPermissionDenied(PrintRetentionPlan(*server.stub, Output())));
}

TEST_F(RetentionCommandTest, AHealthyLogProvesEveryPastDayInOneLine) {
  log_.Become({TestLeaf(v1::AUDIT_ACTION_STARTED).SerializeAsString(),
               SweepLeaf("2026-11-24", 20261201),
               SweepLeaf("2026-11-25", 20261201),
               SweepLeaf("2026-11-26", 20261201)});
  ASSERT_TRUE(Prove().ok());
  EXPECT_THAT(out_.str(),
              HasSubstr("24-11-2026 – 26-11-2026  gennemgået; intet lå over "
                        "tiden; slettet: 12\n"));
  EXPECT_THAT(out_.str(), HasSubstr("3 af 3 dage er bevist"));
  EXPECT_THAT(out_.str(), HasSubstr("alle 4 indgange er kontrolleret"));
}

TEST_F(RetentionCommandTest, DaysBeforeThereWasAnythingAreToldApart) {
  v1::AuditLeaf empty = TestLeaf(v1::AUDIT_ACTION_SWEEP);
  empty.set_detail("2026-11-24");
  for (const char* name : {"kept.records", "kept.alerts", "overdue.records",
                           "overdue.alerts", "next-due", "due-since"}) {
    v1::AuditCount& count = *empty.add_counts();
    count.set_name(name);
  }
  log_.Become({empty.SerializeAsString(), SweepLeaf("2026-11-25", 20261201),
               SweepLeaf("2026-11-26", 20261201)});
  ASSERT_TRUE(Prove(OutputFormat::kHuman,
                    {absl::CivilDay(2026, 11, 20), absl::CivilDay(2026, 11, 26),
                     absl::CivilDay(2026, 11, 27)})
                  .ok());
  EXPECT_THAT(out_.str(), HasSubstr("7 af 7 dage er bevist"));
  EXPECT_THAT(out_.str(),
              HasSubstr("Heraf før den første gennemgang, som intet fandt: 4"));
}

TEST_F(RetentionCommandTest, ADayWithoutASweepIsNamedWithTheOneThatMadeUp) {
  log_.Become(
      {SweepLeaf("2026-11-23", 20261201), SweepLeaf("2026-11-26", 20261201)});
  ASSERT_TRUE(Prove().ok());
  EXPECT_THAT(out_.str(),
              HasSubstr("24-11-2026 – 25-11-2026  ingen gennemgang; intet "
                        "skulle slettes; indhentet 26-11-2026 (indgang 1)"));
}

TEST_F(RetentionCommandTest, WhatWasKeptOverTimeFailsTheProof) {
  log_.Become({SweepLeaf("2026-11-23", 20261124), SweepLeaf("2026-11-26", 0)});
  EXPECT_TRUE(absl::IsDataLoss(Prove()));
  EXPECT_THAT(out_.str(), HasSubstr("OVER TIDEN"));
  EXPECT_THAT(out_.str(), HasSubstr("2 af 4 dage"));
  EXPECT_TRUE(absl::IsDataLoss(Prove(OutputFormat::kJson)));
  EXPECT_THAT(out_.str(), HasSubstr("{\"proven\":false"));
  EXPECT_THAT(out_.str(),
              HasSubstr("{\"day\":\"2026-11-24\",\"standing\":\"kept-over\""));
  log_.Become({SweepLeaf("2026-11-26", 0, 2)});
  EXPECT_TRUE(absl::IsDataLoss(Prove()));
  EXPECT_THAT(out_.str(), HasSubstr("gennemgangen lod 2 stå"));
}

TEST_F(RetentionCommandTest, ALogThatDoesNotHoldProvesNothing) {
  log_.Become(
      {SweepLeaf("2026-11-25", 20261201), SweepLeaf("2026-11-26", 20261201)});
  log_.leaves[0] = SweepLeaf("2026-11-25", 0);
  EXPECT_TRUE(absl::IsDataLoss(Prove()));
  EXPECT_THAT(out_.str(), Not(HasSubstr("gennemgået")));
}

TEST_F(RetentionCommandTest, OnTheFirstDayThereIsNothingToProve) {
  log_.Become({SweepLeaf("2026-11-27", 0)});
  ASSERT_TRUE(Prove().ok());
  EXPECT_THAT(out_.str(), HasSubstr("0 af 0 dage"));
}

TEST(ReadProofDaysTest, OneDayOrARangeInOrder) {
  const absl::CivilDay today(2026, 11, 27);
  const auto read = [&](const char* day, const char* from, const char* until) {
    return ReadProofDays(day, from, until, today, Language::kDanish);
  };
  const auto one = read("22-11-2026", "", "");
  ASSERT_TRUE(one.ok());
  EXPECT_EQ(one->from, absl::CivilDay(2026, 11, 22));
  EXPECT_EQ(one->until, absl::CivilDay(2026, 11, 22));
  const auto open = read("", "2026-11-22", "");
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(open->until, std::nullopt);
  EXPECT_FALSE(read("22-11-2026", "22-11-2026", "").ok());
  EXPECT_FALSE(read("", "23-11-2026", "22-11-2026").ok());
  EXPECT_FALSE(read("", "01-01-1900", "").ok());
  EXPECT_FALSE(read("i går", "", "").ok());
}

TEST(ReadProofDaysTest, DaysThatAreNotOverAreRefused) {
  const absl::CivilDay today(2026, 11, 27);
  const auto read = [&](const char* day, const char* from, const char* until) {
    return ReadProofDays(day, from, until, today, Language::kDanish);
  };
  EXPECT_TRUE(read("26-11-2026", "", "").ok());
  EXPECT_TRUE(absl::IsInvalidArgument(read("27-11-2026", "", "").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(read("01-12-2099", "", "").status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(read("", "01-01-2026", "31-12-2026").status()));
  EXPECT_FALSE(read("", "01-12-2026", "").ok());
}

}  // namespace
}  // namespace samkoer::clients
