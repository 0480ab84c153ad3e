#include "storage/record_content.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kReceivedBytes = 8;

absl::Status Malformed() {
  return absl::DataLossError("a stored case record is malformed");
}

}  // namespace

absl::StatusOr<RecordContent> ParseCanonicalTail(std::string_view tail) {
  RecordContent content;
  ByteReader in(tail);
  content.case_ref = in.String16();
  content.unit = in.String16();
  content.domain = in.U8();
  content.status = in.U8();
  content.opened_month = in.U32();
  content.closed_month = in.U32();
  content.birth_month = in.U32();
  const std::size_t start = tail.size() - in.remaining();
  const unsigned count = in.U8();
  for (unsigned i = 0; i < count; ++i) in.String16();
  if (!in.ok()) return Malformed();
  content.criteria = tail.substr(start, tail.size() - in.remaining() - start);
  content.consent = in.U8();
  const std::uint8_t flags = in.U8();
  content.coordinator_exists = (flags & 1) != 0;
  content.plan_exists = (flags & 2) != 0;
  content.protected_identity = (flags & 4) != 0;
  content.plan_owner_unit = in.String16();
  content.plan_last_review_month = in.U32();
  content.contact = in.String16();
  if (!in.Done() || flags > 7) return Malformed();
  return content;
}

absl::StatusOr<RecordContent> ParseRecordContent(std::string_view content) {
  if (content.size() < 1 + kReceivedBytes) return Malformed();
  if (static_cast<std::uint8_t>(content[0]) != kVersion) {
    return absl::FailedPreconditionError(
        "a stored case record has an unknown version; use a newer program");
  }
  auto parsed = ParseCanonicalTail(
      content.substr(1, content.size() - 1 - kReceivedBytes));
  if (!parsed.ok()) return parsed;
  ByteReader received(content.substr(content.size() - kReceivedBytes));
  parsed->received_micros = static_cast<std::int64_t>(received.U64());
  return parsed;
}

void EncodeRecordContent(std::string_view canonical_tail,
                         std::int64_t received_micros, std::string& out) {
  out.clear();
  PutU8(out, kVersion);
  out.append(canonical_tail);
  PutU64(out, static_cast<std::uint64_t>(received_micros));
}

std::vector<std::string_view> CriteriaCodes(std::string_view criteria) {
  std::vector<std::string_view> codes;
  ByteReader in(criteria);
  const unsigned count = in.U8();
  for (unsigned i = 0; i < count && in.ok(); ++i)
    codes.push_back(in.String16());
  if (!in.Done()) codes.clear();
  return codes;
}

}  // namespace samkoer::storage
