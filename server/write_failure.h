// How the servers end when the disk does not take or give what it should.
#ifndef SAMKOER_SERVER_WRITE_FAILURE_H_
#define SAMKOER_SERVER_WRITE_FAILURE_H_

#include "absl/status/status.h"
#include "server/exit_codes.h"

namespace samkoer::server {

inline constexpr char kMendDisk[] =
    "make room on the disk or mend it, then start again";

// After a failed write, at start or later: prints what to do and returns
// kExitIo. The log has the error itself.
inline int FailToWrite() {
  return FailWith(absl::ResourceExhaustedError(
                      "a write to the store failed; nothing more was taken"),
                  kMendDisk);
}

// An error of opening the store, for FailWith: one that the store cannot name
// better is the disk's and ends with kExitIo.
inline absl::Status AsDiskError(const absl::Status& status) {
  return absl::IsInternal(status)
             ? absl::ResourceExhaustedError(status.message())
             : status;
}

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_WRITE_FAILURE_H_
