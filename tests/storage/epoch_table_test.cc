#include "storage/epoch_table.h"

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

StoredEpoch Epoch(std::uint32_t number) {
  StoredEpoch epoch;
  epoch.epoch = number;
  epoch.public_key = std::string(32, 'k');
  epoch.self_test = std::string(32, 't');
  epoch.pinned_micros = 1700000000000000;
  epoch.pinned_leaf = 3;
  return epoch;
}

std::vector<StoredEpoch> Two() {
  std::vector<StoredEpoch> epochs = {Epoch(1), Epoch(2)};
  epochs[0].closes_on = "2026-12-24";
  epochs[0].destroyed_micros = 1800000000000000;
  epochs[0].destroyed_leaf = 77;
  return epochs;
}

TEST(EpochTableTest, EpochsComeBack) {
  EXPECT_EQ(ValueOf(DecodeEpochs(EncodeEpochs(Two()))), Two());
  EXPECT_TRUE(ValueOf(DecodeEpochs(EncodeEpochs({}))).empty());
}

TEST(EpochTableTest, AKeyLivesUntilItIsDestroyed) {
  EXPECT_FALSE(Two()[0].live());
  EXPECT_TRUE(Two()[1].live());
}

TEST(EpochTableTest, DamageIsDataLoss) {
  const std::string good = EncodeEpochs(Two());
  for (std::size_t n = 0; n < good.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeEpochs(good.substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeEpochs(good + "x").status()));
  EXPECT_TRUE(absl::IsDataLoss(
      DecodeEpochs(EncodeEpochs({Epoch(2), Epoch(2)})).status()));
}

TEST(EpochTableTest, AnUnknownVersionIsRefused) {
  std::string bytes = EncodeEpochs(Two());
  bytes[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeEpochs(bytes).status()));
}

}  // namespace
}  // namespace samkoer::storage
