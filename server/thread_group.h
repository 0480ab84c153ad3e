// Threads that come and go, all joined before the group ends.
#ifndef SAMKOER_SERVER_THREAD_GROUP_H_
#define SAMKOER_SERVER_THREAD_GROUP_H_

#include <functional>
#include <list>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace samkoer::server {

// Thread safety: Start may be called from many threads at once.
class ThreadGroup {
 public:
  ThreadGroup() = default;
  // Waits for all.
  ~ThreadGroup();

  // Runs `work` in a thread of its own.
  void Start(std::function<void()> work);

 private:
  absl::Mutex mutex_;
  std::list<std::thread> running_ ABSL_GUARDED_BY(mutex_);
  // Have done their work; to be joined, which takes no time.
  std::list<std::thread> ended_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_THREAD_GROUP_H_
