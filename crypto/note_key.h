// The keys of signed notes (c2sp.org/signed-note): a name, a type and an
// Ed25519 public key (RFC 8032). Pure, without I/O. For signed_note.cc and
// cosignature.cc.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_NOTE_KEY_H_
#define SAMKOER_CRYPTO_NOTE_KEY_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/note_format.h"

namespace samkoer::crypto {

// What a key's signatures are made over.
enum class NoteKeyType : std::uint8_t {
  kEd25519 = 0x01,  // the note's text
  kCosignatureV1 =
      0x04,  // a time and the note's text (c2sp.org/tlog-cosignature)
};

struct NoteKey {
  std::string name;  // IsNoteKeyName
  std::array<std::uint8_t, 32> public_key{};
  // The first four bytes of SHA-256(name || "\n" || type || public key).
  std::array<std::uint8_t, kNoteKeyHashBytes> hash{};
};

// The key with its hash; `name` has been checked.
NoteKey MakeNoteKey(std::string name, NoteKeyType type,
                    const std::array<std::uint8_t, 32>& public_key);

// "name+hash+base64(type || public key)", the hash in 8 hex digits.
std::string FormatNoteKey(const NoteKey& key, NoteKeyType type);

// The other way. INVALID_ARGUMENT if malformed, or of another type.
absl::StatusOr<NoteKey> ParseNoteKey(std::string_view text, NoteKeyType type);

// The line of a signature, with its newline: em dash, space, name, space,
// base64(hash || signature).
std::string NoteSignatureLine(const NoteKey& key, std::string_view signature);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_NOTE_KEY_H_
