#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "clients/alerts/report_command.h"
#include "tests/clients/alerts_months.h"
#include "tests/clients/fake_reports.h"
#include "tests/clients/test_directory.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

class ReportCommandTest : public testing::Test {
 protected:
  ReportCommandTest() { Answer("2026-11-03"); }
  void Answer(const std::string& day) {
    server_.statistics = TestMonth(day, 25);
  }
  AlertsOutput Output() {
    out_.str("");
    return {out_, out_, OutputFormat::kHuman, {Language::kDanish, {}}};
  }
  absl::Status Save(const std::string& name) {
    return ReportMonth(*server_.stub,
                       {.as = "json", .out = folder_.path() + name},
                       absl::FromUnixSeconds(1795645800), Output());
  }

  FakeReports server_;
  const TestDirectory folder_;
  std::ostringstream out_;
};

TEST_F(ReportCommandTest, AMonthGoesToTheScreenAsAPage) {
  ASSERT_TRUE(ReportMonth(*server_.stub, {}, {}, Output()).ok());
  EXPECT_TRUE(out_.str().starts_with("<!DOCTYPE html>"));
}

TEST_F(ReportCommandTest, AFinishedMonthIsHadByItsName) {
  server_.months[202610] = TestMonth("2026-10-31", 40);
  ASSERT_TRUE(
      ReportMonth(*server_.stub, {.month = "2026-10"}, {}, Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Status for oktober 2026"));
  EXPECT_THAT(out_.str(), HasSubstr("<bdi>40</bdi>"));
  const absl::Status none =
      ReportMonth(*server_.stub, {.month = "2026-09"}, {}, Output());
  EXPECT_TRUE(absl::IsNotFound(none));
  EXPECT_THAT(std::string(none.message()), HasSubstr("september 2026"));
  EXPECT_THAT(HintOf(none), HasSubstr("report months"));
  EXPECT_TRUE(absl::IsInvalidArgument(
      ReportMonth(*server_.stub, {.month = "oktober"}, {}, Output())));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(ReportCommandTest, SavedMonthsBecomeAQuarter) {
  for (const char* day : {"2026-10-02", "2026-11-03", "2026-12-01"}) {
    Answer(day);
    ASSERT_TRUE(Save(std::string("/") + day).ok());
  }
  std::ofstream(folder_.path() + "/tal.csv")
      << "indikator;periode;tal;kilde\nI job;2026K4;1.204;Jobindsats\n";
  ASSERT_TRUE(ReportSaved({.as = "html",
                           .figures = folder_.path() + "/tal.csv",
                           .months = {folder_.path() + "/2026-11-03",
                                      folder_.path() + "/2026-10-02",
                                      folder_.path() + "/2026-12-01"}},
                          {}, Output())
                  .ok());
  EXPECT_THAT(out_.str(), HasSubstr("Kvartalsrapport, 4. kvartal 2026"));
  EXPECT_THAT(out_.str(), HasSubstr("1.204"));
}

TEST_F(ReportCommandTest, AQuarterIsOfTheMonthsThatTheMatcherKeeps) {
  const absl::Time now = absl::FromCivil(absl::CivilDay(2026, 11, 22), {});
  EXPECT_TRUE(
      absl::IsNotFound(ReportQuarter(*server_.stub, {}, now, Output())));
  server_.months[202607] = TestMonth("2026-07-02", 20);
  server_.months[202609] = TestMonth("2026-09-30", 40);
  ASSERT_TRUE(ReportQuarter(*server_.stub, {}, now, Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Kvartalsrapport, 3. kvartal 2026"));
  EXPECT_THAT(out_.str(), HasSubstr("ingen opgørelse af august 2026"));
  EXPECT_TRUE(absl::IsNotFound(
      ReportQuarter(*server_.stub, {.quarter = "2025-1"}, now, Output())));
  EXPECT_TRUE(absl::IsInvalidArgument(
      ReportQuarter(*server_.stub, {.quarter = "2026-5"}, now, Output())));
  ASSERT_TRUE(ReportQuarter(*server_.stub, {.as = "json", .quarter = "2026-3"},
                            now, Output())
                  .ok());
  EXPECT_THAT(out_.str(), HasSubstr("\"missing\": [\"2026-08\"]"));
  server_.error = {grpc::StatusCode::PERMISSION_DENIED, "not permitted"};
  EXPECT_TRUE(absl::IsPermissionDenied(
      ReportQuarter(*server_.stub, {}, now, Output())));
}

TEST_F(ReportCommandTest, NothingIsReplacedAndNothingHalfWritten) {
  ASSERT_TRUE(Save("/month").ok());
  EXPECT_THAT(out_.str(), HasSubstr("Rapporten er skrevet til"));
  Answer("2026-12-01");
  EXPECT_TRUE(absl::IsAlreadyExists(Save("/month")));
  const auto status = ReportMonth(
      *server_.stub,
      {.out = folder_.path() + "/new", .figures = folder_.path() + "/none"}, {},
      Output());
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/new"));
}

TEST_F(ReportCommandTest, WhatTheMatcherRefusesIsSaid) {
  server_.error = {grpc::StatusCode::PERMISSION_DENIED, "not permitted"};
  EXPECT_TRUE(
      absl::IsPermissionDenied(ReportMonth(*server_.stub, {}, {}, Output())));
  EXPECT_EQ(out_.str(), "");
}

}  // namespace
}  // namespace samkoer::clients
