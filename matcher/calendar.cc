#include "matcher/calendar.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_format.h"

namespace samkoer::matcher {
namespace {

std::chrono::year_month_day ToChrono(Day day) {
  return std::chrono::year(day.year()) /
         std::chrono::month(static_cast<unsigned>(day.month())) /
         std::chrono::day(static_cast<unsigned>(day.day()));
}

// Whole days since 1970-01-01.
int DayNumber(Day day) {
  return static_cast<int>(
      std::chrono::sys_days(ToChrono(day)).time_since_epoch().count());
}

// The number that `digits` spell, -1 if it is anything but digits.
int Number(std::string_view digits) {
  int value = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

absl::StatusOr<Day> Day::Make(int year, int month, int day) {
  if (year >= 1900 && year <= 2999 && month >= 1 && month <= 12 && day >= 1 &&
      day <= 31) {
    const Day made(year, month, day);
    if (ToChrono(made).ok()) return made;
  }
  return absl::InvalidArgumentError("no such day between 1900 and 2999");
}

absl::StatusOr<Day> Day::Parse(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return absl::InvalidArgumentError("a day is written YYYY-MM-DD");
  }
  return Make(Number(text.substr(0, 4)), Number(text.substr(5, 2)),
              Number(text.substr(8, 2)));
}

std::string Day::ToString() const {
  return absl::StrFormat("%04d-%02d-%02d", year(), month(), day());
}

Day Day::AddDays(int days) const {
  const long first = DayNumber(Day(1900, 1, 1));
  const long last = DayNumber(Day(2999, 12, 31));
  const long number =
      std::clamp(DayNumber(*this) + static_cast<long>(days), first, last);
  const std::chrono::year_month_day date =
      std::chrono::sys_days(std::chrono::days(number));
  return Day(static_cast<int>(date.year()),
             static_cast<int>(static_cast<unsigned>(date.month())),
             static_cast<int>(static_cast<unsigned>(date.day())));
}

int operator-(Day a, Day b) { return DayNumber(a) - DayNumber(b); }

}  // namespace samkoer::matcher
