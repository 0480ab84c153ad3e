#include "crypto/secret.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace samkoer::crypto {

bool InitializeProcess() {
  if (sodium_init() < 0) return false;
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return false;
  return prctl(PR_SET_DUMPABLE, 0) == 0;
}

}  // namespace samkoer::crypto
