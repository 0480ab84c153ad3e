#include "clients/audit/leaf_filter.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "clients/common/cat.h"
#include "crypto/base64.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kSubjectBytes = 16;

// The number in digits, or -1.
int Number(std::string_view digits) {
  int value = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

bool LeafFilter::Matches(const v1::AuditLeaf& leaf) const {
  if (!actions.empty() && std::find(actions.begin(), actions.end(),
                                    leaf.action()) == actions.end()) {
    return false;
  }
  if (leaf.actor().find(actor) == std::string::npos) return false;
  const absl::Time time = absl::FromUnixSeconds(leaf.time().seconds()) +
                          absl::Nanoseconds(leaf.time().nanos());
  if (time < from || time >= until) return false;
  return subject.empty() ||
         std::find(leaf.subjects().begin(), leaf.subjects().end(), subject) !=
             leaf.subjects().end();
}

bool IsRead(const v1::AuditLeaf& leaf) {
  return leaf.action() == v1::AUDIT_ACTION_ALERTS_READ ||
         leaf.action() == v1::AUDIT_ACTION_PERSON_LOOKED_UP;
}

absl::StatusOr<absl::CivilDay> ParseDay(std::string_view text,
                                        Language language) {
  int year = -1, month = -1, day = -1;
  if (text.size() == 10 && text[2] == '-' && text[5] == '-') {
    day = Number(text.substr(0, 2));
    month = Number(text.substr(3, 2));
    year = Number(text.substr(6));
  } else if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    year = Number(text.substr(0, 4));
    month = Number(text.substr(5, 2));
    day = Number(text.substr(8));
  }
  const absl::CivilDay parsed(year, month, day);
  // CivilDay moves days that do not exist to ones that do.
  if (year < 0 || parsed.month() != month || parsed.day() != day) {
    return absl::InvalidArgumentError(
        Say(language, "det er ingen dato; skriv den som 22-11-2026",
            "this is no date; write it as 2026-11-22"));
  }
  return parsed;
}

absl::StatusOr<std::string> ParseSubject(std::string_view text,
                                         Language language) {
  if (text.size() == 2 * kSubjectBytes &&
      text.find_first_not_of("0123456789abcdefABCDEF") ==
          std::string_view::npos) {
    return absl::HexStringToBytes(std::string(text));
  }
  const auto bytes = crypto::DecodeBase64(text);
  if (bytes && bytes->size() == kSubjectBytes) return *bytes;
  return absl::InvalidArgumentError(
      Say(language, "det er intet person-id: 32 hex-cifre eller base64",
          "this is no subject id: 32 hex digits or base64"));
}

std::string SubjectText(std::string_view subject_id) {
  return absl::BytesToHexString(std::string(subject_id));
}

}  // namespace samkoer::clients
