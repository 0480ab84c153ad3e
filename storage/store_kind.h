// Whose store, log and keyring something is.
#ifndef SAMKOER_STORAGE_STORE_KIND_H_
#define SAMKOER_STORAGE_STORE_KIND_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace samkoer::storage {

// The numbers stand in files and never change.
enum class StoreKind : std::uint8_t { kMatcher = 1, kKeyd = 2 };

// "matcher" or "keyd".
inline std::string_view KindName(StoreKind kind) {
  return kind == StoreKind::kMatcher ? "matcher" : "keyd";
}

// Whether a name can stand in certificates, checkpoints and stores: 1 to 64 of
// A-Z a-z 0-9 . _ -
bool IsMunicipalityName(std::string_view name);

// The origin of a log's checkpoints and the name of its signing key:
// "samkoer/<municipality>/<matcher|keyd>".
std::string LogOrigin(std::string_view municipality, StoreKind kind);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_STORE_KIND_H_
