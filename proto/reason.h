// The reason that somebody gives for what the log then holds. Pure.
#ifndef SAMKOER_PROTO_REASON_H_
#define SAMKOER_PROTO_REASON_H_

#include <string_view>

#include "absl/status/status.h"

namespace samkoer::proto {

// Whether a reason may stand in the log: 1 to 500 bytes of plain UTF-8, and
// nothing in it that looks like a CPR number. INVALID_ARGUMENT, which does not
// repeat it.
absl::Status CheckReason(std::string_view reason);

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_REASON_H_
