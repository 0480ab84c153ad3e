#include "storage/witness_state.h"

#include <gtest/gtest.h>

#include "storage/key_layout.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

WitnessState Sample() {
  WitnessState state;
  state.overdue = true;
  state.counted_from_micros = 1'800'000'000'123'456;
  state.size = 42;
  state.signed_checkpoint = "log\n42\nroot\n\nlog line\n";
  state.witnesses["samkoer://viborg/witness/a"] = {42, 7, 5, "a line\n"};
  state.witnesses["samkoer://viborg/witness/b"] = {41, 9, 0, "b line\n"};
  return state;
}

TEST(WitnessStateTest, ComesBackFromTheStore) {
  MemoryEngine engine;
  const ValueSealer sealer = TestSealer();
  EXPECT_EQ(ValueOf(LoadWitnessState(engine, sealer)), std::nullopt);
  for (const WitnessState& state : {WitnessState(), Sample()}) {
    WriteBatch batch;
    const std::string key = MetaKey(kWitnessWord);
    batch.Put(key, sealer.Seal(key, EncodeWitnessState(state)));
    SAMKOER_ASSERT_OK(engine.Write(batch));
    EXPECT_EQ(ValueOf(LoadWitnessState(engine, sealer)), state);
  }
}

TEST(WitnessStateTest, TheCosignedNoteHasTheLinesOfThoseWhoCosignedIt) {
  WitnessState state = Sample();
  EXPECT_EQ(state.CosignedNote(), "log\n42\nroot\n\nlog line\na line\n");
  state.witnesses.at("samkoer://viborg/witness/b").size = 42;
  EXPECT_EQ(state.CosignedNote(),
            "log\n42\nroot\n\nlog line\na line\nb line\n");
  state.witnesses.clear();
  EXPECT_EQ(state.CosignedNote(), "") << "nobody vouches for it";
  EXPECT_EQ(WitnessState().CosignedNote(), "");
}

TEST(WitnessStateTest, DamageAndNewerFormatsAreRefused) {
  const std::string good = EncodeWitnessState(Sample());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_TRUE(
        absl::IsDataLoss(DecodeWitnessState(good.substr(0, size)).status()))
        << size;
  }
  EXPECT_FALSE(DecodeWitnessState(good + "x").ok());
  std::string bad = good;
  bad[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeWitnessState(bad).status()));
  bad = good;
  bad[1] = 2;
  EXPECT_TRUE(absl::IsDataLoss(DecodeWitnessState(bad).status()));
}

}  // namespace
}  // namespace samkoer::storage
