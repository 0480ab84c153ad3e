#include "clients/agent/cells.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace samkoer::agent {
namespace {

constexpr double kMostWhole = 1e15;

bool IsWhole(double number) {
  return std::isfinite(number) && std::floor(number) == number &&
         std::abs(number) < kMostWhole;
}

// The part of a format that says how a positive number looks, lower case,
// without what is written as it stands: quotes, escapes, brackets.
std::string Codes(std::string_view format) {
  std::string out;
  for (std::size_t i = 0; i < format.size() && format[i] != ';'; ++i) {
    const char c = format[i];
    if (c == '"' || c == '[') {
      const std::size_t end = format.find(c == '"' ? '"' : ']', i + 1);
      if (end == std::string_view::npos) break;
      i = end;
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else {
      out += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return out;
}

}  // namespace

std::optional<RejectReason> BrokenCell(std::string_view cell) {
  if (cell.empty() || cell.front() != '\xFF') return std::nullopt;
  if (cell == kErrorCell) return RejectReason::kErrorCell;
  if (cell == kMissingKeyCell) return RejectReason::kKeyMissing;
  if (cell == kRepeatedKeyCell) return RejectReason::kKeyRepeated;
  return std::nullopt;
}

std::string NumberText(double number) {
  if (!std::isfinite(number)) return "";
  if (number == 0) return "0";
  if (IsWhole(number)) return absl::StrFormat("%.0f", number);
  return absl::StrFormat("%.15g", number);
}

std::optional<std::string> ZeroPadded(double number, std::string_view format) {
  if (!IsWhole(number) || number < 0) return std::nullopt;
  // Zeros, and between them what is written as it stands.
  std::string mask;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '"') continue;
    if (format[i] == '\\' && ++i == format.size()) return std::nullopt;
    const char c = format[i];
    if (c != '0' && c != '-' && c != ' ' && c != '/') return std::nullopt;
    mask += c;
  }
  const auto zeros =
      static_cast<std::size_t>(std::count(mask.begin(), mask.end(), '0'));
  const std::string digits = NumberText(number);
  if (zeros < 2 || digits.size() > zeros) return std::nullopt;
  std::size_t left = zeros;
  for (char& c : mask) {
    if (c != '0') continue;
    if (left <= digits.size()) c = digits[digits.size() - left];
    --left;
  }
  return mask;
}

bool IsDateFormat(std::string_view format) {
  const std::string codes = Codes(format);
  if (codes == "general") return false;
  const auto has = [&](std::string_view any) {
    return codes.find_first_of(any) != std::string::npos;
  };
  return has("dy") || (has("m") && !has("hs"));
}

std::optional<CivilDate> SerialDay(double serial, bool system_1904) {
  constexpr double kLastDay = 2958465;  // 31 December 9999
  if (!std::isfinite(serial) || serial < (system_1904 ? 0 : 1) ||
      serial >= kLastDay + 1) {
    return std::nullopt;
  }
  const auto whole = static_cast<std::int64_t>(serial);
  absl::CivilDay day;
  if (system_1904) {
    day = absl::CivilDay(1904, 1, 1) + whole;
  } else if (whole == 60) {
    return std::nullopt;
  } else {
    day = absl::CivilDay(1899, 12, whole < 60 ? 31 : 30) + whole;
  }
  if (day.year() > 9999) return std::nullopt;
  return CivilDate{static_cast<int>(day.year()), day.month(), day.day()};
}

std::optional<CivilDate> LeadingIsoDay(std::string_view text) {
  if (text.size() < 10 ||
      (text.size() > 10 && text[10] >= '0' && text[10] <= '9')) {
    return std::nullopt;
  }
  const auto day = ParseIsoDay(text.substr(0, 10));
  if (!day.ok()) return std::nullopt;
  return *day;
}

}  // namespace samkoer::agent
