#include "matcher/case_buckets.h"

#include <gtest/gtest.h>

namespace samkoer::matcher {
namespace {

crypto::Hash16 Starting(std::uint8_t first, std::uint8_t second) {
  return {first, second};
}

TEST(CaseBucketsTest, TheFirstTwoBytesOfTheCaseIdNameTheBucket) {
  CaseBuckets buckets;
  ASSERT_EQ(buckets.size(), 64u);
  buckets.Add(5, Starting(0x12, 0x34), Starting(1, 0));
  EXPECT_EQ(buckets.first(0x34), 5u);
  EXPECT_EQ(buckets.first(0x12), CaseBuckets::kEmpty);
  EXPECT_EQ(buckets.records(), 1u);
}

TEST(CaseBucketsTest, ANewRecordLinksToTheOneBeforeIt) {
  CaseBuckets buckets;
  EXPECT_EQ(buckets.Add(5, Starting(0, 3), Starting(1, 0)),
            CaseBuckets::kEmpty);
  EXPECT_EQ(buckets.Add(6, Starting(0, 3), Starting(2, 0)), 5u);
  EXPECT_EQ(buckets.first(3), 6u);
}

TEST(CaseBucketsTest, TheSumFollowsWhatIsAddedChangedAndRemoved) {
  CaseBuckets buckets;
  const crypto::Hash16 id = Starting(0, 9);
  buckets.Add(1, id, Starting(1, 0));
  buckets.Add(2, id, Starting(2, 0));
  buckets.Change(id, Starting(2, 0), Starting(7, 0));
  buckets.Remove(id, Starting(1, 0));
  crypto::FingerprintSum expected;
  expected.Add(Starting(7, 0));
  EXPECT_EQ(buckets.sum(9), expected);
  EXPECT_EQ(buckets.records(), 1u);
}

TEST(CaseBucketsTest, ItGrowsUntilTheMostBucketsOfAPush) {
  CaseBuckets buckets;
  for (std::uint32_t n = 0; n < 256; ++n) {
    EXPECT_FALSE(buckets.Full());
    buckets.Add(n, Starting(0, 0), Starting(1, 0));
  }
  EXPECT_TRUE(buckets.Full());
  while (buckets.Full()) {
    const std::uint32_t before = buckets.size();
    buckets.Resize();
    EXPECT_EQ(buckets.size(), before * 4);
    EXPECT_EQ(buckets.records(), 0u);
    EXPECT_EQ(buckets.first(0), CaseBuckets::kEmpty);
    EXPECT_EQ(buckets.sum(0), crypto::FingerprintSum());
    for (std::uint32_t n = 0; n < 1'000'000; ++n) {
      buckets.Add(n, Starting(0, 0), Starting(1, 0));
    }
  }
  EXPECT_EQ(buckets.size(), 65536u);
}

}  // namespace
}  // namespace samkoer::matcher
