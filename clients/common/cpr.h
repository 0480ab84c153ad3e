// The one place where CPR numbers are parsed. Pure, without I/O. Nothing
// outside clients/ may use it.
//
// Accepted forms: ten digits; nine digits (a spreadsheet ate the leading zero,
// which is put back); spaces and no-break spaces around the number; a space, a
// no-break space or a hyphen between day, month, year and the last four digits;
// a leading apostrophe. Text is UTF-8.
//
// Modulus 11 is a figure of quality and never a reason to set a number aside:
// numbers that fail it are issued.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_COMMON_CPR_H_
#define SAMKOER_CLIENTS_COMMON_CPR_H_

#include <cstddef>
#include <string_view>

#include "crypto/secret.h"

namespace samkoer::clients {

inline constexpr std::size_t kCprDigits = 10;

// What a field of an export turned out to be. All but kValid are set aside.
enum class CprClass {
  // Ten digits with a date of birth that exists.
  kValid,
  // Nothing, dashes, zeros, one digit repeated, or nine ones and an eight:
  // stands for "unknown" and would join strangers.
  kPlaceholder,
  // A replacement number: the day plus 60, or letters among the last four
  // characters. Not unique across issuers.
  kLocalReplacement,
  // Not a CPR number in any accepted form (scientific notation, wrong length).
  kUnreadable,
  // Ten digits whose date of birth never was.
  kNoSuchDate,
};
inline constexpr std::size_t kCprClasses = 5;

// "valid", "placeholder", "local_replacement", "unreadable", "no_such_date".
std::string_view CprClassName(CprClass cpr_class);

// A day of the Gregorian calendar.
struct CivilDate {
  int year = 0;
  int month = 0;  // 1 to 12
  int day = 0;    // 1 to 31
  friend auto operator<=>(const CivilDate&, const CivilDate&) = default;
};

// A parsed field.
struct Cpr {
  CprClass cpr_class = CprClass::kUnreadable;
  // The ten ASCII digits in canonical form if valid, zero bytes otherwise.
  crypto::SecretArray<kCprDigits> digits;
  // The date of birth if valid.
  CivilDate birth;
  // True if the leading zero was put back.
  bool padded = false;
  // True if the number is valid and fulfils modulus 11.
  bool modulus11 = false;

  bool valid() const { return cpr_class == CprClass::kValid; }
  // The input of the OPRF. Lives as long as this object; not to be copied
  // anywhere that is not wiped.
  std::string_view ExposeDigits() const {
    return crypto::AsText(digits.Expose());
  }
};

// Parses one field.
Cpr ParseCpr(std::string_view text);

// proto::LooksLikeCprNumber, for those who have this header: six digits that
// begin with a day and a month, up to three separators, four digits, not part
// of a longer run. For case references, contacts, notes and reasons, which must
// not carry such a number.
bool ContainsCpr(std::string_view text);

// Whole years from `birth` to `day`: the age on that day. Somebody born on 29
// February turns a year older on 1 March of other years. Negative if `day` is
// before `birth`.
int AgeOn(const CivilDate& birth, const CivilDate& day);

// True if the date is in the Gregorian calendar, year 1 to 9999.
bool DateExists(const CivilDate& date);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_CPR_H_
