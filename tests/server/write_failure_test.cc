#include "server/write_failure.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/storage/store_testing.h"

namespace samkoer::server {
namespace {

TEST(WriteFailureTest, AStoreIsMadeAnewOnlyWhereNoCheckpointTellsOfOne) {
  const storage::TempDir dir;
  const std::string checkpoint = dir / "checkpoint";
  EXPECT_EQ(MissingStoreHint(checkpoint, "run init"), "run init");
  EXPECT_EQ(MissingStoreHint("", "run init"), "run init");
  std::ofstream(checkpoint) << "x";
  const std::string hint = MissingStoreHint(checkpoint, "run init");
  EXPECT_EQ(hint.find("run init"), std::string::npos) << hint;
  EXPECT_NE(hint.find("restore its newest backup"), std::string::npos) << hint;
}

TEST(WriteFailureTest, ADiskThatIsFullIsMendedOtherwiseThanAFolder) {
  EXPECT_EQ(DiskHint(absl::ResourceExhaustedError("x")), kMendDisk);
  EXPECT_EQ(DiskHint(absl::PermissionDeniedError("x")), kMendFolder);
  EXPECT_EQ(DiskHint(absl::DataLossError("x")), "");
}

}  // namespace
}  // namespace samkoer::server
