// C2SP signed notes (c2sp.org/signed-note) with Ed25519 (RFC 8032), and the
// checkpoints (c2sp.org/tlog-checkpoint) that they carry. Pure, without I/O.
//
// A signature says that the key's holder signed this text, not that it is the
// newest, nor what kind of text it is: check a checkpoint's origin.
//
// Thread safety: a const object may be used by many threads.
#ifndef SAMKOER_CRYPTO_SIGNED_NOTE_H_
#define SAMKOER_CRYPTO_SIGNED_NOTE_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "crypto/secret.h"

namespace samkoer::crypto {

// Signs notes under a key name: 1 to 255 visible ASCII characters without '+'
// (stricter than the specification, which allows other alphabets).
class NoteSigner {
 public:
  // From a 32-byte Ed25519 seed (RFC 8032). INVALID_ARGUMENT for a bad name.
  static absl::StatusOr<NoteSigner> FromSeed(std::string name,
                                             const SecretArray<32>& seed);
  // Returns text, empty line, signature line. `text` must end in a newline and
  // be UTF-8 without other control characters, or no verifier will take it; a
  // Checkpoint's Format() is. The same text gives the same note.
  std::string Sign(std::string_view text) const;
  // The verifier key, which is public: name+hash+base64(0x01 || public key),
  // with hash the first 4 bytes of SHA-256(name "\n" 0x01 public key) in hex.
  std::string VerifierKey() const;
  const std::string& name() const { return name_; }

 private:
  NoteSigner() = default;
  std::string name_;
  SecretArray<64> secret_key_;
  std::array<std::uint8_t, 32> public_key_;
};

// Checks notes of one key.
class NoteVerifier {
 public:
  // Parses a verifier key. INVALID_ARGUMENT if malformed or not Ed25519.
  static absl::StatusOr<NoteVerifier> Parse(std::string_view verifier_key);
  // The note's text, with its last newline, if it bears a valid signature of
  // this key; other keys' signatures are ignored. UNAUTHENTICATED if it bears
  // none, or a wrong one that names this key; INVALID_ARGUMENT if the note is
  // malformed, longer than 1 MiB or has more than 100 signatures.
  absl::StatusOr<std::string> Verify(std::string_view note) const;
  const std::string& name() const { return name_; }

 private:
  NoteVerifier() = default;
  std::string name_;
  std::array<std::uint8_t, 4> key_hash_;
  std::array<std::uint8_t, 32> public_key_;
};

// The text of a checkpoint: what a log was at one moment.
struct Checkpoint {
  std::string origin;      // names the log; one line, not empty
  std::uint64_t size = 0;  // in leaves
  Hash32 root{};           // of the tree of that size (crypto/merkle.h)

  // "origin\nsize\nbase64(root)\n"
  std::string Format() const;
  // Takes what NoteVerifier::Verify returned. INVALID_ARGUMENT if malformed; a
  // number or a root has one spelling only. Extension lines are ignored, so
  // Format() need not give the same text again.
  static absl::StatusOr<Checkpoint> Parse(std::string_view text);
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_SIGNED_NOTE_H_
