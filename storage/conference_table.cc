#include "storage/conference_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string EncodeConference(const StoredConference& conference) {
  std::string out;
  PutU8(out, kVersion);
  PutU16(out, static_cast<std::uint16_t>(conference.alerts.size()));
  for (const std::uint64_t alert : conference.alerts) PutU64(out, alert);
  PutString16(out, conference.conference.SerializeAsString());
  return out;
}

absl::StatusOr<StoredConference> DecodeConference(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "a conference has an unknown version; use a newer program");
  }
  StoredConference conference;
  const unsigned count = in.U16();
  for (unsigned i = 0; i < count && in.ok(); ++i) {
    conference.alerts.push_back(in.U64());
  }
  const std::string bytes(in.String16());
  if (!in.Done() || !conference.conference.ParseFromString(bytes)) {
    return absl::DataLossError("a conference is malformed");
  }
  return conference;
}

}  // namespace samkoer::storage
