#include "crypto/cosignature.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "crypto/note_format.h"

namespace samkoer::crypto {
namespace {

constexpr std::size_t kTimeBytes = 8;
static_assert(crypto_sign_SEEDBYTES == 32 && crypto_sign_SECRETKEYBYTES == 64);

std::string SignedMessage(std::string_view text, std::uint64_t unix_seconds) {
  return absl::StrCat("cosignature/v1\ntime ", unix_seconds, "\n",
                      AbslView(text));
}

std::string EncodeTime(std::uint64_t unix_seconds) {
  std::string bytes(kTimeBytes, '\0');
  for (std::size_t i = kTimeBytes; i-- > 0; unix_seconds >>= 8) {
    bytes[i] = static_cast<char>(unix_seconds & 0xff);
  }
  return bytes;
}

std::uint64_t DecodeTime(std::string_view bytes) {
  std::uint64_t time = 0;
  for (const char byte : bytes) {
    time = time << 8 | static_cast<std::uint8_t>(byte);
  }
  return time;
}

}  // namespace

absl::StatusOr<CosignatureSigner> CosignatureSigner::FromSeed(
    std::string name, const SecretArray<32>& seed) {
  if (!IsNoteKeyName(name)) {
    return absl::InvalidArgumentError(
        "a witness's name is visible ASCII without '+', 1 to 255 characters");
  }
  CosignatureSigner signer;
  std::array<std::uint8_t, 32> public_key;
  crypto_sign_seed_keypair(public_key.data(),
                           signer.secret_key_.ExposeMutable().data(),
                           seed.Expose().data());
  signer.key_ =
      MakeNoteKey(std::move(name), NoteKeyType::kCosignatureV1, public_key);
  return signer;
}

std::string CosignatureSigner::Cosign(std::string_view text,
                                      std::uint64_t unix_seconds) const {
  const std::string message = SignedMessage(text, unix_seconds);
  std::array<std::uint8_t, crypto_sign_BYTES> signature;
  crypto_sign_detached(signature.data(), nullptr, AsBytes(message).data(),
                       message.size(), secret_key_.Expose().data());
  return NoteSignatureLine(key_, absl::StrCat(EncodeTime(unix_seconds),
                                              AbslView(AsText(signature))));
}

std::string CosignatureSigner::VerifierKey() const {
  return FormatNoteKey(key_, NoteKeyType::kCosignatureV1);
}

absl::StatusOr<CosignatureVerifier> CosignatureVerifier::Parse(
    std::string_view verifier_key) {
  auto key = ParseNoteKey(verifier_key, NoteKeyType::kCosignatureV1);
  if (!key.ok()) return key.status();
  CosignatureVerifier verifier;
  verifier.key_ = *std::move(key);
  return verifier;
}

absl::StatusOr<Cosigned> CosignatureVerifier::Verify(
    std::string_view note) const {
  const absl::StatusOr<ParsedNote> parsed = ParseNote(note);
  if (!parsed.ok()) return parsed.status();
  std::optional<Cosigned> newest;
  for (const NoteSignature& line : parsed->signatures) {
    if (line.name != key_.name || line.key_hash != key_.hash) continue;
    const std::string_view payload = line.signature;
    // One bad signature of this key refuses the note, though another be good.
    if (payload.size() != kTimeBytes + crypto_sign_BYTES) {
      return absl::UnauthenticatedError(
          absl::StrCat("the cosignature by ", key_.name, " is malformed"));
    }
    const std::uint64_t time = DecodeTime(payload.substr(0, kTimeBytes));
    const std::string message = SignedMessage(parsed->text, time);
    if (crypto_sign_verify_detached(AsBytes(payload.substr(kTimeBytes)).data(),
                                    AsBytes(message).data(), message.size(),
                                    key_.public_key.data()) != 0) {
      return absl::UnauthenticatedError(
          absl::StrCat("the cosignature by ", key_.name, " is wrong"));
    }
    if (newest && newest->unix_seconds >= time) continue;
    newest = Cosigned{std::string(parsed->text), time,
                      NoteSignatureLine(key_, payload)};
  }
  if (!newest) {
    return absl::NotFoundError(absl::StrCat(
        "the note bears no cosignature by the known key of ", key_.name));
  }
  return *std::move(newest);
}

}  // namespace samkoer::crypto
