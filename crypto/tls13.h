// TLS 1.3 alone, for whole processes.
#ifndef SAMKOER_CRYPTO_TLS13_H_
#define SAMKOER_CRYPTO_TLS13_H_

#include "absl/status/status.h"

namespace samkoer::crypto {

// Switches every TLS version below 1.3 off in this process, through OpenSSL's
// own configuration, which every later TLS context takes up: gRPC 1.51 has no
// setting for it. Call before any credentials are made; again does no harm.
// INTERNAL if OpenSSL refuses. May be called from many threads at once.
absl::Status RequireTls13();

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_TLS13_H_
