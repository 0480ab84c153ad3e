// The CPR number that a command is about, from standard input.
#ifndef SAMKOER_CLIENTS_AUDIT_CPR_INPUT_H_
#define SAMKOER_CLIENTS_AUDIT_CPR_INPUT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "clients/alerts/text.h"
#include "clients/common/cpr.h"

namespace samkoer::clients {

// Which numbers are read: one; or, of somebody whose number was changed, the
// present one in the first line and the old one in the second.
enum class CprInput { kOne, kWithFormer };

// Reads the number, or the two. On a terminal they are asked for, without echo;
// otherwise the input must end after them, blank lines aside: a list of numbers
// would be taken for one person, or all but the first ignored.
//
// INVALID_ARGUMENT for anything else than that many numbers, and for the same
// one twice. What was typed is never repeated.
absl::StatusOr<std::vector<Cpr>> ReadCpr(CprInput input, Language language,
                                         int fd = 0);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_CPR_INPUT_H_
