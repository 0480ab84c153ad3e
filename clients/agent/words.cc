#include "clients/agent/words.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>

namespace samkoer::agent {
namespace {

// The spaces that exports are seen to carry: no-break, zero-width, narrow
// no-break, byte order mark.
constexpr std::array<std::string_view, 4> kWideSpaces = {
    "\xC2\xA0", "\xE2\x80\x8B", "\xE2\x80\xAF", "\xEF\xBB\xBF"};

bool IsAsciiSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 128;
  });
}

bool IsOneOf(std::string_view text,
             std::initializer_list<std::string_view> words) {
  const std::string folded = FoldText(text);
  return std::find(words.begin(), words.end(), folded) != words.end();
}

}  // namespace

std::string_view TrimText(std::string_view text) {
  for (bool more = true; more;) {
    more = false;
    while (!text.empty() && IsAsciiSpace(text.front())) text.remove_prefix(1);
    while (!text.empty() && IsAsciiSpace(text.back())) text.remove_suffix(1);
    for (std::string_view space : kWideSpaces) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        more = true;
      }
      if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        more = true;
      }
    }
  }
  return text;
}

std::string FoldText(std::string_view text) {
  text = TrimText(text);
  std::string out;
  if (IsAscii(text)) {
    out.assign(text);
    for (char& c : out) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
  }
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString wide = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  wide.foldCase();
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  if (U_SUCCESS(error)) {
    const icu::UnicodeString composed = nfc->normalize(wide, error);
    if (U_SUCCESS(error)) wide = composed;
  }
  wide.toUTF8String(out);
  return out;
}

bool MeansYes(std::string_view text) {
  return IsOneOf(text, {"1", "j", "ja", "x", "y", "yes", "true", "sand"});
}

bool MeansNo(std::string_view text) {
  return IsOneOf(text, {"0", "n", "nej", "no", "false", "falsk"});
}

}  // namespace samkoer::agent
