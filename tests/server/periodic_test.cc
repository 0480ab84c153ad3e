#include "server/periodic.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/blocking_counter.h"

namespace samkoer::server {
namespace {

TEST(Periodic, RunsAgainAndAgainUntilStopped) {
  std::atomic<int> runs = 0;
  absl::BlockingCounter three(3);
  Periodic periodic(absl::Milliseconds(1), [&] {
    if (++runs <= 3) three.DecrementCount();
  });
  three.Wait();
  periodic.Stop();
  const int at_stop = runs;
  EXPECT_GE(at_stop, 3);
  periodic.Stop();
  EXPECT_EQ(runs, at_stop);
}

TEST(Periodic, StopsWithoutWaitingForTheInterval) {
  Periodic periodic(absl::Hours(1), [] { FAIL(); });
  periodic.Stop();
}

}  // namespace
}  // namespace samkoer::server
