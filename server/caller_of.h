#ifndef SAMKOER_SERVER_CALLER_OF_H_
#define SAMKOER_SERVER_CALLER_OF_H_

#include <string>

#include "matcher/caller.h"
#include "server/identity.h"

namespace samkoer::server {

// The caller as the matcher knows it.
inline matcher::Caller CallerOf(const Identity& who) {
  return {who.uri, who.name,
          std::string(crypto::AsText(who.certificate_sha256))};
}

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_CALLER_OF_H_
