#include "server/grpc_log.h"

#include <grpc/support/log.h>
#include <gtest/gtest.h>

#include <string>

#include "server/limits.h"

namespace samkoer::server {
namespace {

TEST(LineBudget, WhatIsOverTheBudgetIsCountedAndToldLater) {
  LineBudget budget(2);
  const absl::Time start = absl::UnixEpoch();
  std::uint64_t suppressed = 7;
  EXPECT_TRUE(budget.Take(start, suppressed));
  EXPECT_EQ(suppressed, 0u);
  EXPECT_TRUE(budget.Take(start + absl::Seconds(59), suppressed));
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(budget.Take(start + absl::Seconds(59), suppressed));
  }
  EXPECT_TRUE(budget.Take(start + absl::Seconds(60), suppressed));
  EXPECT_EQ(suppressed, 5u);
  EXPECT_TRUE(budget.Take(start + absl::Seconds(61), suppressed));
  EXPECT_EQ(suppressed, 0u);
}

TEST(GrpcLog, GrpcsMessagesBecomeJsonLinesInMeasure) {
  RouteGrpcLogs();
  ::testing::internal::CaptureStderr();
  for (std::uint64_t i = 0; i < 3 * kGrpcLogLinesPerMinute; ++i) {
    gpr_log_message("file.cc", 1, GPR_LOG_SEVERITY_ERROR,
                    "handshake \"failed\"");
  }
  const std::string written = ::testing::internal::GetCapturedStderr();
  std::size_t lines = 0;
  for (const char c : written) lines += c == '\n';
  EXPECT_GE(lines, 1u);
  EXPECT_LE(lines, kGrpcLogLinesPerMinute);
  EXPECT_NE(
      written.find(R"("event":"grpc.error","text":"handshake \"failed\"")"),
      std::string::npos)
      << written;
}

}  // namespace
}  // namespace samkoer::server
