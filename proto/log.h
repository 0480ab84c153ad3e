// Structured logs of whatever runs as a service: one JSON object a line on
// standard error, for journald and people:
//   {"time":"2026-11-02T07:00:00.123Z","level":"info","event":"push.begun",
//    "department":"familie","records":812}
//
// Types keep secrets out: events and keys are literals of the program, checked
// at compile time; values are numbers, booleans or text, and no secret type
// converts to text. Text is escaped, cut at 512 bytes, and any run that is
// shaped like a CPR number is replaced by "[10 digits]", in case a library's
// error message quotes what it was given. Whole requests are never passed.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_PROTO_LOG_H_
#define SAMKOER_PROTO_LOG_H_

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace samkoer::log {

// Text that stands in the program: made from a literal only.
class Literal {
 public:
  template <std::size_t N>
  consteval Literal(const char (&text)[N])  // NOLINT: implicit on purpose
      : text_(text, N - 1) {}
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// One key and its value. Lives no longer than the call that it is passed to.
class Field {
 public:
  enum class Kind : std::uint8_t { kText, kSigned, kUnsigned, kDouble, kBool };

  Field(Literal key, std::string_view value)
      : key_(key), kind_(Kind::kText), text_(value) {}
  Field(Literal key, const char* value) : Field(key, std::string_view(value)) {}
  Field(Literal key, const std::string& value)
      : Field(key, std::string_view(value)) {}
  // The code's name and the message.
  Field(Literal key, const absl::Status& status)
      : key_(key), kind_(Kind::kText), owned_(status.ToString()) {}
  template <std::signed_integral T>
  Field(Literal key, T value) : key_(key), kind_(Kind::kSigned) {
    signed_ = value;
  }
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Field(Literal key, T value)
      : key_(key), kind_(Kind::kUnsigned) {
    unsigned_ = value;
  }
  template <std::same_as<bool> T>
  Field(Literal key, T value) : key_(key), kind_(Kind::kBool) {
    signed_ = value;
  }
  Field(Literal key, double value) : key_(key), kind_(Kind::kDouble) {
    double_ = value;
  }

  std::string_view key() const { return key_.text(); }
  Kind kind() const { return kind_; }
  std::string_view text() const { return owned_.empty() ? text_ : owned_; }
  std::int64_t as_signed() const { return signed_; }
  std::uint64_t as_unsigned() const { return unsigned_; }
  double as_double() const { return double_; }

 private:
  Literal key_;
  Kind kind_;
  std::string_view text_;
  std::string owned_;
  std::int64_t signed_ = 0;
  std::uint64_t unsigned_ = 0;
  double double_ = 0;
};

using Fields = std::initializer_list<Field>;

void Trace(Literal event, Fields fields = {});
void Debug(Literal event, Fields fields = {});
void Info(Literal event, Fields fields = {});
void Warning(Literal event, Fields fields = {});
void Error(Literal event, Fields fields = {});

// "trace", "debug", "info", "warning", "error", or empty for "info".
// INVALID_ARGUMENT otherwise.
absl::Status SetLevel(std::string_view level);

// The inside of the line's object after time and level, without braces; for
// tests.
std::string FormatFields(std::string_view event, Fields fields);

// `text` with every run of ten digits, or six and four with one hyphen or
// space between, replaced, where no digit stands before or after it.
std::string RedactNumbers(std::string_view text);

}  // namespace samkoer::log

#endif  // SAMKOER_PROTO_LOG_H_
