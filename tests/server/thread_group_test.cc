#include "server/thread_group.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/notification.h"

namespace samkoer::server {
namespace {

TEST(ThreadGroup, WaitsForAllThreadsAtItsEnd) {
  std::atomic<int> ended = 0;
  absl::Notification go;
  {
    ThreadGroup group;
    for (int i = 0; i < 8; ++i) {
      group.Start([&] {
        go.WaitForNotification();
        ++ended;
      });
    }
    go.Notify();
  }
  EXPECT_EQ(ended, 8);
}

TEST(ThreadGroup, ThreadsThatEndedAreJoinedByTheNextStart) {
  ThreadGroup group;
  for (int i = 0; i < 200; ++i) {
    absl::Notification done;
    group.Start([&] { done.Notify(); });
    done.WaitForNotification();
  }
}

}  // namespace
}  // namespace samkoer::server
