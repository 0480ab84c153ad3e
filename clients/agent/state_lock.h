// One samkoer-agent at a time works in a state directory.
#ifndef SAMKOER_CLIENTS_AGENT_STATE_LOCK_H_
#define SAMKOER_CLIENTS_AGENT_STATE_LOCK_H_

#include <string>

#include "absl/status/statusor.h"

namespace samkoer::agent {

// Holds "DIR/NAME" (flock), which the system frees when the process ends,
// however it ends. Movable.
class StateLock {
 public:
  // Makes the directory if need be. UNAVAILABLE if another process holds the
  // lock; errors of clients::CheckNotAnothers; PERMISSION_DENIED or INTERNAL if
  // it cannot be made.
  static absl::StatusOr<StateLock> Take(const std::string& dir,
                                        const std::string& name = "lock");
  StateLock(StateLock&& other) noexcept;
  StateLock& operator=(StateLock&& other) noexcept;
  ~StateLock();

 private:
  explicit StateLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_STATE_LOCK_H_
