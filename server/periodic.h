// A thread that does something again and again until it is stopped.
#ifndef SAMKOER_SERVER_PERIODIC_H_
#define SAMKOER_SERVER_PERIODIC_H_

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace samkoer::server {

class Periodic {
 public:
  // Calls `work` every `interval`, the first time after one interval. A call
  // that takes longer delays the next; calls never overlap.
  Periodic(absl::Duration interval, std::function<void()> work);
  ~Periodic();  // as Stop()

  // Waits for a running call to end. May be repeated.
  void Stop();

 private:
  void Run();

  const absl::Duration interval_;
  const std::function<void()> work_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_PERIODIC_H_
