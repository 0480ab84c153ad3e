#include "storage/objection_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kWithBefore = 2;
constexpr std::uint8_t kWithEpoch = 3;

}  // namespace

std::string EncodeObjection(const StoredObjection& objection) {
  std::string out;
  const bool with_epoch = objection.epoch != 0;
  PutU8(out, with_epoch         ? kWithEpoch
             : objection.before ? kWithBefore
                                : kVersion);
  PutU64(out, static_cast<std::uint64_t>(objection.since_micros));
  if (with_epoch) {
    PutU32(out, objection.epoch);
    PutU8(out, objection.before ? 1 : 0);
  }
  if (objection.before) PutBytes(out, *objection.before);
  return out;
}

absl::StatusOr<StoredObjection> DecodeObjection(std::string_view plaintext) {
  ByteReader in(plaintext);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion && version != kWithBefore &&
      version != kWithEpoch) {
    return absl::FailedPreconditionError(
        "an objection has an unknown version; use a newer program");
  }
  StoredObjection objection;
  objection.since_micros = static_cast<std::int64_t>(in.U64());
  bool has_before = version == kWithBefore;
  bool sound = true;
  if (version == kWithEpoch) {
    objection.epoch = in.U32();
    const std::uint8_t follows = in.U8();
    has_before = follows == 1;
    sound = follows <= 1 && objection.epoch != 0;
  }
  if (has_before) in.Fill(objection.before.emplace());
  if (!in.Done() || !sound)
    return absl::DataLossError("an objection is malformed");
  return objection;
}

}  // namespace samkoer::storage
