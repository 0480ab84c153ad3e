// Maps KLE codes (or other kinds) to the coarse domains that may leave. Pure.
//
// Thread safety: const objects may be used by many threads.
#ifndef SAMKOER_CLIENTS_AGENT_DOMAIN_MAP_H_
#define SAMKOER_CLIENTS_AGENT_DOMAIN_MAP_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "samkoer/v1/types.pb.h"

namespace samkoer::agent {

class DomainMap {
 public:
  // Prefixes are compared without regard to case ("27.24", "STU"). False if the
  // same prefix is there already.
  bool Add(std::string_view prefix, v1::Domain domain);
  // The domain of the longest prefix of `kind`; DOMAIN_UNSPECIFIED if none. An
  // empty prefix fits every kind, the empty one too.
  v1::Domain Find(std::string_view kind) const;
  // All domains that the map can give.
  std::vector<v1::Domain> Domains() const;

 private:
  // Longest first.
  std::vector<std::pair<std::string, v1::Domain>> rules_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_DOMAIN_MAP_H_
