#include "crypto/signed_note.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "crypto/note_format.h"
#include "crypto/note_key.h"

namespace samkoer::crypto {
namespace {

static_assert(crypto_sign_SEEDBYTES == 32 && crypto_sign_SECRETKEYBYTES == 64);

}  // namespace

absl::StatusOr<NoteSigner> NoteSigner::FromSeed(std::string name,
                                                const SecretArray<32>& seed) {
  if (!IsNoteKeyName(name)) {
    return absl::InvalidArgumentError(
        "a note's key name is visible ASCII without '+', 1 to 255 characters");
  }
  NoteSigner signer;
  signer.name_ = std::move(name);
  crypto_sign_seed_keypair(signer.public_key_.data(),
                           signer.secret_key_.ExposeMutable().data(),
                           seed.Expose().data());
  return signer;
}

std::string NoteSigner::Sign(std::string_view text) const {
  std::array<std::uint8_t, crypto_sign_BYTES> signature;
  crypto_sign_detached(signature.data(), nullptr, AsBytes(text).data(),
                       text.size(), secret_key_.Expose().data());
  return absl::StrCat(
      AbslView(text), "\n",
      NoteSignatureLine(MakeNoteKey(name_, NoteKeyType::kEd25519, public_key_),
                        AsText(signature)));
}

std::string NoteSigner::VerifierKey() const {
  return FormatNoteKey(MakeNoteKey(name_, NoteKeyType::kEd25519, public_key_),
                       NoteKeyType::kEd25519);
}

absl::StatusOr<NoteVerifier> NoteVerifier::Parse(
    std::string_view verifier_key) {
  auto key = ParseNoteKey(verifier_key, NoteKeyType::kEd25519);
  if (!key.ok()) return key.status();
  NoteVerifier verifier;
  verifier.name_ = key->name;
  verifier.key_hash_ = key->hash;
  verifier.public_key_ = key->public_key;
  return verifier;
}

absl::StatusOr<std::string> NoteVerifier::Verify(std::string_view note) const {
  const absl::StatusOr<ParsedNote> parsed = ParseNote(note);
  if (!parsed.ok()) return parsed.status();
  bool verified = false;
  for (const NoteSignature& line : parsed->signatures) {
    if (line.name != name_ || line.key_hash != key_hash_) continue;
    // One bad signature of our key refuses the note, though another be good.
    if (line.signature.size() != crypto_sign_BYTES ||
        crypto_sign_verify_detached(
            AsBytes(line.signature).data(), AsBytes(parsed->text).data(),
            parsed->text.size(), public_key_.data()) != 0) {
      return absl::UnauthenticatedError(
          absl::StrCat("the note's signature by ", name_, " is wrong"));
    }
    verified = true;
  }
  if (!verified) {
    return absl::UnauthenticatedError(absl::StrCat(
        "the note bears no signature by the known key of ", name_));
  }
  return std::string(parsed->text);
}

}  // namespace samkoer::crypto
