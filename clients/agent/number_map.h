// Old CPR numbers and the new ones that replaced them.
//
// The file is CSV of two columns (';' or ','), old and new number, in UTF-8. A
// first line without numbers is a header. Numbers stand in memory as long as
// the map lives and are wiped with it.
#ifndef SAMKOER_CLIENTS_AGENT_NUMBER_MAP_H_
#define SAMKOER_CLIENTS_AGENT_NUMBER_MAP_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "clients/common/cpr.h"
#include "crypto/secret.h"

namespace samkoer::agent {

// Thread safety: const objects may be used by many threads.
class NumberMap {
 public:
  // An empty map.
  NumberMap() = default;
  ~NumberMap();
  NumberMap(NumberMap&&) = default;
  NumberMap& operator=(NumberMap&&) = default;

  // Reads the file. NOT_FOUND, PERMISSION_DENIED, or INVALID_ARGUMENT with the
  // line: a number that cannot be read, an old number with two new ones, or a
  // ring.
  static absl::StatusOr<NumberMap> Load(const std::string& path);
  // The same from a text; `name` stands in errors.
  static absl::StatusOr<NumberMap> Parse(std::string_view text,
                                         std::string_view name);

  // The number that `cpr` (valid) has become, over several steps if need be;
  // `cpr` itself if it is not in the map.
  clients::Cpr Newest(const clients::Cpr& cpr) const;
  std::size_t size() const { return next_.size(); }

 private:
  // Numbers as integers below 10^10.
  absl::flat_hash_map<std::uint64_t, std::uint64_t> next_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_NUMBER_MAP_H_
