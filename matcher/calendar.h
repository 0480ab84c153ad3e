// Days and months of the proleptic Gregorian calendar, 1900 to 2999. Values
// only: nothing here knows what day it is.
#ifndef SAMKOER_MATCHER_CALENDAR_H_
#define SAMKOER_MATCHER_CALENDAR_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace samkoer::matcher {

// A month in two bytes, or none. Ordered by time; none comes before all.
class Month {
 public:
  // No month.
  constexpr Month() = default;

  // The month of year * 100 + month as the protos write it; none if `yyyymm` is
  // 0 or no month between 190001 and 299912.
  static constexpr Month FromYyyymm(std::uint32_t yyyymm) {
    const std::uint32_t year = yyyymm / 100, month = yyyymm % 100;
    if (year < 1900 || year > 2999 || month < 1 || month > 12) return Month();
    return FromCount(static_cast<int>(year * 12 + month - 1));
  }
  // The month `count` months after January of the year 0; none if out of range.
  static constexpr Month FromCount(int count) {
    Month m;
    if (count >= 1900 * 12 && count < 3000 * 12) {
      m.count_ = static_cast<std::uint16_t>(count);
    }
    return m;
  }

  // As FromYyyymm takes it; 0 for none.
  constexpr std::uint32_t ToYyyymm() const {
    return count_ == 0 ? 0u : count_ / 12u * 100u + count_ % 12u + 1u;
  }
  // Months since January of the year 0; 0 for none. For compact storage.
  constexpr std::uint16_t count() const { return count_; }
  // True unless none.
  constexpr bool given() const { return count_ != 0; }

  // Whole calendar months from `b` to `a`, days disregarded. Both given.
  friend constexpr int operator-(Month a, Month b) {
    return static_cast<int>(a.count_) - static_cast<int>(b.count_);
  }
  friend constexpr auto operator<=>(Month, Month) = default;

 private:
  std::uint16_t count_ = 0;
};

// A valid day. Ordered by time.
class Day {
 public:
  // 1 January 1900.
  constexpr Day() = default;

  // INVALID_ARGUMENT if there is no such day between 1900 and 2999.
  static absl::StatusOr<Day> Make(int year, int month, int day);
  // Exactly "YYYY-MM-DD". INVALID_ARGUMENT otherwise.
  static absl::StatusOr<Day> Parse(std::string_view text);

  constexpr int year() const { return year_; }
  constexpr int month() const { return month_; }
  constexpr int day() const { return day_; }
  // The month it lies in.
  constexpr Month InMonth() const {
    return Month::FromCount(year_ * 12 + month_ - 1);
  }
  // "YYYY-MM-DD".
  std::string ToString() const;

  // The day `days` later (earlier if negative), held within 1900 to 2999.
  Day AddDays(int days) const;
  // Whole days from `b` to `a`.
  friend int operator-(Day a, Day b);
  friend constexpr auto operator<=>(Day, Day) = default;

 private:
  constexpr Day(int year, int month, int day)
      : year_(static_cast<std::int16_t>(year)),
        month_(static_cast<std::int8_t>(month)),
        day_(static_cast<std::int8_t>(day)) {}

  std::int16_t year_ = 1900;
  std::int8_t month_ = 1;
  std::int8_t day_ = 1;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_CALENDAR_H_
