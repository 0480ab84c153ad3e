#include "proto/cpr_shape.h"

#include <cstddef>

namespace samkoer::proto {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Digits from `at` on.
std::size_t RunLength(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && IsDigit(text[end])) ++end;
  return end - at;
}

// Bytes of the separator at `at`: space, hyphen, no-break space (wide, narrow),
// soft hyphen, or one of the hyphens and dashes U+2010 to U+2015, U+2212.
std::size_t SeparatorLength(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with(' ') || rest.starts_with('-')) return 1;
  if (rest.starts_with("\xc2\xa0") || rest.starts_with("\xc2\xad")) return 2;
  if (rest.starts_with("\xe2\x80\xaf") || rest.starts_with("\xe2\x88\x92")) {
    return 3;
  }
  if (rest.size() >= 3 && rest.starts_with("\xe2\x80") && rest[2] >= '\x90' &&
      rest[2] <= '\x95') {
    return 3;
  }
  return 0;
}

// Past up to three separators at `at`, or `at` where there is none.
std::size_t SkipSeparators(std::string_view text, std::size_t at) {
  for (int separators = 0; separators < 3 && at < text.size(); ++separators) {
    const std::size_t length = SeparatorLength(text, at);
    if (length == 0) break;
    at += length;
  }
  return at;
}

bool IsDayAndMonth(const char* digits) {
  const auto two = [&](std::size_t i) {
    return (digits[i] - '0') * 10 + (digits[i + 1] - '0');
  };
  const int day = two(0), month = two(2);
  return ((day >= 1 && day <= 31) || (day >= 61 && day <= 91)) && month >= 1 &&
         month <= 12;
}

// Whether a number begins with the run of digits that begins at `at`:
// separators may stand between day, month, year and the last four, as the
// agent's own parser reads them.
bool NumberBeginsAt(std::string_view text, std::size_t at) {
  char digits[10];
  std::size_t count = 0;
  while (count < sizeof digits) {
    if (count == 2 || count == 4 || count == 6) at = SkipSeparators(text, at);
    if (at >= text.size() || !IsDigit(text[at])) return false;
    digits[count++] = text[at++];
    if (count == 4 && !IsDayAndMonth(digits)) return false;
  }
  return at == text.size() || !IsDigit(text[at]);
}

}  // namespace

bool LooksLikeCprNumber(std::string_view text) {
  std::size_t at = 0;
  while (at + 10 <= text.size()) {
    const std::size_t run = RunLength(text, at);
    if (run >= 2 && NumberBeginsAt(text, at)) return true;
    at += run == 0 ? 1 : run;
  }
  return false;
}

}  // namespace samkoer::proto
