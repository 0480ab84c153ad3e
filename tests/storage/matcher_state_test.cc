#include "storage/matcher_state.h"

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

MatcherState Example() {
  MatcherState state;
  state.epoch = 2;
  state.policy_version = 3;
  state.day = "2026-11-22";
  state.next_alert = 4;
  state.next_push = 5;
  state.feed_sequence = 6;
  state.last_time_micros = 1'700'000'000'000'001;
  state.pinned_keys.fill(7);
  return state;
}

TEST(MatcherStateTest, EveryFieldComesBack) {
  EXPECT_EQ(ValueOf(DecodeMatcherState(EncodeMatcherState(Example()))),
            Example());
  EXPECT_EQ(ValueOf(DecodeMatcherState(EncodeMatcherState(MatcherState()))),
            MatcherState());
}

TEST(MatcherStateTest, EveryTruncationIsDataLoss) {
  const std::string bytes = EncodeMatcherState(Example());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        DecodeMatcherState(std::string_view(bytes).substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeMatcherState(bytes + "x").status()));
}

TEST(MatcherStateTest, AnUnknownVersionIsRefused) {
  std::string bytes = EncodeMatcherState(Example());
  bytes[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeMatcherState(bytes).status()));
}

}  // namespace
}  // namespace samkoer::storage
