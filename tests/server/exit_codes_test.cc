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

}  // namespace
}  // namespace samkoer::server
