// Secrets come in by standard input, never as arguments.
#ifndef SAMKOER_CLIENTS_COMMON_SECRET_INPUT_H_
#define SAMKOER_CLIENTS_COMMON_SECRET_INPUT_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/secret.h"

namespace samkoer::clients {

// Reads one line of at most 256 bytes from `fd`, without its line end. On a
// terminal `prompt` is written to stderr and the echo is off while the user
// types; elsewhere nothing is written. Reads byte by byte, so that nothing
// after the line is taken from a pipe. INVALID_ARGUMENT for no line, an empty
// one or one that is too long. For one thread at a time.
absl::StatusOr<crypto::SecretBuffer> ReadSecretLine(std::string_view prompt,
                                                    int fd = 0);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_SECRET_INPUT_H_
