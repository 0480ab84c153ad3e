// Cells that are not text where they come from: numbers, dates, and cells
// without a value to trust. Pure.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_AGENT_CELLS_H_
#define SAMKOER_CLIENTS_AGENT_CELLS_H_

#include <optional>
#include <string>
#include <string_view>

#include "clients/agent/dates.h"
#include "clients/agent/reasons.h"

namespace samkoer::agent {

// Stand in a row in place of a value that the source does not have. They are no
// UTF-8, so that no text of an export equals them.
//
// The workbook has an error (#N/A), or a formula that was never calculated.
inline constexpr std::string_view kErrorCell =
    "\xFF"
    "E";
// A joined file does not have the row's key; has it more than once.
inline constexpr std::string_view kMissingKeyCell =
    "\xFF"
    "M";
inline constexpr std::string_view kRepeatedKeyCell =
    "\xFF"
    "R";

// Why a row with this cell is set aside; none for a cell that is text.
std::optional<RejectReason> BrokenCell(std::string_view cell);

// A number as a person would write it: whole numbers below 10^15 with all
// their digits and nothing else ("204024104", never "2.04E+08"); others with up
// to 15 significant digits and a '.'. "" for what is no number (NaN, infinity).
std::string NumberText(double number);

// A number of a cell whose format keeps zeros, such as "0000000000" or
// "000000-0000": with them. Nothing if the format is of another kind, or the
// number is not whole, is negative, or has more digits than the format.
std::optional<std::string> ZeroPadded(double number, std::string_view format);

// True if a workbook's number format shows a day (ECMA-376, 18.8.30): "d", "y",
// or "m" without hours and seconds, outside quotes and brackets.
bool IsDateFormat(std::string_view format);

// The day of a workbook's number. In the system of 1900, day 1 is 1 January
// 1900 and day 60 is the 29 February 1900 that never was, which is no date; in
// that of 1904, day 0 is 1 January 1904. The time of day is dropped. Nothing
// below the first day and beyond year 9999.
std::optional<CivilDate> SerialDay(double serial, bool system_1904);

// "2026-11-02", with anything after it that is no digit, as a day.
std::optional<CivilDate> LeadingIsoDay(std::string_view text);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_CELLS_H_
