// The whole matcher against the naive reference, on random histories.
#include "matcher/matcher.h"

#include <cstdlib>

#include "tests/matcher/random_history.h"

namespace samkoer::matcher {
namespace {

int Steps() {
  const char* steps = std::getenv("SAMKOER_STEPS");
  return steps != nullptr ? std::atoi(steps) : 300;
}

void RunHistory(std::uint64_t seed, int steps) {
  RandomHistory history(seed);
  for (int step = 0; step < steps; ++step) {
    history.Step();
    ASSERT_FALSE(testing::Test::HasFailure())
        << "step " << step << ": " << history.what();
    history.Compare(/*everybody=*/step % 20 == 19);
    ASSERT_FALSE(testing::Test::HasFailure())
        << "after step " << step << ": " << history.what();
  }
  history.EndAll();
}

// Snapshots with and without digests, deltas, closings, corrections, siblings,
// birthdays, policies, states, restarts, and write errors of both kinds.
TEST(MatcherTest, EqualsTheReferenceAfterEveryStep) {
  RunHistory(storage::TestSeed(), Steps());
}

TEST(MatcherTest, EqualsTheReferenceAfterEveryStepOfFixedSeeds) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    SCOPED_TRACE(seed);
    RunHistory(seed, 100);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace samkoer::matcher
