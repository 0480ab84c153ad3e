// Dates as exports write them. Pure.
//
// Thread safety: const objects may be used by many threads.
#ifndef SAMKOER_CLIENTS_AGENT_DATES_H_
#define SAMKOER_CLIENTS_AGENT_DATES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/common/cpr.h"

namespace samkoer::agent {

using clients::CivilDate;

// A strptime-like pattern of %d, %m, %B, %Y, %y and literal characters. %B is
// the Danish name of a month or its first letters, three or more, with or
// without a full stop: "marts", "Mar.", "sept".
//
// Reading is forgiving where nothing can be mistaken: day and month of one or
// two digits, spaces (no-break ones too) at the ends, and after the date a time
// of day, which is ignored. It is strict elsewhere: %Y has four digits, %y two,
// and a date that is not in the calendar is no date.
class DatePattern {
 public:
  // INVALID_ARGUMENT unless the pattern holds one %d, one of %m and %B and one
  // of %Y and %y, and something between adjacent ones unless they have a fixed
  // width.
  static absl::StatusOr<DatePattern> Parse(std::string_view pattern);

  // The date. A two-digit year is taken as the latest year that is not more
  // than ten years after `day`. INVALID_ARGUMENT (without the text) if there is
  // none; the texts of null words are the caller's to know.
  absl::StatusOr<CivilDate> Read(std::string_view text,
                                 const CivilDate& day) const;

  // `date` as the pattern writes it, with leading zeros; Read gives it back,
  // unless the pattern has a two-digit year and the date is not within its
  // century.
  std::string Format(const CivilDate& date) const;

 private:
  struct Part {
    char field;  // 'd', 'm', 'B', 'Y', 'y', or 0 for a literal
    char literal;
    bool fixed_width = false;  // %d and %m next to another field: two digits
  };
  std::vector<Part> parts_;
};

// "2026-11-02" only. INVALID_ARGUMENT otherwise.
absl::StatusOr<CivilDate> ParseIsoDay(std::string_view text);
// "2026-11-02".
std::string FormatIsoDay(const CivilDate& day);
// year * 100 + month.
std::uint32_t MonthOf(const CivilDate& day);
// Today in the machine's time zone.
CivilDate Today();

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_DATES_H_
