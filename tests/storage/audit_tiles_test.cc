#include "storage/audit_tiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/key_layout.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/naive_merkle.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using absl::StatusCode;

class AuditTilesTest : public testing::Test {
 protected:
  // Appends `count` leaves in one batch; returns how many tiles were written.
  std::size_t Append(std::size_t count) {
    std::vector<crypto::Hash32> hashes;
    for (std::size_t i = 0; i < count; ++i) {
      leaves_.push_back("leaf " + std::to_string(leaves_.size()));
      hashes.push_back(crypto::LeafHash(crypto::AsBytes(leaves_.back())));
    }
    WriteBatch batch;
    edge_.Append(hashes, sealer_, batch);
    SAMKOER_EXPECT_OK(engine_.Write(batch));
    return batch.operations().size();
  }
  std::string Tile(std::uint8_t level, std::uint64_t index) {
    const std::string key = AuditTileKey(level, index);
    return ValueOf(sealer_.Open(key, ValueOf(engine_.Get(key))));
  }
  void PutTile(std::uint8_t level, std::uint64_t index,
               const std::string& plain) {
    WriteBatch batch;
    const std::string key = AuditTileKey(level, index);
    batch.Put(key, sealer_.Seal(key, plain));
    SAMKOER_EXPECT_OK(engine_.Write(batch));
  }
  StatusCode LoadCode() {
    return TileEdge::Load(engine_, sealer_, leaves_.size()).status().code();
  }

  const ValueSealer sealer_ = TestSealer();
  MemoryEngine engine_;
  TileEdge edge_;
  std::vector<std::string> leaves_;
};

TEST_F(AuditTilesTest, EmptyTreeHasTheEmptyRoot) {
  EXPECT_EQ(edge_.Root(), crypto::EmptyRoot());
  const auto loaded = ValueOf(TileEdge::Load(engine_, sealer_, 0));
  EXPECT_EQ(loaded.Root(), crypto::EmptyRoot());
}

TEST_F(AuditTilesTest, OneAppendWritesEachChangedTileOnce) {
  EXPECT_EQ(Append(1), 1u);
  EXPECT_EQ(Append(254), 1u);  // 255: the first tile is rewritten
  EXPECT_EQ(Append(1), 2u);    // 256: it is full, and level 1 begins
  EXPECT_EQ(Append(1), 1u);    // 257: a new tile of level 0
  EXPECT_EQ(Append(600), 4u);  // 857: tiles 1, 2 full, 3 begins; level 1
}

TEST_F(AuditTilesTest, TilesHoldTheLeafHashesAndTheRootsOfFullTiles) {
  Append(600);
  const Leaves all(leaves_);
  EXPECT_EQ(Tile(0, 0).size(), 256u * 32);
  EXPECT_EQ(Tile(0, 2).size(), 88u * 32);
  EXPECT_EQ(Tile(0, 2).substr(0, 32),
            crypto::AsText(NaiveRoot(all.subspan(512, 1))));
  EXPECT_EQ(Tile(1, 0),
            std::string(crypto::AsText(NaiveRoot(all.first(256)))) +
                std::string(crypto::AsText(NaiveRoot(all.subspan(256, 256)))));
}

TEST_F(AuditTilesTest, LoadedEdgeGoesOnWhereTheOtherStopped) {
  for (const std::size_t step : {1, 254, 1, 1, 255, 1, 500}) {
    Append(step);
    edge_ = ValueOf(TileEdge::Load(engine_, sealer_, leaves_.size()));
    ASSERT_EQ(edge_.size(), leaves_.size());
    ASSERT_EQ(edge_.Root(), NaiveRoot(leaves_)) << leaves_.size();
  }
}

TEST_F(AuditTilesTest, EveryCompleteNodeIsRead) {
  Append(600);
  const auto nodes = TileNodes(engine_, sealer_);
  for (unsigned level = 0; level < 10; ++level) {
    const std::size_t span = std::size_t{1} << level;
    for (std::size_t i = 0; (i + 1) * span <= 600; ++i) {
      ASSERT_EQ(ValueOf(nodes(level, i)),
                NaiveRoot(Leaves(leaves_).subspan(i * span, span)))
          << level << "/" << i;
    }
    EXPECT_FALSE(nodes(level, 600 >> level).ok()) << level;
  }
}

TEST_F(AuditTilesTest, RootOfEveryOlderSizeIsFound) {
  Append(600);
  const auto nodes = TileNodes(engine_, sealer_);
  for (const std::size_t size : {0, 1, 2, 3, 255, 256, 257, 511, 512, 600}) {
    EXPECT_EQ(ValueOf(RootFromNodes(size, nodes)),
              NaiveRoot(Leaves(leaves_).first(size)))
        << size;
  }
}

TEST_F(AuditTilesTest, ThirdLevelIsReachedAndReadBack) {
  Append(65535);
  EXPECT_EQ(Append(1), 3u);  // tiles of level 0, 1 and 2
  Append(300);
  const auto loaded = ValueOf(TileEdge::Load(engine_, sealer_, leaves_.size()));
  EXPECT_EQ(loaded.Root(), NaiveRoot(leaves_));
  EXPECT_EQ(Tile(2, 0),
            crypto::AsText(NaiveRoot(Leaves(leaves_).first(65536))));
}

TEST_F(AuditTilesTest, MissingTileIsDataLoss) {
  Append(600);
  for (const auto& [level, index] :
       {std::pair(0, 1), std::pair(0, 2), std::pair(1, 0)}) {
    const std::string key =
        AuditTileKey(static_cast<std::uint8_t>(level), index);
    const std::string value = ValueOf(engine_.Get(key));
    WriteBatch erase, restore;
    erase.Delete(key);
    restore.Put(key, value);
    SAMKOER_ASSERT_OK(engine_.Write(erase));
    EXPECT_EQ(LoadCode(), StatusCode::kDataLoss) << level << "/" << index;
    SAMKOER_ASSERT_OK(engine_.Write(restore));
  }
  EXPECT_EQ(LoadCode(), StatusCode::kOk);
}

TEST_F(AuditTilesTest, TileOfAWrongLengthIsDataLoss) {
  Append(600);
  const std::string tile = Tile(0, 2);
  for (const std::string& bad :
       {std::string(), tile.substr(32), tile.substr(1), tile + tile.substr(32),
        std::string(257 * 32, 'x')}) {
    PutTile(0, 2, bad);
    EXPECT_EQ(LoadCode(), StatusCode::kDataLoss) << bad.size();
  }
}

TEST_F(AuditTilesTest, LevelsThatContradictEachOtherAreDataLoss) {
  Append(600);
  std::string tile = Tile(0, 1);
  tile[0] = static_cast<char>(tile[0] ^ 1);
  PutTile(0, 1, tile);
  EXPECT_EQ(LoadCode(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace samkoer::storage
