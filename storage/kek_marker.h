// How far the store's newest rotation of the key-encryption key (KEK) is, kept
// in the store itself, so that each rotation has its two leaves of the audit
// log whenever the process ends.
//
// Meta value "kek-rotation" (integers little-endian):
//   version (u8, 1), state (u8: 1 begun, 2 finished), generation (u32)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_KEK_MARKER_H_
#define SAMKOER_STORAGE_KEK_MARKER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/envelope.h"
#include "samkoer/v1/audit.pb.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"

namespace samkoer::storage {

inline constexpr std::string_view kKekRotationWord = "kek-rotation";

struct KekMarker {
  // The generation that the rotation brought into use.
  std::uint32_t generation = 0;
  bool finished = false;
  friend bool operator==(const KekMarker&, const KekMarker&) = default;
};

// What the store's one writer does when a generation comes or goes, in one
// write, after everything that was sealed before it is durable.
struct KekChange {
  // The keys from now on.
  std::map<std::uint32_t, crypto::SealKey> keys;
  std::uint32_t current = 0;
  KekMarker marker;
  // For the leaf.
  samkoer::v1::AuditAction action = samkoer::v1::AUDIT_ACTION_UNSPECIFIED;
  std::string reason = {};
  std::string detail = {};
  std::vector<std::pair<std::string, std::uint64_t>> counts = {};
};

// The marker's value, not yet sealed.
std::string EncodeKekMarker(const KekMarker& marker);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<KekMarker> DecodeKekMarker(std::string_view plaintext);

// None in a store whose key was never rotated.
absl::StatusOr<std::optional<KekMarker>> LoadKekMarker(
    const Reader& reader, const ValueSealer& sealer);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_KEK_MARKER_H_
