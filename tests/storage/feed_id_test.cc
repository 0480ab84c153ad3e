#include "storage/feed_id.h"

#include <gtest/gtest.h>

#include "proto/limits.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

// As FORMAT.md shows it.
TEST(FeedId, BytesAreThoseOfTheFormat) {
  EXPECT_EQ(EncodeFeedId(std::string(16, 'f')), "\x01" + std::string(16, 'f'));
}

TEST(FeedId, ComesBackAndIsNeverTheSameTwice) {
  const std::string id = NewFeedId();
  EXPECT_EQ(id.size(), proto::kFeedIdBytes);
  EXPECT_NE(id, NewFeedId());
  EXPECT_EQ(ValueOf(DecodeFeedId(EncodeFeedId(id))), id);
}

TEST(FeedId, DamageAndNewerVersionsAreRefused) {
  const std::string bytes = EncodeFeedId(NewFeedId());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeFeedId(bytes.substr(0, n)).status()));
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeFeedId(bytes + "x").status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      DecodeFeedId("\x02" + bytes.substr(1)).status()));
}

}  // namespace
}  // namespace samkoer::storage
