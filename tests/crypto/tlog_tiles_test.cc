#include "crypto/tlog_tiles.h"

#include <gtest/gtest.h>

#include <limits>

namespace samkoer::crypto {
namespace {

TEST(TilePath, ExamplesOfTheSpecification) {
  EXPECT_EQ(TilePath(0, 1234067, 256), "tile/0/x001/x234/067");
  EXPECT_EQ(EntriesPath(1234067, 256), "tile/entries/x001/x234/067");
  EXPECT_EQ(TilePath(0, 0, 256), "tile/0/000");
  EXPECT_EQ(TilePath(1, 3, 12), "tile/1/003.p/12");
  EXPECT_EQ(EntriesPath(0, 1), "tile/entries/000.p/1");
}

TEST(TilePath, GroupsOfThreeDigitsBeginWithAnXButTheLast) {
  EXPECT_EQ(TilePath(7, 999, 255), "tile/7/999.p/255");
  EXPECT_EQ(TilePath(2, 1000, 256), "tile/2/x001/000");
  EXPECT_EQ(TilePath(0, 1'000'000, 256), "tile/0/x001/x000/000");
  EXPECT_EQ(TilePath(0, std::numeric_limits<std::uint64_t>::max(), 256),
            "tile/0/x018/x446/x744/x073/x709/x551/615");
}

TEST(TileWidthAt, LevelZeroCountsLeaves) {
  EXPECT_EQ(TileWidthAt(0, 0, 0), 0u);
  EXPECT_EQ(TileWidthAt(0, 0, 1), 1u);
  EXPECT_EQ(TileWidthAt(0, 0, 255), 255u);
  EXPECT_EQ(TileWidthAt(0, 0, 256), 256u);
  EXPECT_EQ(TileWidthAt(0, 1, 256), 0u);
  EXPECT_EQ(TileWidthAt(0, 1, 257), 1u);
  EXPECT_EQ(TileWidthAt(0, 2, 257), 0u);
}

TEST(TileWidthAt, HigherLevelsCountFullTilesBelow) {
  EXPECT_EQ(TileWidthAt(1, 0, 255), 0u);
  EXPECT_EQ(TileWidthAt(1, 0, 256), 1u);
  EXPECT_EQ(TileWidthAt(1, 0, 70'000), 256u);
  EXPECT_EQ(TileWidthAt(1, 1, 70'000), 17u);
  EXPECT_EQ(TileWidthAt(2, 0, 70'000), 1u);
  EXPECT_EQ(TileWidthAt(3, 0, 70'000), 0u);
}

TEST(TileWidthAt, LargestTreesDoNotOverflow) {
  constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(TileWidthAt(7, 0, kMax), 255u);
  EXPECT_EQ(TileWidthAt(8, 0, kMax), 0u);
  EXPECT_EQ(TileWidthAt(100, 0, kMax), 0u);
  EXPECT_EQ(TileWidthAt(0, kMax, kMax), 0u);
  EXPECT_EQ(TileWidthAt(0, kMax / 256, kMax), 255u);
}

}  // namespace
}  // namespace samkoer::crypto
