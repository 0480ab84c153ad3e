#include "storage/witness_state.h"

#include "storage/coding.h"
#include "storage/key_layout.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string WitnessState::CosignedNote() const {
  std::string note = signed_checkpoint;
  for (const auto& [subject, seen] : witnesses) {
    if (size > 0 && seen.size == size) note += seen.line;
  }
  // Without a witness it is no cosigned note.
  if (note == signed_checkpoint) return "";
  return note;
}

std::string EncodeWitnessState(const WitnessState& state) {
  std::string value;
  PutU8(value, kVersion);
  PutU8(value, state.overdue ? 1 : 0);
  PutU64(value, static_cast<std::uint64_t>(state.counted_from_micros));
  PutU64(value, state.size);
  PutString16(value, state.signed_checkpoint);
  PutU16(value, static_cast<std::uint16_t>(state.witnesses.size()));
  for (const auto& [subject, seen] : state.witnesses) {
    PutString16(value, subject);
    PutU64(value, seen.size);
    PutU64(value, seen.unix_seconds);
    PutU64(value, seen.leaf_seconds);
    PutString16(value, seen.line);
  }
  return value;
}

absl::StatusOr<WitnessState> DecodeWitnessState(std::string_view plaintext) {
  ByteReader reader(plaintext);
  const std::uint8_t version = reader.U8();
  if (reader.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "the store's note of its witnesses is of a newer format; run the "
        "version that wrote it");
  }
  WitnessState state;
  const std::uint8_t overdue = reader.U8();
  state.overdue = overdue == 1;
  state.counted_from_micros = static_cast<std::int64_t>(reader.U64());
  state.size = reader.U64();
  state.signed_checkpoint = std::string(reader.String16());
  const std::uint16_t count = reader.U16();
  for (std::uint16_t i = 0; i < count && reader.ok(); ++i) {
    std::string subject(reader.String16());
    WitnessSeen seen;
    seen.size = reader.U64();
    seen.unix_seconds = reader.U64();
    seen.leaf_seconds = reader.U64();
    seen.line = std::string(reader.String16());
    state.witnesses.emplace(std::move(subject), std::move(seen));
  }
  if (!reader.Done() || overdue > 1 || state.witnesses.size() != count) {
    return absl::DataLossError("the store's note of its witnesses is damaged");
  }
  return state;
}

absl::StatusOr<std::optional<WitnessState>> LoadWitnessState(
    const Reader& reader, const ValueSealer& sealer) {
  const std::string key = MetaKey(kWitnessWord);
  const auto sealed = reader.Get(key);
  if (absl::IsNotFound(sealed.status())) return std::nullopt;
  if (!sealed.ok()) return sealed.status();
  const auto plaintext = sealer.Open(key, *sealed);
  if (!plaintext.ok()) return plaintext.status();
  auto state = DecodeWitnessState(*plaintext);
  if (!state.ok()) return state.status();
  return *std::move(state);
}

}  // namespace samkoer::storage
