#include "storage/kek_marker.h"

#include "storage/coding.h"
#include "storage/key_layout.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kBegun = 1;
constexpr std::uint8_t kFinished = 2;

}  // namespace

std::string EncodeKekMarker(const KekMarker& marker) {
  std::string value;
  PutU8(value, kVersion);
  PutU8(value, marker.finished ? kFinished : kBegun);
  PutU32(value, marker.generation);
  return value;
}

absl::StatusOr<KekMarker> DecodeKekMarker(std::string_view plaintext) {
  ByteReader reader(plaintext);
  const std::uint8_t version = reader.U8();
  if (reader.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "the store's note of its key rotation is of a newer format; run the "
        "version that wrote it");
  }
  const std::uint8_t state = reader.U8();
  KekMarker marker;
  marker.generation = reader.U32();
  marker.finished = state == kFinished;
  if (!reader.Done() || marker.generation == 0 ||
      (state != kBegun && state != kFinished)) {
    return absl::DataLossError(
        "the store's note of its key rotation is damaged");
  }
  return marker;
}

absl::StatusOr<std::optional<KekMarker>> LoadKekMarker(
    const Reader& reader, const ValueSealer& sealer) {
  const std::string key = MetaKey(kKekRotationWord);
  const auto sealed = reader.Get(key);
  if (absl::IsNotFound(sealed.status())) return std::nullopt;
  if (!sealed.ok()) return sealed.status();
  const auto plaintext = sealer.Open(key, *sealed);
  if (!plaintext.ok()) return plaintext.status();
  const auto marker = DecodeKekMarker(*plaintext);
  if (!marker.ok()) return marker.status();
  return *marker;
}

}  // namespace samkoer::storage
