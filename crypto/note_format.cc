#include "crypto/note_format.h"

#include <openssl/asn1.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "absl/strings/str_cat.h"
#include "crypto/base64.h"

namespace samkoer::crypto {
namespace {

absl::Status Malformed(absl::string_view reason) {
  return absl::InvalidArgumentError(
      absl::StrCat("the signed note is malformed: ", reason));
}

// Well-formed UTF-8 (RFC 3629) without control characters but newlines.
bool IsPlainText(std::string_view text) {
  while (!text.empty()) {
    unsigned long character = 0;
    const int length =
        UTF8_getc(reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()), &character);
    if (length <= 0 || character > 0x10ffff) return false;
    if (character < 0x20 && character != '\n') return false;
    text.remove_prefix(static_cast<std::size_t>(length));
  }
  return true;
}

// Without the newline.
std::optional<NoteSignature> ParseSignatureLine(std::string_view line) {
  if (!line.starts_with(kNoteSignaturePrefix)) return std::nullopt;
  line.remove_prefix(kNoteSignaturePrefix.size());
  const std::size_t space = line.find(' ');
  if (space == 0 || space == std::string_view::npos) return std::nullopt;
  NoteSignature parsed;
  parsed.name = line.substr(0, space);
  if (parsed.name.find('+') != std::string_view::npos) return std::nullopt;
  std::optional<std::string> bytes = DecodeBase64(line.substr(space + 1));
  if (!bytes || bytes->size() <= kNoteKeyHashBytes) return std::nullopt;
  std::memcpy(parsed.key_hash.data(), bytes->data(), kNoteKeyHashBytes);
  parsed.signature = bytes->substr(kNoteKeyHashBytes);
  return parsed;
}

}  // namespace

bool IsNoteKeyName(std::string_view name) {
  return !name.empty() && name.size() <= 255 &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return c > ' ' && c <= '~' && c != '+'; });
}

absl::StatusOr<ParsedNote> ParseNote(std::string_view note) {
  if (note.size() > kMaxNoteBytes) return Malformed("it is longer than 1 MiB");
  if (!IsPlainText(note)) {
    return Malformed("it is not UTF-8 text without control characters");
  }
  const std::size_t split = note.rfind("\n\n");
  if (split == std::string_view::npos) {
    return Malformed("there is no empty line before the signatures");
  }
  ParsedNote parsed;
  parsed.text = note.substr(0, split + 1);
  std::string_view rest = note.substr(split + 2);
  if (rest.empty()) return Malformed("there is no signature");
  if (!rest.ends_with('\n')) {
    return Malformed("the last line does not end in a newline");
  }
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::optional<NoteSignature> signature =
        ParseSignatureLine(rest.substr(0, end));
    if (!signature) return Malformed("a signature line is not of its form");
    if (parsed.signatures.size() == kMaxNoteSignatures) {
      return Malformed("there are more than 100 signatures");
    }
    parsed.signatures.push_back(*std::move(signature));
    rest.remove_prefix(end + 1);
  }
  return parsed;
}

}  // namespace samkoer::crypto
