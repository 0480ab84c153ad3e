#include <filesystem>
#include <fstream>

#include "clients/alerts/cursor_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

TEST(CursorFile, BeginsAtZero) {
  const TestDirectory dir;
  EXPECT_EQ(*CursorFile(dir.file("cursor")).Load(), FeedCursor());
}

TEST(CursorFile, RemembersTheLastNumber) {
  const TestDirectory dir;
  const CursorFile cursor(dir.file("cursor"));
  for (std::uint64_t sequence : {1ull, 17ull, ~0ull, 3ull}) {
    for (const std::string& feed : {std::string(), std::string(16, '\xe7')}) {
      ASSERT_TRUE(cursor.Save({sequence, feed}).ok());
      EXPECT_EQ(*CursorFile(dir.file("cursor")).Load(),
                (FeedCursor{sequence, feed}));
    }
  }
}

TEST(CursorFile, OneOfBeforeFeedsHadAnIdGoesOn) {
  const auto cursor = ParseCursor("samkoer-alerts cursor 1\n17\n");
  ASSERT_TRUE(cursor.ok());
  EXPECT_EQ(*cursor, (FeedCursor{17, ""}));
  EXPECT_EQ(FormatCursor(*cursor), "samkoer-alerts cursor 2\n17\n-\n");
}

TEST(CursorFile, ADamagedCursorIsRefusedNotReadAsZero) {
  const TestDirectory dir;
  const CursorFile cursor(dir.file("cursor"));
  for (const char* text :
       {"", "17\n", "samkoer-alerts cursor 1\n", "samkoer-alerts cursor 1\n\n",
        "samkoer-alerts cursor 1\n-1\n", "samkoer-alerts cursor 1\n17",
        "samkoer-alerts cursor 2\n17\n", "samkoer-alerts cursor 1\n17 \n",
        "samkoer-alerts cursor 3\n17\n-\n", "samkoer-alerts cursor 1\n17\n-\n",
        "samkoer-alerts cursor 2\n17\n\n", "samkoer-alerts cursor 2\n17\nab\n",
        "samkoer-alerts cursor 2\n17\n0123456789abcdef0123456789abcdeg\n",
        "samkoer-alerts cursor 2\n17\n-\nx",
        "samkoer-alerts cursor 1\n99999999999999999999999\n"}) {
    std::ofstream(cursor.path(), std::ios::trunc) << text;
    const auto loaded = cursor.Load();
    EXPECT_TRUE(absl::IsInvalidArgument(loaded.status())) << text;
    EXPECT_THAT(std::string(loaded.status().message()),
                testing::HasSubstr(cursor.path()));
  }
}

TEST(CursorFile, AMissingDirectoryIsNamed) {
  const TestDirectory dir;
  const absl::Status status =
      CursorFile(dir.file("no/such/cursor")).Save({1, ""});
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
}

}  // namespace
}  // namespace samkoer::clients
