#include "server/periodic.h"

#include <utility>

namespace samkoer::server {

Periodic::Periodic(absl::Duration interval, std::function<void()> work)
    : interval_(interval), work_(std::move(work)), thread_([this] { Run(); }) {}

Periodic::~Periodic() { Stop(); }

void Periodic::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Periodic::Run() {
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), interval_)) {
        return;
      }
    }
    work_();
  }
}

}  // namespace samkoer::server
