// The open push streams, by department: a newer one ends the older ones.
#ifndef SAMKOER_SERVER_PUSH_REGISTRY_H_
#define SAMKOER_SERVER_PUSH_REGISTRY_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/push_mailbox.h"

namespace samkoer::server {

// Thread safety: all methods may be called from many threads at once.
class PushRegistry {
 public:
  // Enters a stream, which must be removed when it ends. After EndAll it is
  // asked to end at once.
  void Add(const std::string& department,
           const std::shared_ptr<PushMailbox>& mailbox);
  void Remove(const std::string& department, const PushMailbox* mailbox);

  // Asks all streams of the department but `newest` to end.
  void EndOthers(const std::string& department, const PushMailbox* newest,
                 const absl::Status& status);
  // Asks all to end, those still to come included.
  void EndAll(const absl::Status& status);

  std::size_t size() const;

 private:
  mutable absl::Mutex mutex_;
  std::multimap<std::string, std::shared_ptr<PushMailbox>> streams_
      ABSL_GUARDED_BY(mutex_);
  absl::Status ended_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_PUSH_REGISTRY_H_
