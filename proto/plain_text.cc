#include "proto/plain_text.h"

#include <cstddef>
#include <cstdint>

#include "proto/eight_bytes.h"

namespace samkoer::proto {
namespace {

constexpr char32_t kInvalid = 0xffffffff;

// Reads the character at `at` and moves past it; kInvalid if there is none.
char32_t NextCharacter(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) -> std::uint8_t {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0;
  };
  const std::uint8_t lead = byte(at);
  if (lead < 0x80) {
    ++at;
    return lead;
  }
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return kInvalid;
  char32_t value = lead & (0xff >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const std::uint8_t next = byte(at + i);
    if ((next & 0xc0) != 0x80) return kInvalid;
    value = value << 6 | (next & 0x3f);
  }
  const bool overlong =
      (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (overlong || surrogate || value > 0x10ffff) return kInvalid;
  at += length;
  return value;
}

bool IsControl(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

template <typename Allowed>
bool AllCharacters(std::string_view text, Allowed allowed) {
  std::size_t at = 0;
  while (true) {
    // Nearly all is ASCII, and allowed everywhere.
    at += PrintableAsciiPrefix(text.substr(at));
    if (at == text.size()) return true;
    const char32_t c = NextCharacter(text, at);
    if (c == kInvalid || !allowed(c)) return false;
  }
}

}  // namespace

bool IsValidUtf8(std::string_view text) {
  return AllCharacters(text, [](char32_t) { return true; });
}

bool IsPlainLine(std::string_view text) {
  return AllCharacters(text, [](char32_t c) { return !IsControl(c); });
}

bool IsPlainText(std::string_view text) {
  return AllCharacters(
      text, [](char32_t c) { return c == '\n' || c == '\t' || !IsControl(c); });
}

}  // namespace samkoer::proto
