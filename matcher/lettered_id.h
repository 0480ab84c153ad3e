// Ids of other things in the form of an alert's id (alert_id.h), with a letter
// of their own: "K-7K3M-9QXD" is a conference, "F-7K3M-9QXD" an inquiry.
#ifndef SAMKOER_MATCHER_LETTERED_ID_H_
#define SAMKOER_MATCHER_LETTERED_ID_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "matcher/alert_id.h"

namespace samkoer::matcher {

// For the lower 40 bits of `id`.
inline std::string FormatLetteredId(char letter, std::uint64_t id) {
  std::string text = FormatAlertId(id);
  text[0] = letter;
  return text;
}

// Nothing for what is no id with this capital letter, read as ParseAlertId
// reads.
inline std::optional<std::uint64_t> ParseLetteredId(char letter,
                                                    std::string_view text) {
  if (text.empty() || absl::ascii_toupper(text[0]) != letter) {
    return std::nullopt;
  }
  std::string as_alert(text);
  as_alert[0] = 'A';
  const auto id = ParseAlertId(as_alert);
  if (!id.ok()) return std::nullopt;
  return *id;
}

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_LETTERED_ID_H_
