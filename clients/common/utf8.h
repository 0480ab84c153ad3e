// Reading UTF-8 one character at a time. Pure.
#ifndef SAMKOER_CLIENTS_COMMON_UTF8_H_
#define SAMKOER_CLIENTS_COMMON_UTF8_H_

#include <cstdint>
#include <string_view>

namespace samkoer::clients {

// What NextCodePoint returns for a byte that starts no valid character.
inline constexpr char32_t kNotUtf8 = 0xFFFFFFFF;

// Removes the first character of `text` (not empty) and returns it. A byte that
// is not the start of a well-formed character (RFC 3629: no overlong forms, no
// surrogates, at most U+10FFFF) is removed alone and gives kNotUtf8.
inline char32_t NextCodePoint(std::string_view& text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint8_t>(text[i]);
  };
  const std::uint8_t lead = byte(0);
  std::size_t length = 1;
  char32_t c = lead;
  char32_t least = 0;
  if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4, c = lead & 0x07, least = 0x10000;
  } else if (lead >= 0xE0 && lead < 0xF0) {
    length = 3, c = lead & 0x0F, least = 0x800;
  } else if (lead >= 0xC2 && lead < 0xE0) {
    length = 2, c = lead & 0x1F, least = 0x80;
  } else if (lead >= 0x80) {
    c = kNotUtf8;
  }
  if (length > text.size()) length = 1, c = kNotUtf8;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) {
      text.remove_prefix(1);
      return kNotUtf8;
    }
    c = (c << 6) | (byte(i) & 0x3F);
  }
  if (length > 1 &&
      (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))) {
    length = 1, c = kNotUtf8;
  }
  text.remove_prefix(length);
  return c;
}

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_UTF8_H_
