#ifndef SAMKOER_SERVER_CALLER_OF_H_
#define SAMKOER_SERVER_CALLER_OF_H_

#include <span>
#include <string>
#include <vector>

#include "matcher/caller.h"
#include "server/identity.h"

namespace samkoer::server {

// The caller as the matcher knows it.
inline matcher::Caller CallerOf(const Identity& who) {
  return {who.uri, who.name,
          std::string(crypto::AsText(who.certificate_sha256))};
}

inline std::vector<matcher::Caller> CallersOf(
    std::span<const Identity> people) {
  std::vector<matcher::Caller> callers;
  for (const Identity& person : people) callers.push_back(CallerOf(person));
  return callers;
}

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_CALLER_OF_H_
