#include "server/push_registry.h"

namespace samkoer::server {

void PushRegistry::Add(const std::string& department,
                       const std::shared_ptr<PushMailbox>& mailbox) {
  absl::MutexLock lock(&mutex_);
  streams_.emplace(department, mailbox);
  if (!ended_.ok()) mailbox->PostEnd(ended_);
}

void PushRegistry::Remove(const std::string& department,
                          const PushMailbox* mailbox) {
  absl::MutexLock lock(&mutex_);
  const auto [first, last] = streams_.equal_range(department);
  for (auto stream = first; stream != last; ++stream) {
    if (stream->second.get() == mailbox) {
      streams_.erase(stream);
      return;
    }
  }
}

void PushRegistry::EndOthers(const std::string& department,
                             const PushMailbox* newest,
                             const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  const auto [first, last] = streams_.equal_range(department);
  for (auto stream = first; stream != last; ++stream) {
    if (stream->second.get() != newest) stream->second->PostEnd(status);
  }
}

void PushRegistry::EndAll(const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  ended_ = status;
  for (const auto& [department, mailbox] : streams_) mailbox->PostEnd(status);
}

std::size_t PushRegistry::size() const {
  absl::MutexLock lock(&mutex_);
  return streams_.size();
}

}  // namespace samkoer::server
