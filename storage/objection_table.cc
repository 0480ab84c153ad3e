#include "storage/objection_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kWithBefore = 2;

}  // namespace

std::string EncodeObjection(const StoredObjection& objection) {
  std::string out;
  PutU8(out, objection.before ? kWithBefore : kVersion);
  PutU64(out, static_cast<std::uint64_t>(objection.since_micros));
  if (objection.before) PutBytes(out, *objection.before);
  return out;
}

absl::StatusOr<StoredObjection> DecodeObjection(std::string_view plaintext) {
  ByteReader in(plaintext);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion && version != kWithBefore) {
    return absl::FailedPreconditionError(
        "an objection has an unknown version; use a newer program");
  }
  StoredObjection objection;
  objection.since_micros = static_cast<std::int64_t>(in.U64());
  if (version == kWithBefore) in.Fill(objection.before.emplace());
  if (!in.Done()) return absl::DataLossError("an objection is malformed");
  return objection;
}

}  // namespace samkoer::storage
