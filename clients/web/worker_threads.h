// Threads that are made when they are needed, up to a number.
#ifndef SAMKOER_CLIENTS_WEB_WORKER_THREADS_H_
#define SAMKOER_CLIENTS_WEB_WORKER_THREADS_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace samkoer::clients {

// Thread safety: Run and waiting may be called from many threads at once;
// Finish by one.
class WorkerThreads {
 public:
  explicit WorkerThreads(std::size_t most) : most_(most) {}
  ~WorkerThreads() { Finish(); }

  // `task` runs in one of the threads, as soon as one is free; it must not
  // throw. False, and nothing happens, if there is none and the system gives
  // none, or after Finish.
  bool Run(std::function<void()> task);

  // Tasks that no thread has taken up yet.
  std::size_t waiting() const;

  // Waits until all tasks are done.
  void Finish();

 private:
  void Work();

  const std::size_t most_;
  mutable absl::Mutex mutex_;
  absl::CondVar work_;
  std::deque<std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  std::size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;
  bool finishing_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_WORKER_THREADS_H_
