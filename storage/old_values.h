// Finding what is sealed under another generation of the key-encryption key
// than the one in use. Opens nothing: the generation stands in the open.
//
// Thread safety: as the reader's.
#ifndef SAMKOER_STORAGE_OLD_VALUES_H_
#define SAMKOER_STORAGE_OLD_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/engine.h"

namespace samkoer::storage {

// When a look ends; whichever comes first. At least one value is looked at.
struct LookLimits {
  std::size_t bytes = 0;   // of old values
  std::size_t values = 0;  // old ones
  std::size_t seen = 0;    // old or new
};

struct OldValues {
  std::vector<std::string> keys;
  std::uint64_t seen = 0;  // sealed values looked at
  std::string next;        // where to go on
  bool end = false;        // there is nothing behind
};

// Looks at the sealed values whose keys are at least `from`, ascending. Errors
// of the reader, and of ValueSealer::GenerationOf.
absl::StatusOr<OldValues> FindOldValues(const Reader& reader,
                                        std::uint32_t current_generation,
                                        std::string_view from,
                                        const LookLimits& limits);

// How many sealed values there are.
absl::StatusOr<std::uint64_t> CountSealedValues(const Reader& reader);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_OLD_VALUES_H_
