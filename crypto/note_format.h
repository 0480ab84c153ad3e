// The outer form of C2SP signed notes (c2sp.org/signed-note), whatever the
// keys. Pure, without I/O. For signed_note.cc and the tests.
//
//   text ending in a newline
//   an empty line
//   one or more lines: em dash, space, key name, space,
//     base64(key hash (4 bytes) || signature)
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_NOTE_FORMAT_H_
#define SAMKOER_CRYPTO_NOTE_FORMAT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace samkoer::crypto {

inline constexpr std::size_t kNoteKeyHashBytes = 4;
inline constexpr std::size_t kMaxNoteBytes = 1 << 20;
// More signatures than a log with its witnesses has; refused, as each costs.
inline constexpr std::size_t kMaxNoteSignatures = 100;
// U+2014 and a space, in UTF-8.
inline constexpr std::string_view kNoteSignaturePrefix = "\xe2\x80\x94 ";

struct NoteSignature {
  std::string_view name;
  std::array<std::uint8_t, kNoteKeyHashBytes> key_hash;
  std::string signature;  // of a length that depends on the key's type
};

// Views into the note.
struct ParsedNote {
  std::string_view text;  // with its last newline: what is signed
  std::vector<NoteSignature> signatures;
};

// True for 1 to 255 visible ASCII characters without '+'.
bool IsNoteKeyName(std::string_view name);

// Splits a note, at the last empty line. INVALID_ARGUMENT if it is longer than
// 1 MiB, not UTF-8, has control characters other than newlines, has no or more
// than 100 signatures, or has a line among them that is not one. The result
// lives as long as `note`.
absl::StatusOr<ParsedNote> ParseNote(std::string_view note);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_NOTE_FORMAT_H_
