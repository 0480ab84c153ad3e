#include "server/exit_codes.h"

#include <gtest/gtest.h>

namespace samkoer::server {
namespace {

TEST(ExitCodes, FollowSysexits) {
  EXPECT_EQ(ExitCodeFor(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeFor(absl::InvalidArgumentError("")), 78);
  EXPECT_EQ(ExitCodeFor(absl::FailedPreconditionError("")), 78);
  EXPECT_EQ(ExitCodeFor(absl::NotFoundError("")), 66);
  EXPECT_EQ(ExitCodeFor(absl::PermissionDeniedError("")), 77);
  EXPECT_EQ(ExitCodeFor(absl::UnauthenticatedError("")), 77);
  EXPECT_EQ(ExitCodeFor(absl::DataLossError("")), 65);
  EXPECT_EQ(ExitCodeFor(absl::UnavailableError("")), 69);
  EXPECT_EQ(ExitCodeFor(absl::ResourceExhaustedError("")), 74);
  EXPECT_EQ(ExitCodeFor(absl::InternalError("")), 70);
}

TEST(ExitCodes, TheHintFollowsTheError) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(FailWith(absl::NotFoundError("x.yaml: no such file"), "make it"),
            66);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "error: x.yaml: no such file\nhint: make it\n");
  ::testing::internal::CaptureStderr();
  FailWith(absl::NotFoundError("x"));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "error: x\n");
}

TEST(ExitCodes, TheStatussOwnHintKnowsMoreAndGoesFirst) {
  const absl::Status status =
      WithHint(absl::NotFoundError("ca.pem: no such file"), "name another");
  EXPECT_EQ(HintOf(status), "name another");
  EXPECT_EQ(HintOf(WithHint(absl::OkStatus(), "x")), "");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(FailWith(status, "run init"), 66);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "error: ca.pem: no such file\nhint: name another\n");
}

TEST(ExitCodes, TheHelpNamesEveryCode) {
  const std::string help = kExitCodesHelp;
  for (const int code :
       {kExitOk, kExitUsage, kExitData, kExitNoInput, kExitUnavailable,
        kExitSoftware, kExitIo, kExitPermission, kExitConfig}) {
    EXPECT_NE(help.find(std::to_string(code) + " "), std::string::npos) << code;
  }
}

}  // namespace
}  // namespace samkoer::server
