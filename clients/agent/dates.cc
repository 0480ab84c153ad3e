#include "clients/agent/dates.h"

#include <array>
#include <cstdio>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"

namespace samkoer::agent {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes between `least` and `most` digits off the front.
std::optional<int> TakeNumber(std::string_view& text, int least, int most) {
  int value = 0, count = 0;
  while (count < most && !text.empty() && IsDigit(text.front())) {
    value = value * 10 + (text.front() - '0');
    text.remove_prefix(1);
    ++count;
  }
  if (count < least) return std::nullopt;
  return value;
}

constexpr std::array<std::string_view, 12> kMonths = {
    "januar", "februar", "marts",     "april",   "maj",      "juni",
    "juli",   "august",  "september", "oktober", "november", "december"};
// Of two months that begin alike ("jun", "jul") the third letter tells.
constexpr std::size_t kShortMonth = 3;

// Takes a month's name, or its first letters and perhaps a full stop.
std::optional<int> TakeMonth(std::string_view& text) {
  std::string word;
  for (const char c : text) {
    if (!absl::ascii_isalpha(static_cast<unsigned char>(c))) break;
    word.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  if (word.size() < kShortMonth) return std::nullopt;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (!kMonths[i].starts_with(word)) continue;
    text.remove_prefix(word.size());
    if (word.size() < kMonths[i].size() && text.starts_with('.')) {
      text.remove_prefix(1);
    }
    return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

// "", or a time of day after a space or 'T': digits and ":.,+-Z" and AM, PM.
bool IsTimeOfDay(std::string_view rest) {
  if (rest.empty()) return true;
  if (rest.front() == 'T') {
    rest.remove_prefix(1);
  } else if (TrimText(rest).size() == rest.size()) {
    return false;
  }
  rest = TrimText(rest);
  if (rest.empty() || !IsDigit(rest.front())) return false;
  bool colon = false;
  for (char c : rest) {
    if (!IsDigit(c) &&
        std::string_view(":.,+-Z APMapm").find(c) == std::string_view::npos) {
      return false;
    }
    colon = colon || c == ':' || c == '.';
  }
  return colon;
}

absl::Status NotADate() { return absl::InvalidArgumentError("not a date"); }

}  // namespace

absl::StatusOr<DatePattern> DatePattern::Parse(std::string_view pattern) {
  DatePattern out;
  int days = 0, months = 0, years = 0;
  bool after_variable = false;  // the part before is a field
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      if (IsDigit(pattern[i])) {
        return absl::InvalidArgumentError(
            clients::Cat("date format '", pattern, "' holds a digit"));
      }
      out.parts_.push_back({0, pattern[i]});
      after_variable = false;
      continue;
    }
    const char field = ++i < pattern.size() ? pattern[i] : 0;
    switch (field) {
      case 'd':
        ++days;
        break;
      case 'm':
      case 'B':
        ++months;
        break;
      case 'Y':
      case 'y':
        ++years;
        break;
      default:
        return absl::InvalidArgumentError(clients::Cat(
            "date format '", pattern, "' may hold only %d, %m, %B, %Y and %y"));
    }
    // Without a separator the widths are fixed: ddmmyyyy.
    if (after_variable) out.parts_.back().fixed_width = true;
    out.parts_.push_back({field, 0, after_variable});
    after_variable = true;
  }
  if (days != 1 || months != 1 || years != 1) {
    return absl::InvalidArgumentError(clients::Cat(
        "date format '", pattern,
        "' must hold one %d, one of %m and %B, and one of %Y and %y"));
  }
  return out;
}

absl::StatusOr<CivilDate> DatePattern::Read(std::string_view text,
                                            const CivilDate& day) const {
  text = TrimText(text);
  CivilDate date;
  for (const Part& part : parts_) {
    if (part.field == 0) {
      if (text.empty() || text.front() != part.literal) return NotADate();
      text.remove_prefix(1);
      continue;
    }
    const int least = part.fixed_width ? 2 : 1;
    std::optional<int> value;
    switch (part.field) {
      case 'd':
        value = TakeNumber(text, least, 2);
        if (value) date.day = *value;
        break;
      case 'm':
        value = TakeNumber(text, least, 2);
        if (value) date.month = *value;
        break;
      case 'B':
        value = TakeMonth(text);
        if (value) date.month = *value;
        break;
      case 'Y':
        value = TakeNumber(text, 4, 4);
        if (value) date.year = *value;
        break;
      default:
        value = TakeNumber(text, 2, 2);
        if (value) {
          date.year = 2000 + *value;
          if (date.year > day.year + 10) date.year -= 100;
        }
        break;
    }
    if (!value) return NotADate();
  }
  if (!IsTimeOfDay(text) || !clients::DateExists(date)) return NotADate();
  // A month is sent as a number from 190001; nothing older is a case's date.
  if (date.year < 1900 || date.year > 2999) return NotADate();
  return date;
}

std::string DatePattern::Format(const CivilDate& date) const {
  std::string out;
  for (const Part& part : parts_) {
    switch (part.field) {
      case 0:
        out.push_back(part.literal);
        break;
      case 'd':
        out += absl::StrFormat("%02d", date.day);
        break;
      case 'm':
        out += absl::StrFormat("%02d", date.month);
        break;
      case 'B':
        out += kMonths[static_cast<std::size_t>(date.month) - 1];
        break;
      case 'Y':
        out += absl::StrFormat("%04d", date.year);
        break;
      default:
        out += absl::StrFormat("%02d", date.year % 100);
        break;
    }
  }
  return out;
}

absl::StatusOr<CivilDate> ParseIsoDay(std::string_view text) {
  CivilDate date;
  const auto digits = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
      if (!IsDigit(text[i])) return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    date = {digits(0, 4), digits(5, 2), digits(8, 2)};
    if (clients::DateExists(date)) return date;
  }
  return absl::InvalidArgumentError("a day is written YYYY-MM-DD");
}

std::string FormatIsoDay(const CivilDate& day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year, day.month, day.day);
}

std::uint32_t MonthOf(const CivilDate& day) {
  return static_cast<std::uint32_t>(day.year * 100 + day.month);
}

CivilDate Today() {
  const absl::CivilDay day =
      absl::ToCivilDay(absl::Now(), absl::LocalTimeZone());
  return {static_cast<int>(day.year()), day.month(), day.day()};
}

}  // namespace samkoer::agent
