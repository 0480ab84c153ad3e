#include "server/exit_codes.h"

#include <iostream>

#include "absl/strings/cord.h"

namespace samkoer::server {
namespace {

constexpr char kHintUrl[] = "samkoer/hint";
constexpr char kClockUrl[] = "samkoer/clock";

}  // namespace

int ExitCodeFor(const absl::Status& status) {
  if (status.GetPayload(kClockUrl)) return kExitClock;
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

absl::Status WithHint(absl::Status status, std::string_view hint) {
  if (!status.ok() && !hint.empty()) {
    status.SetPayload(kHintUrl, absl::Cord(std::string(hint)));
  }
  return status;
}

absl::Status AsClockError(absl::Status status) {
  status.SetPayload(kClockUrl, absl::Cord());
  return status;
}

std::string HintOf(const absl::Status& status) {
  const auto hint = status.GetPayload(kHintUrl);
  return hint ? std::string(*hint) : std::string();
}

int FailWith(const absl::Status& status, std::string_view hint) {
  std::cerr << "error: " << status.message() << '\n';
  const std::string own = HintOf(status);
  if (!own.empty()) hint = own;
  if (!hint.empty()) std::cerr << "hint: " << hint << '\n';
  return ExitCodeFor(status);
}

}  // namespace samkoer::server
