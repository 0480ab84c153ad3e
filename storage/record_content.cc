#include "storage/record_content.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kNumberedVersion = 2;

absl::Status Malformed() {
  return absl::DataLossError("a stored case record is malformed");
}

void PutMonth(std::string& out, std::uint32_t yyyymm) {
  const std::uint32_t count =
      yyyymm == 0 ? 0 : yyyymm / 100 * 12 + yyyymm % 100 - 1;
  PutU16(out, static_cast<std::uint16_t>(count));
}

std::uint32_t GetMonth(ByteReader& in) {
  const std::uint32_t count = in.U16();
  return count == 0 ? 0 : count / 12 * 100 + count % 12 + 1;
}

void PutText(std::string& out, std::string_view text) {
  PutU8(out, static_cast<std::uint8_t>(text.size()));
  out.append(text);
}

// Past the end for a number that nobody has.
std::string_view GetByNumber(ByteReader& in,
                             std::span<const std::string> texts) {
  const std::uint16_t number = in.U16();
  return number < texts.size() ? texts[number] : in.Text(in.remaining() + 1);
}

std::string_view GetText(ByteReader& in) { return in.Text(in.U8()); }

void SetFlags(std::uint8_t flags, RecordContent& content) {
  content.coordinator_exists = (flags & 1) != 0;
  content.plan_exists = (flags & 2) != 0;
  content.protected_identity = (flags & 4) != 0;
}

}  // namespace

absl::StatusOr<CanonicalTail> ParseCanonicalTail(std::string_view tail) {
  CanonicalTail content;
  ByteReader in(tail);
  content.case_ref = in.String16();
  content.unit = in.String16();
  content.domain = in.U8();
  content.status = in.U8();
  content.opened_month = in.U32();
  content.closed_month = in.U32();
  content.birth_month = in.U32();
  const unsigned count = in.U8();
  for (unsigned i = 0; i < count && in.ok(); ++i) {
    content.criteria.push_back(in.String16());
  }
  content.consent = in.U8();
  const std::uint8_t flags = in.U8();
  SetFlags(flags, content);
  content.plan_owner_unit = in.String16();
  content.plan_last_review_month = in.U32();
  content.contact = in.String16();
  if (!in.Done() || flags > 7) return Malformed();
  return content;
}

void EncodeRecordContent(const RecordContent& content, std::uint16_t unit,
                         std::optional<std::uint16_t> owner,
                         const IntakeTimes& times, std::string& out) {
  out.clear();
  PutU8(out, owner ? kNumberedVersion : kVersion);
  PutU32(out, times.received);
  PutU32(out, times.changed);
  PutU16(out, unit);
  PutU8(out, static_cast<std::uint8_t>(content.domain | content.status << 4 |
                                       content.consent << 6));
  PutU8(out, static_cast<std::uint8_t>((content.coordinator_exists ? 1 : 0) |
                                       (content.plan_exists ? 2 : 0) |
                                       (content.protected_identity ? 4 : 0)));
  PutMonth(out, content.opened_month);
  PutMonth(out, content.closed_month);
  PutMonth(out, content.birth_month);
  PutMonth(out, content.plan_last_review_month);
  PutText(out, content.case_ref);
  PutText(out, content.contact);
  if (owner) {
    PutU16(out, *owner);
  } else {
    PutText(out, content.plan_owner_unit);
  }
  PutU8(out, static_cast<std::uint8_t>(content.criteria.size()));
  for (const std::string_view code : content.criteria) PutText(out, code);
}

absl::StatusOr<StoredContent> ParseRecordContent(
    std::string_view bytes, std::span<const std::string> texts) {
  StoredContent content;
  ByteReader in(bytes);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion && version != kNumberedVersion) {
    return absl::FailedPreconditionError(
        "a stored case record has an unknown version; use a newer program");
  }
  content.times.received = in.U32();
  content.times.changed = in.U32();
  content.unit = in.U16();
  const std::uint8_t packed = in.U8();
  content.domain = packed & 15;
  content.status = packed >> 4 & 3;
  content.consent = packed >> 6;
  const std::uint8_t flags = in.U8();
  SetFlags(flags, content);
  content.opened_month = GetMonth(in);
  content.closed_month = GetMonth(in);
  content.birth_month = GetMonth(in);
  content.plan_last_review_month = GetMonth(in);
  content.case_ref = GetText(in);
  content.contact = GetText(in);
  content.owner_by_number = version == kNumberedVersion;
  content.plan_owner_unit =
      content.owner_by_number ? GetByNumber(in, texts) : GetText(in);
  const unsigned count = in.U8();
  for (unsigned i = 0; i < count && in.ok(); ++i) {
    content.criteria.push_back(GetText(in));
  }
  if (!in.Done() || flags > 7) return Malformed();
  return content;
}

}  // namespace samkoer::storage
