#include "storage/epoch_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kKeyBytes = 32;

}  // namespace

std::string EncodeEpochs(const std::vector<StoredEpoch>& epochs) {
  std::string out;
  PutU8(out, kVersion);
  PutU16(out, static_cast<std::uint16_t>(epochs.size()));
  for (const StoredEpoch& epoch : epochs) {
    PutU32(out, epoch.epoch);
    out += epoch.public_key;
    out += epoch.self_test;
    PutString16(out, epoch.closes_on);
    PutU64(out, static_cast<std::uint64_t>(epoch.pinned_micros));
    PutU64(out, epoch.pinned_leaf);
    PutU64(out, static_cast<std::uint64_t>(epoch.destroyed_micros));
    PutU64(out, epoch.destroyed_leaf);
  }
  return out;
}

absl::StatusOr<std::vector<StoredEpoch>> DecodeEpochs(
    std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "the list of epochs has an unknown version; use a newer program");
  }
  const unsigned count = in.U16();
  std::vector<StoredEpoch> epochs;
  for (unsigned i = 0; i < count && in.ok(); ++i) {
    const std::uint32_t before = epochs.empty() ? 0 : epochs.back().epoch;
    StoredEpoch& epoch = epochs.emplace_back();
    epoch.epoch = in.U32();
    epoch.public_key = std::string(in.Text(kKeyBytes));
    epoch.self_test = std::string(in.Text(kKeyBytes));
    epoch.closes_on = std::string(in.String16());
    epoch.pinned_micros = static_cast<std::int64_t>(in.U64());
    epoch.pinned_leaf = in.U64();
    epoch.destroyed_micros = static_cast<std::int64_t>(in.U64());
    epoch.destroyed_leaf = in.U64();
    if (epoch.epoch <= before) {
      return absl::DataLossError("the list of epochs is malformed");
    }
  }
  if (!in.Done()) return absl::DataLossError("the list of epochs is malformed");
  return epochs;
}

}  // namespace samkoer::storage
