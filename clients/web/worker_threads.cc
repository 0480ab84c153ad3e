#include "clients/web/worker_threads.h"

#include <system_error>
#include <utility>

namespace samkoer::clients {

bool WorkerThreads::Run(std::function<void()> task) {
  const absl::MutexLock lock(&mutex_);
  if (finishing_) return false;
  // Idle ones that have been promised a task still count as idle, and so do
  // their tasks.
  if (idle_ <= tasks_.size() && threads_.size() < most_) {
    try {
      threads_.emplace_back([this] { Work(); });
    } catch (const std::system_error&) {
      // The others do it, if there are any.
      if (threads_.empty()) return false;
    }
  }
  tasks_.push_back(std::move(task));
  work_.Signal();
  return true;
}

void WorkerThreads::Work() {
  while (true) {
    std::function<void()> task;
    {
      const absl::MutexLock lock(&mutex_);
      ++idle_;
      while (!finishing_ && tasks_.empty()) work_.Wait(&mutex_);
      --idle_;
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

std::size_t WorkerThreads::waiting() const {
  const absl::MutexLock lock(&mutex_);
  return tasks_.size();
}

void WorkerThreads::Finish() {
  std::vector<std::thread> threads;
  {
    const absl::MutexLock lock(&mutex_);
    finishing_ = true;
    work_.SignalAll();
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace samkoer::clients
