#include "crypto/random_secrets.h"

namespace samkoer::crypto {

void RandomSecrets(MutableBytes out) {
  if (out.empty()) return;  // libsodium takes no null pointer
  const auto seed = SecretArray<randombytes_SEEDBYTES>::Random();
  randombytes_buf_deterministic(out.data(), out.size(), seed.Expose().data());
}

}  // namespace samkoer::crypto
