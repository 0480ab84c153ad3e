#include "storage/objection_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string EncodeObjection(const StoredObjection& objection) {
  std::string out;
  PutU8(out, kVersion);
  PutU64(out, static_cast<std::uint64_t>(objection.since_micros));
  return out;
}

absl::StatusOr<StoredObjection> DecodeObjection(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "an objection has an unknown version; use a newer program");
  }
  StoredObjection objection;
  objection.since_micros = static_cast<std::int64_t>(in.U64());
  if (!in.Done()) return absl::DataLossError("an objection is malformed");
  return objection;
}

}  // namespace samkoer::storage
