// C2SP signed notes (c2sp.org/signed-note) with Ed25519, and the checkpoints
// (c2sp.org/tlog-checkpoint) that they carry. Pure, without I/O.
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

// Signs notes under a key name (not empty, no space, no '+', no control
// characters).
class NoteSigner {
 public:
  // From a 32-byte Ed25519 seed (RFC 8032). INVALID_ARGUMENT for a bad name.
  static absl::StatusOr<NoteSigner> FromSeed(std::string name,
                                             const SecretArray<32>& seed);
  // `text` ends in a newline; returns text, empty line, signature line.
  std::string Sign(std::string_view text) const;
  // The verifier key: name+hash+base64(0x01 || public key).
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
  // The note's text if it bears a valid signature of this key; other keys'
  // signatures are ignored. UNAUTHENTICATED otherwise, INVALID_ARGUMENT if the
  // note is malformed. At most 1 MiB.
  absl::StatusOr<std::string> Verify(std::string_view note) const;
  const std::string& name() const { return name_; }

 private:
  NoteVerifier() = default;
  std::string name_;
  std::array<std::uint8_t, 4> key_hash_;
  std::array<std::uint8_t, 32> public_key_;
};

// The text of a checkpoint.
struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash32 root{};

  // "origin\nsize\nbase64(root)\n"
  std::string Format() const;
  // INVALID_ARGUMENT if malformed; extension lines are ignored.
  static absl::StatusOr<Checkpoint> Parse(std::string_view text);
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_SIGNED_NOTE_H_
