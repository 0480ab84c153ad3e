// Random secret bytes, many at once.
#ifndef SAMKOER_CRYPTO_RANDOM_SECRETS_H_
#define SAMKOER_CRYPTO_RANDOM_SECRETS_H_

#include "crypto/secret.h"

namespace samkoer::crypto {

// Fills `out`, of any length, with secret bytes: libsodium's
// randombytes_buf_deterministic (ChaCha20's key stream) under a seed that is
// drawn from the operating system's generator for this call, and wiped. For
// many keys at once, of which a SecretArray's Random() would ask that generator
// each time. Safe to call from many threads.
void RandomSecrets(MutableBytes out);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_RANDOM_SECRETS_H_
