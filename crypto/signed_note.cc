#include "crypto/signed_note.h"

#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "crypto/base64.h"
#include "crypto/note_format.h"

namespace samkoer::crypto {
namespace {

constexpr std::uint8_t kEd25519 = 0x01;  // c2sp.org/signed-note, types
static_assert(crypto_sign_SEEDBYTES == 32 && crypto_sign_SECRETKEYBYTES == 64);

using KeyHash = std::array<std::uint8_t, kNoteKeyHashBytes>;
using PublicKey = std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES>;

// The first four bytes of SHA-256(name || "\n" || type || public key).
KeyHash HashOfKey(std::string_view name, const PublicKey& public_key) {
  const Hash32 full = Sha256(
      {AsBytes(name), AsBytes("\n"), Bytes(&kEd25519, 1), Bytes(public_key)});
  KeyHash hash;
  std::memcpy(hash.data(), full.data(), hash.size());
  return hash;
}

absl::Status Malformed(absl::string_view reason) {
  return absl::InvalidArgumentError(
      absl::StrCat("the verifier key is malformed: ", reason,
                   "; it has the form name+hash+key"));
}

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
  std::array<std::uint8_t, kNoteKeyHashBytes + crypto_sign_BYTES> signature;
  const KeyHash hash = HashOfKey(name_, public_key_);
  std::memcpy(signature.data(), hash.data(), hash.size());
  crypto_sign_detached(signature.data() + hash.size(), nullptr,
                       AsBytes(text).data(), text.size(),
                       secret_key_.Expose().data());
  return absl::StrCat(AbslView(text), "\n", AbslView(kNoteSignaturePrefix),
                      name_, " ", EncodeBase64(signature), "\n");
}

std::string NoteSigner::VerifierKey() const {
  std::array<std::uint8_t, 1 + crypto_sign_PUBLICKEYBYTES> typed_key;
  typed_key[0] = kEd25519;
  std::memcpy(typed_key.data() + 1, public_key_.data(), public_key_.size());
  return absl::StrCat(
      name_, "+",
      absl::BytesToHexString(AbslView(AsText(HashOfKey(name_, public_key_)))),
      "+", EncodeBase64(typed_key));
}

absl::StatusOr<NoteVerifier> NoteVerifier::Parse(
    std::string_view verifier_key) {
  // The name has no '+', the base64 may have.
  const std::size_t first = verifier_key.find('+');
  const std::size_t second = first == std::string_view::npos
                                 ? first
                                 : verifier_key.find('+', first + 1);
  if (second == std::string_view::npos) {
    return Malformed("it has fewer than three parts");
  }
  NoteVerifier verifier;
  verifier.name_ = std::string(verifier_key.substr(0, first));
  if (!IsNoteKeyName(verifier.name_))
    return Malformed("the name is not allowed");
  const std::optional<std::string> key =
      DecodeBase64(verifier_key.substr(second + 1));
  if (!key || key->empty()) return Malformed("the key is not base64");
  if (static_cast<std::uint8_t>(key->front()) != kEd25519 ||
      key->size() != 1 + verifier.public_key_.size()) {
    return Malformed("the key is not an Ed25519 key");
  }
  std::memcpy(verifier.public_key_.data(), key->data() + 1,
              verifier.public_key_.size());
  verifier.key_hash_ = HashOfKey(verifier.name_, verifier.public_key_);
  if (verifier_key.substr(first + 1, second - first - 1) !=
      absl::BytesToHexString(AbslView(AsText(verifier.key_hash_)))) {
    return Malformed("the hash does not belong to name and key");
  }
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
