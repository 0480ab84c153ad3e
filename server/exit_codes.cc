#include "server/exit_codes.h"

#include <iostream>

namespace samkoer::server {

int ExitCodeFor(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kOutOfRange:
      return kExitConfig;
    case absl::StatusCode::kNotFound:
      return kExitNoInput;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kExitPermission;
    case absl::StatusCode::kDataLoss:
      return kExitData;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kExitUnavailable;
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
      return kExitIo;
    default:
      return kExitSoftware;
  }
}

int FailWith(const absl::Status& status, std::string_view hint) {
  std::cerr << "error: " << status.message() << '\n';
  if (!hint.empty()) std::cerr << "hint: " << hint << '\n';
  return ExitCodeFor(status);
}

}  // namespace samkoer::server
