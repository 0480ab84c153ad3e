#include "storage/old_values.h"

#include "storage/key_layout.h"
#include "storage/sealed_value.h"

namespace samkoer::storage {

absl::StatusOr<OldValues> FindOldValues(const Reader& reader,
                                        std::uint32_t current_generation,
                                        std::string_view from,
                                        const LookLimits& limits) {
  OldValues found;
  found.end = true;
  std::size_t bytes = 0;
  absl::Status status;
  const absl::Status scanned =
      reader.Scan("", from, [&](std::string_view key, std::string_view value) {
        if (bytes >= limits.bytes || found.keys.size() >= limits.values ||
            found.seen >= limits.seen) {
          found.next = std::string(key);
          found.end = false;
          return false;
        }
        if (!IsSealed(key, value)) return true;
        ++found.seen;
        const auto generation = ValueSealer::GenerationOf(key, value);
        if (!generation.ok()) {
          status = generation.status();
          return false;
        }
        if (*generation != current_generation) {
          found.keys.emplace_back(key);
          bytes += value.size();
        }
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  return found;
}

absl::StatusOr<std::uint64_t> CountSealedValues(const Reader& reader) {
  std::uint64_t count = 0;
  const absl::Status scanned =
      reader.Scan("", "", [&](std::string_view key, std::string_view value) {
        count += IsSealed(key, value) ? 1 : 0;
        return true;
      });
  if (!scanned.ok()) return scanned;
  return count;
}

}  // namespace samkoer::storage
