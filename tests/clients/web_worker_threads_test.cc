#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "clients/web/worker_threads.h"

namespace samkoer::clients {
namespace {

TEST(WebWorkerThreads, EveryTaskFindsAThreadWhileThereAreSome) {
  WorkerThreads threads(8);
  // They wait for each other: with fewer threads none would come through.
  std::latch all(8);
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(threads.Run([&all] { all.arrive_and_wait(); }));
  }
  threads.Finish();
}

TEST(WebWorkerThreads, TasksBeyondTheirNumberWaitAndAreDone) {
  WorkerThreads threads(2);
  absl::Notification go;
  absl::BlockingCounter begun(2);
  std::atomic<int> done = 0;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(threads.Run([&] {
      begun.DecrementCount();
      go.WaitForNotification();
      ++done;
    }));
  }
  begun.Wait();
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(threads.Run([&] { ++done; }));
  EXPECT_EQ(threads.waiting(), 50u);
  EXPECT_EQ(done, 0);
  go.Notify();
  threads.Finish();
  EXPECT_EQ(done, 52);
  EXPECT_FALSE(threads.Run([] {}));
}

}  // namespace
}  // namespace samkoer::clients
