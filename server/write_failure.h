// How the servers end when the disk does not take or give what it should.
#ifndef SAMKOER_SERVER_WRITE_FAILURE_H_
#define SAMKOER_SERVER_WRITE_FAILURE_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "absl/status/status.h"
#include "server/exit_codes.h"

namespace samkoer::server {

inline constexpr char kMendDisk[] =
    "make room on the disk or mend it, then start again";

inline constexpr char kMendFolder[] =
    "the folder must be there, and the service's user must own it; outside "
    "/var/lib the unit writes only where ReadWritePaths= says so (systemctl "
    "edit)";

// What to do where there is no store: `make` one, unless the checkpoint outside
// shows that there was one.
inline std::string MissingStoreHint(const std::string& checkpoint_file,
                                    const std::string& make) {
  std::error_code error;
  return std::filesystem::exists(checkpoint_file, error)
             ? "the checkpoint outside shows that there was one: restore its "
               "newest backup (docs/operations.md, Backups)"
             : make;
}

// What to do about a store, or a file beside it, that cannot be opened or
// written for this reason; "" if the message says it all.
inline std::string_view DiskHint(const absl::Status& status) {
  if (absl::IsResourceExhausted(status)) return kMendDisk;
  return absl::IsPermissionDenied(status) ? kMendFolder : "";
}

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
