#include "matcher/alert_id.h"

#include <cstddef>

namespace samkoer::matcher {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr int kSymbols = 8;

// The value of a symbol as people may write it; -1 if it has none.
int SymbolValue(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'I' || c == 'L') c = '1';
  if (c == 'O') c = '0';
  const std::size_t at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

absl::Status NoAlertId() {
  return absl::InvalidArgumentError(
      "not an alert id; ids look like A-7K3M-9QXD");
}

}  // namespace

std::string FormatAlertId(std::uint64_t id) {
  std::string text = "A";
  for (int i = 0; i < kSymbols; ++i) {
    if (i % 4 == 0) text.push_back('-');
    text.push_back(kAlphabet[id >> (5 * (kSymbols - 1 - i)) & 31]);
  }
  return text;
}

absl::StatusOr<std::uint64_t> ParseAlertId(std::string_view text) {
  if (text.empty() || (text[0] != 'A' && text[0] != 'a')) return NoAlertId();
  std::uint64_t id = 0;
  int symbols = 0;
  for (char c : text.substr(1)) {
    if (c == '-') continue;
    const int value = SymbolValue(c);
    if (value < 0 || ++symbols > kSymbols) return NoAlertId();
    id = id << 5 | static_cast<std::uint64_t>(value);
  }
  if (symbols != kSymbols) return NoAlertId();
  return id;
}

}  // namespace samkoer::matcher
