#include "matcher/parallel.h"

#include <atomic>
#include <vector>

#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

TEST(ParallelTest, EveryIndexIsWorkedOnOnce) {
  for (const unsigned threads : {0u, 1u, 2u, 5u}) {
    for (const std::size_t n : {0u, 1u, 9u, 10u, 11u, 1000u}) {
      std::vector<std::atomic<int>> times(n);
      SAMKOER_EXPECT_OK(
          ParallelFor(threads, n, 10, [&](std::size_t begin, std::size_t end) {
            EXPECT_LE(end - begin, 10u);
            for (std::size_t i = begin; i < end; ++i) ++times[i];
            return absl::OkStatus();
          }));
      for (const auto& t : times) EXPECT_EQ(t, 1);
    }
  }
}

TEST(ParallelTest, AnErrorIsReturnedAndStopsTheRest) {
  std::atomic<int> pieces{0};
  const absl::Status status =
      ParallelFor(1, 100, 1, [&](std::size_t begin, std::size_t) {
        ++pieces;
        return begin == 3 ? absl::DataLossError("three") : absl::OkStatus();
      });
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_EQ(pieces, 4);
}

}  // namespace
}  // namespace samkoer::matcher
