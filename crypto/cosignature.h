// Cosignatures of witnesses (c2sp.org/tlog-cosignature, cosignature/v1) on
// checkpoints: an Ed25519 signature over
//   "cosignature/v1\n" "time <Unix seconds>\n" <the note's text>
// with the time in the signature line: key hash (4) || time (u64, big-endian)
// || signature (64). Pure, without I/O.
//
// A cosignature says that at this time this was the newest checkpoint that the
// witness had seen of the log, and that it extends all that the witness
// cosigned before.
//
// Thread safety: a const object may be used by many threads.
#ifndef SAMKOER_CRYPTO_COSIGNATURE_H_
#define SAMKOER_CRYPTO_COSIGNATURE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/note_key.h"
#include "crypto/secret.h"

namespace samkoer::crypto {

// Cosigns under a witness's name (IsNoteKeyName).
class CosignatureSigner {
 public:
  // From a 32-byte Ed25519 seed (RFC 8032). INVALID_ARGUMENT for a bad name.
  static absl::StatusOr<CosignatureSigner> FromSeed(
      std::string name, const SecretArray<32>& seed);
  // The signature line, with its newline, for the text of a note (with its last
  // newline, without signatures). `unix_seconds` is after 1970.
  std::string Cosign(std::string_view text, std::uint64_t unix_seconds) const;
  // The verifier key, which is public, of the type 0x04.
  std::string VerifierKey() const;
  const std::string& name() const { return key_.name; }

 private:
  CosignatureSigner() = default;
  NoteKey key_;
  SecretArray<64> secret_key_;
};

// What a cosigned note tells.
struct Cosigned {
  std::string text;  // the note's, with its last newline
  std::uint64_t unix_seconds = 0;
  std::string line;  // the signature line, with its newline
};

// Checks the cosignatures of one witness.
class CosignatureVerifier {
 public:
  // Parses a verifier key of the type 0x04. INVALID_ARGUMENT if malformed or of
  // another type.
  static absl::StatusOr<CosignatureVerifier> Parse(
      std::string_view verifier_key);
  // The note's newest cosignature by this witness; other lines are ignored.
  // NOT_FOUND if it has none; UNAUTHENTICATED if one that names this key is
  // wrong; INVALID_ARGUMENT for a malformed note, as NoteVerifier::Verify.
  absl::StatusOr<Cosigned> Verify(std::string_view note) const;
  const std::string& name() const { return key_.name; }
  const NoteKey& key() const { return key_; }

 private:
  CosignatureVerifier() = default;
  NoteKey key_;
};

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_COSIGNATURE_H_
