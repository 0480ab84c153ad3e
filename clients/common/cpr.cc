#include "clients/common/cpr.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "clients/common/utf8.h"
#include "proto/cpr_shape.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMaxCharacters = 64;

// A field with every kind of space as ' ' and every kind of hyphen as '-'.
// Wiped, because it holds the number.
class Characters {
 public:
  explicit Characters(std::string_view text) {
    while (!text.empty()) {
      const char32_t c = Normalised(NextCodePoint(text));
      if (size_ == kMaxCharacters) {
        too_long_ = true;
        return;
      }
      buffer_.ExposeMutable()[size_++] =
          c < 0x80 ? static_cast<std::uint8_t>(c) : '?';
    }
  }
  bool too_long() const { return too_long_; }
  std::string_view Expose() const {
    return crypto::AsText(buffer_.Expose()).substr(0, size_);
  }

 private:
  static char32_t Normalised(char32_t c) {
    const bool space = c == '\t' || c == '\r' || c == '\n' || c == 0xA0 ||
                       (c >= 0x2000 && c <= 0x200B) || c == 0x202F ||
                       c == 0x205F || c == 0x2060 || c == 0xFEFF;
    if (space) return ' ';
    const bool hyphen =
        c == 0xAD || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
    if (hyphen) return '-';
    if (c == 0x2018 || c == 0x2019 || c == 0xB4 || c == '`') return '\'';
    return c;
  }
  crypto::SecretArray<kMaxCharacters> buffer_;
  std::size_t size_ = 0;
  bool too_long_ = false;
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSeparator(char c) { return c == ' ' || c == '-'; }
bool IsLetter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The characters without separators, and whether those stood only between day,
// month, year and the last four.
struct Compact {
  crypto::SecretArray<kMaxCharacters> buffer;
  std::size_t size = 0;
  std::uint64_t separator_before = 0;  // bit i: before character i

  std::string_view Expose() const {
    return crypto::AsText(buffer.Expose()).substr(0, size);
  }
  bool SeparatorsFit() const {
    // Counted from the end, so that a lost leading zero does not matter.
    std::uint64_t allowed = 0;
    for (std::size_t from_end : {4u, 6u, 8u}) {
      if (size >= from_end) allowed |= std::uint64_t{1} << (size - from_end);
    }
    return (separator_before & ~allowed) == 0;
  }
};

Compact WithoutSeparators(std::string_view text) {
  Compact compact;
  bool separator = false;
  for (char c : text) {
    if (IsSeparator(c)) {
      separator = true;
      continue;
    }
    if (separator) compact.separator_before |= std::uint64_t{1} << compact.size;
    separator = false;
    compact.buffer.ExposeMutable()[compact.size++] =
        static_cast<std::uint8_t>(c);
  }
  if (separator) compact.separator_before |= std::uint64_t{1} << 63;
  return compact;
}

int Number(std::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

// Century from digit 7 and the two digits of the year.
int FullYear(int digit7, int yy) {
  if (digit7 <= 3) return 1900 + yy;
  if (digit7 == 4 || digit7 == 9) return yy <= 36 ? 2000 + yy : 1900 + yy;
  return yy <= 57 ? 2000 + yy : 1800 + yy;
}

bool Modulus11(std::string_view digits) {
  constexpr std::array<int, kCprDigits> kWeights = {4, 3, 2, 7, 6,
                                                    5, 4, 3, 2, 1};
  int sum = 0;
  for (std::size_t i = 0; i < kCprDigits; ++i) {
    sum += kWeights[i] * (digits[i] - '0');
  }
  return sum % 11 == 0;
}

bool IsPlaceholder(std::string_view digits) {
  const bool one_digit = std::all_of(digits.begin(), digits.end(),
                                     [&](char c) { return c == digits[0]; });
  if (one_digit) return digits[0] == '0' || digits.size() + 1 >= kCprDigits;
  return digits.size() == kCprDigits && digits[9] == '8' &&
         digits.find_first_not_of('1') == 9;
}

bool IsLetteredReplacement(std::string_view text) {
  if (text.size() != kCprDigits) return false;
  const std::string_view last = text.substr(6);
  return std::all_of(text.begin(), text.begin() + 6, IsDigit) &&
         std::all_of(last.begin(), last.end(),
                     [](char c) { return IsDigit(c) || IsLetter(c); }) &&
         std::any_of(last.begin(), last.end(), IsLetter);
}

Cpr SetAside(CprClass cpr_class) {
  Cpr cpr;
  cpr.cpr_class = cpr_class;
  return cpr;
}

}  // namespace

std::string_view CprClassName(CprClass cpr_class) {
  switch (cpr_class) {
    case CprClass::kValid:
      return "valid";
    case CprClass::kPlaceholder:
      return "placeholder";
    case CprClass::kLocalReplacement:
      return "local_replacement";
    case CprClass::kUnreadable:
      return "unreadable";
    case CprClass::kNoSuchDate:
      return "no_such_date";
  }
  return "unreadable";
}

Cpr ParseCpr(std::string_view text) {
  const Characters characters(text);
  if (characters.too_long()) return SetAside(CprClass::kUnreadable);
  std::string_view field = Trim(characters.Expose());
  if (!field.empty() && field.front() == '\'') field = Trim(field.substr(1));

  const Compact compact = WithoutSeparators(field);
  const std::string_view body = compact.Expose();
  if (body.empty()) return SetAside(CprClass::kPlaceholder);
  if (!std::all_of(body.begin(), body.end(), IsDigit)) {
    return SetAside(IsLetteredReplacement(body) && compact.SeparatorsFit()
                        ? CprClass::kLocalReplacement
                        : CprClass::kUnreadable);
  }
  if (IsPlaceholder(body)) return SetAside(CprClass::kPlaceholder);
  const bool padded = body.size() + 1 == kCprDigits;
  if ((!padded && body.size() != kCprDigits) || !compact.SeparatorsFit()) {
    return SetAside(CprClass::kUnreadable);
  }

  Cpr cpr;
  auto digits = cpr.digits.ExposeMutable();
  digits[0] = '0';
  std::copy(body.begin(), body.end(), digits.begin() + (padded ? 1 : 0));
  const std::string_view canonical = cpr.ExposeDigits();
  const int day = Number(canonical.substr(0, 2));
  if (day >= 61 && day <= 91) return SetAside(CprClass::kLocalReplacement);
  cpr.birth = {FullYear(canonical[6] - '0', Number(canonical.substr(4, 2))),
               Number(canonical.substr(2, 2)), day};
  if (!DateExists(cpr.birth)) return SetAside(CprClass::kNoSuchDate);
  cpr.cpr_class = CprClass::kValid;
  cpr.padded = padded;
  cpr.modulus11 = Modulus11(canonical);
  return cpr;
}

bool ContainsCpr(std::string_view text) {
  return proto::LooksLikeCprNumber(text);
}

int AgeOn(const CivilDate& birth, const CivilDate& day) {
  const bool had_birthday = day.month > birth.month ||
                            (day.month == birth.month && day.day >= birth.day);
  return day.year - birth.year - (had_birthday ? 0 : 1);
}

bool DateExists(const CivilDate& date) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30,
                                         31, 31, 30, 31, 30, 31};
  if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12) {
    return false;
  }
  const bool leap =
      (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
  const int days = kDays[static_cast<std::size_t>(date.month - 1)] +
                   (date.month == 2 && leap ? 1 : 0);
  return date.day >= 1 && date.day <= days;
}

}  // namespace samkoer::clients
