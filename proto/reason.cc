#include "proto/reason.h"

#include "proto/cpr_shape.h"
#include "proto/limits.h"
#include "proto/plain_text.h"

namespace samkoer::proto {

absl::Status CheckReason(std::string_view reason) {
  if (reason.empty() || reason.size() > kMaxNoteBytes) {
    return absl::InvalidArgumentError("reason: must have 1 to 500 bytes");
  }
  if (!IsPlainText(reason)) {
    return absl::InvalidArgumentError("reason: must be UTF-8 text");
  }
  if (LooksLikeCprNumber(reason)) {
    return absl::InvalidArgumentError(
        "reason: holds something like a CPR number; write it without");
  }
  return absl::OkStatus();
}

}  // namespace samkoer::proto
