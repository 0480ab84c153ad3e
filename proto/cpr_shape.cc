#include "proto/cpr_shape.h"

#include <cstddef>

#include "proto/eight_bytes.h"

namespace samkoer::proto {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Digits from `at` on.
std::size_t RunLength(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && IsDigit(text[end])) ++end;
  return end - at;
}

// Bytes of the separator at `at`: space, hyphen, dot, slash, no-break space
// (wide, narrow), soft hyphen, or one of the hyphens and dashes U+2010 to
// U+2015, U+2212.
std::size_t SeparatorLength(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with(' ') || rest.starts_with('-') || rest.starts_with('.') ||
      rest.starts_with('/')) {
    return 1;
  }
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

// Up to three separators at `at`, which goes past them; may be empty.
std::string_view ReadSeparators(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  for (int separators = 0; separators < 3 && at < text.size(); ++separators) {
    const std::size_t length = SeparatorLength(text, at);
    if (length == 0) break;
    at += length;
  }
  return text.substr(begin, at - begin);
}

// The number in the `count` digits at `at`, which goes past them; -1 if there
// are not so many.
int ReadNumber(std::string_view text, std::size_t count, std::size_t& at) {
  int value = 0;
  for (; count > 0; --count, ++at) {
    if (at >= text.size() || !IsDigit(text[at])) return -1;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

bool DigitAt(std::string_view text, std::size_t at) {
  return at < text.size() && IsDigit(text[at]);
}

// The last four digits as two pairs, each after the same separators as day,
// month and year; what goes on after them is something else.
bool PairsFollow(std::string_view text, std::size_t at,
                 std::string_view separators) {
  if (ReadNumber(text, 2, at) < 0) return false;
  if (ReadSeparators(text, at) != separators) return false;
  if (ReadNumber(text, 2, at) < 0 || DigitAt(text, at)) return false;
  ReadSeparators(text, at);
  return !DigitAt(text, at);
}

// Whether a number with a year of so many digits begins with the run of digits
// that begins at `at`.
bool NumberBeginsAt(std::string_view text, std::size_t at,
                    std::size_t year_digits) {
  const int day = ReadNumber(text, 2, at);
  const std::string_view after_day = ReadSeparators(text, at);
  const int month = ReadNumber(text, 2, at);
  const bool is_day = (day >= 1 && day <= 31) || (day >= 61 && day <= 91);
  if (!is_day || month < 1 || month > 12) return false;
  const std::string_view after_month = ReadSeparators(text, at);
  const int year = ReadNumber(text, year_digits, at);
  if (year < 0) return false;
  const std::string_view after_year = ReadSeparators(text, at);
  if (year_digits == 4) {
    const bool apart = !after_day.empty();
    if (year < 1800 || year > 2099 || after_month.empty() == apart ||
        (!apart && after_year.empty())) {
      return false;
    }
  }
  std::size_t end = at;
  if (ReadNumber(text, 4, end) >= 0) return !DigitAt(text, end);
  return year_digits == 2 && !after_day.empty() && after_day == after_month &&
         after_day == after_year && PairsFollow(text, at, after_day);
}

}  // namespace

bool LooksLikeCprNumber(std::string_view text) {
  // Most texts have too few digits for any number.
  if (CountDigits(text) < 10) return false;
  std::size_t at = 0;
  while (at + 10 <= text.size()) {
    const std::size_t run = RunLength(text, at);
    if (run >= 2 &&
        (NumberBeginsAt(text, at, 2) || NumberBeginsAt(text, at, 4))) {
      return true;
    }
    at += run == 0 ? 1 : run;
  }
  return false;
}

}  // namespace samkoer::proto
