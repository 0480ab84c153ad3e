#include "server/thread_group.h"

#include <utility>

namespace samkoer::server {

ThreadGroup::~ThreadGroup() {
  const auto none_runs = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return running_.empty();
  };
  std::list<std::thread> ended;
  {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&none_runs));
    ended.swap(ended_);
  }
  for (std::thread& thread : ended) thread.join();
}

void ThreadGroup::Start(std::function<void()> work) {
  std::list<std::thread> ended;
  {
    absl::MutexLock lock(&mutex_);
    ended.swap(ended_);
    const auto place = running_.emplace(running_.end());
    // The new thread ends by taking the mutex, so `place` is filled by then.
    *place = std::thread([this, place, work = std::move(work)] {
      work();
      absl::MutexLock done(&mutex_);
      ended_.splice(ended_.end(), running_, place);
    });
  }
  for (std::thread& thread : ended) thread.join();
}

}  // namespace samkoer::server
