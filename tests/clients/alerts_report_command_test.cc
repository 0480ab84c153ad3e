#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "clients/alerts/report_command.h"
#include "tests/clients/alerts_months.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

class FakeReports final : public v1::Reports::Service {
 public:
  FakeReports() {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::Reports::NewStub(server_->InProcessChannel({}));
  }
  ~FakeReports() override { server_->Shutdown(); }

  grpc::Status GetStatistics(grpc::ServerContext*,
                             const v1::GetStatisticsRequest*,
                             v1::GetStatisticsResponse* response) override {
    *response = month;
    return error;
  }

  v1::GetStatisticsResponse month = TestMonth("2026-11-03", 25);
  grpc::Status error;
  std::unique_ptr<v1::Reports::Stub> stub;

 private:
  std::unique_ptr<grpc::Server> server_;
};

class ReportCommandTest : public testing::Test {
 protected:
  ReportCommandTest() {
    std::string name =
        (std::filesystem::temp_directory_path() / "samkoer-test-XXXXXX");
    folder_ = ::mkdtemp(name.data());
  }
  ~ReportCommandTest() override { std::filesystem::remove_all(folder_); }
  AlertsOutput Output() {
    out_.str("");
    return {out_, out_, OutputFormat::kHuman, {Language::kDanish, {}}};
  }
  absl::Status Save(const std::string& name) {
    return ReportMonth(*server_.stub, {.as = "json", .out = folder_ + name},
                       absl::FromUnixSeconds(1795645800), Output());
  }

  FakeReports server_;
  std::string folder_;
  std::ostringstream out_;
};

TEST_F(ReportCommandTest, AMonthGoesToTheScreenAsAPage) {
  ASSERT_TRUE(ReportMonth(*server_.stub, {}, {}, Output()).ok());
  EXPECT_TRUE(out_.str().starts_with("<!DOCTYPE html>"));
}

TEST_F(ReportCommandTest, SavedMonthsBecomeAQuarter) {
  for (const char* day : {"2026-10-02", "2026-11-03", "2026-12-01"}) {
    server_.month = TestMonth(day, 25);
    ASSERT_TRUE(Save(std::string("/") + day).ok());
  }
  std::ofstream(folder_ + "/tal.csv")
      << "indikator;periode;tal;kilde\nI job;2026K4;1.204;Jobindsats\n";
  ASSERT_TRUE(
      ReportSaved({.as = "html",
                   .figures = folder_ + "/tal.csv",
                   .months = {folder_ + "/2026-11-03", folder_ + "/2026-10-02",
                              folder_ + "/2026-12-01"}},
                  {}, Output())
          .ok());
  EXPECT_THAT(out_.str(), HasSubstr("Kvartalsrapport, 4. kvartal 2026"));
  EXPECT_THAT(out_.str(), HasSubstr("1.204"));
}

TEST_F(ReportCommandTest, NothingIsReplacedAndNothingHalfWritten) {
  ASSERT_TRUE(Save("/month").ok());
  EXPECT_THAT(out_.str(), HasSubstr("Rapporten er skrevet til"));
  server_.month = TestMonth("2026-12-01", 99);
  EXPECT_TRUE(absl::IsAlreadyExists(Save("/month")));
  const auto status = ReportMonth(
      *server_.stub, {.out = folder_ + "/new", .figures = folder_ + "/none"},
      {}, Output());
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/new"));
}

TEST_F(ReportCommandTest, WhatTheMatcherRefusesIsSaid) {
  server_.error = {grpc::StatusCode::PERMISSION_DENIED, "not permitted"};
  EXPECT_TRUE(
      absl::IsPermissionDenied(ReportMonth(*server_.stub, {}, {}, Output())));
  EXPECT_EQ(out_.str(), "");
}

}  // namespace
}  // namespace samkoer::clients
