#include "storage/kek_marker.h"

#include <gtest/gtest.h>

#include "storage/key_layout.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

TEST(KekMarker, ComesBackFromTheStore) {
  MemoryEngine engine;
  const ValueSealer sealer = TestSealer();
  EXPECT_EQ(ValueOf(LoadKekMarker(engine, sealer)), std::nullopt);
  for (const KekMarker marker : {KekMarker{2, false}, KekMarker{9, true}}) {
    WriteBatch batch;
    const std::string key = MetaKey(kKekRotationWord);
    batch.Put(key, sealer.Seal(key, EncodeKekMarker(marker)));
    SAMKOER_ASSERT_OK(engine.Write(batch));
    EXPECT_EQ(ValueOf(LoadKekMarker(engine, sealer)), marker);
  }
}

TEST(KekMarker, DamageAndNewerFormatsAreRefused) {
  const std::string good = EncodeKekMarker({2, false});
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_TRUE(
        absl::IsDataLoss(DecodeKekMarker(good.substr(0, size)).status()));
  }
  EXPECT_FALSE(DecodeKekMarker(good + "x").ok());
  std::string bad = good;
  bad[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeKekMarker(bad).status()));
  bad = good;
  bad[1] = 3;
  EXPECT_TRUE(absl::IsDataLoss(DecodeKekMarker(bad).status()));
  EXPECT_FALSE(DecodeKekMarker(EncodeKekMarker({0, true})).ok());
}

}  // namespace
}  // namespace samkoer::storage
