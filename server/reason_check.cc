#include "server/reason_check.h"

#include "proto/cpr_shape.h"
#include "proto/limits.h"
#include "proto/plain_text.h"

namespace samkoer::server {

absl::Status CheckReason(const std::string& reason) {
  if (reason.empty() || reason.size() > proto::kMaxNoteBytes) {
    return absl::InvalidArgumentError("reason: must have 1 to 500 bytes");
  }
  if (!proto::IsPlainText(reason)) {
    return absl::InvalidArgumentError("reason: must be UTF-8 text");
  }
  if (proto::LooksLikeCprNumber(reason)) {
    return absl::InvalidArgumentError(
        "reason: holds something like a CPR number; write it without");
  }
  return absl::OkStatus();
}

}  // namespace samkoer::server
