#include "clients/agent/xlsx_strings.h"

#include <sodium.h>

#include <algorithm>

#include "clients/agent/row_source.h"
#include "clients/common/cat.h"

namespace samkoer::agent {
namespace {

constexpr std::size_t kPieceBytes = 1 << 20;
static_assert(kMaxFieldBytes < kPieceBytes);

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// The value of "_xHHHH_" at the front; -1 if it is not there.
int EscapeAt(std::string_view text) {
  if (text.size() < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_') {
    return -1;
  }
  int value = 0;
  for (int i = 2; i < 6; ++i) {
    const int digit = HexDigit(text[static_cast<std::size_t>(i)]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

}  // namespace

void AppendUnescaped(std::string_view from, std::string& out) {
  while (!from.empty()) {
    // What XML cannot hold: control characters, and the '_' of an escape.
    const int value = EscapeAt(from);
    if (value >= 0 && value < 0x80) {
      out.push_back(static_cast<char>(value));
      from.remove_prefix(7);
      continue;
    }
    const std::size_t next = std::min(from.find('_', 1), from.size());
    out.append(from.substr(0, next));
    from.remove_prefix(next);
  }
}

XlsxStrings::~XlsxStrings() {
  sodium_memzero(current_.data(), current_.capacity());
}

absl::Status XlsxStrings::Start(std::string_view name, const XmlAttributes&) {
  if (name == "si") current_.clear();
  if (name == "rPh") ++phonetic_;
  in_text_ = name == "t" && phonetic_ == 0;
  return absl::OkStatus();
}

absl::Status XlsxStrings::Text(std::string_view text) {
  if (!in_text_) return absl::OkStatus();
  if (current_.size() + text.size() > kMaxFieldBytes) {
    return absl::InvalidArgumentError(clients::Cat(
        "a cell of the workbook has more than ", kMaxFieldBytes, " bytes"));
  }
  current_.append(text);
  return absl::OkStatus();
}

absl::Status XlsxStrings::End(std::string_view name) {
  in_text_ = false;
  if (name == "rPh") --phonetic_;
  if (name != "si") return absl::OkStatus();
  bytes_ += current_.size();
  if (texts_.size() == kMaxSharedStrings || bytes_ > kMaxSharedBytes) {
    return absl::InvalidArgumentError("the workbook has too many texts");
  }
  std::string text;
  AppendUnescaped(current_, text);
  if (pieces_.empty() || used_ + text.size() > kPieceBytes) {
    pieces_.emplace_back(kPieceBytes);
    used_ = 0;
  }
  const auto room = pieces_.back().ExposeMutable().subspan(used_, text.size());
  std::copy(text.begin(), text.end(), room.begin());
  texts_.push_back(crypto::AsText(room));
  used_ += text.size();
  sodium_memzero(text.data(), text.size());
  return absl::OkStatus();
}

}  // namespace samkoer::agent
