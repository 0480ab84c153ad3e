#include "crypto/envelope.h"

#include <cstring>

namespace samkoer::crypto {
namespace {

static_assert(kTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(kNonceBytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kSealOverheadBytes == kNonceBytes + kTagBytes);
static_assert(sizeof(SealKey) == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

void SealWithNonce(const SealKey& key, Bytes associated_data, Bytes plaintext,
                   std::span<const std::uint8_t, kNonceBytes> nonce,
                   std::string& out) {
  const std::size_t start = out.size();
  out.resize(start + kSealOverheadBytes + plaintext.size());
  auto* const sealed = reinterpret_cast<std::uint8_t*>(out.data()) + start;
  std::memcpy(sealed, nonce.data(), kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed + kNonceBytes, nullptr, plaintext.data(), plaintext.size(),
      associated_data.data(), associated_data.size(), nullptr, sealed,
      key.Expose().data());
}

absl::Status TooShort() {
  return absl::DataLossError(
      "a sealed value is shorter than its nonce and tag; restore it from a "
      "backup");
}

absl::Status DoesNotOpen() {
  return absl::DataLossError(
      "a sealed value does not open: it was changed, moved, or sealed under "
      "another key");
}

// `out` has room for the plaintext.
absl::Status OpenInto(const SealKey& key, Bytes associated_data, Bytes sealed,
                      std::uint8_t* out) {
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          out, nullptr, nullptr, sealed.data() + kNonceBytes,
          sealed.size() - kNonceBytes, associated_data.data(),
          associated_data.size(), sealed.data(), key.Expose().data()) != 0) {
    return DoesNotOpen();
  }
  return absl::OkStatus();
}

}  // namespace

std::span<const std::uint8_t, kNonceBytes> NonceSource::Next() {
  if (used_ == kPool) {
    randombytes_buf(pool_.data(), pool_.size());
    used_ = 0;
  }
  return std::span<const std::uint8_t, kNonceBytes>(
      pool_.data() + kNonceBytes * used_++, kNonceBytes);
}

void SealTo(const SealKey& key, Bytes associated_data, Bytes plaintext,
            NonceSource& nonces, std::string& out) {
  SealWithNonce(key, associated_data, plaintext, nonces.Next(), out);
}

std::string Seal(const SealKey& key, Bytes associated_data, Bytes plaintext) {
  std::array<std::uint8_t, kNonceBytes> nonce;
  randombytes_buf(nonce.data(), nonce.size());
  std::string out;
  SealWithNonce(key, associated_data, plaintext, nonce, out);
  return out;
}

absl::StatusOr<std::string> Open(const SealKey& key, Bytes associated_data,
                                 Bytes sealed) {
  if (sealed.size() < kSealOverheadBytes) return TooShort();
  std::string plaintext(sealed.size() - kSealOverheadBytes, '\0');
  absl::Status status =
      OpenInto(key, associated_data, sealed,
               reinterpret_cast<std::uint8_t*>(plaintext.data()));
  if (!status.ok()) return status;
  return plaintext;
}

absl::StatusOr<SecretBuffer> OpenSecret(const SealKey& key,
                                        Bytes associated_data, Bytes sealed) {
  if (sealed.size() < kSealOverheadBytes) return TooShort();
  SecretBuffer plaintext(sealed.size() - kSealOverheadBytes);
  absl::Status status =
      OpenInto(key, associated_data, sealed, plaintext.ExposeMutable().data());
  if (!status.ok()) return status;
  return plaintext;
}

void SealAt(const SealKey& key, const Nonce& nonce, Bytes associated_data,
            Bytes plaintext, std::string& out) {
  const std::size_t start = out.size();
  out.resize(start + plaintext.size() + kTagBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      reinterpret_cast<std::uint8_t*>(out.data()) + start, nullptr,
      plaintext.data(), plaintext.size(), associated_data.data(),
      associated_data.size(), nullptr, nonce.data(), key.Expose().data());
}

absl::Status OpenAt(const SealKey& key, const Nonce& nonce,
                    Bytes associated_data, Bytes sealed, std::string& out) {
  if (sealed.size() < kTagBytes) return TooShort();
  const std::size_t start = out.size();
  out.resize(start + sealed.size() - kTagBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          reinterpret_cast<std::uint8_t*>(out.data()) + start, nullptr, nullptr,
          sealed.data(), sealed.size(), associated_data.data(),
          associated_data.size(), nonce.data(), key.Expose().data()) != 0) {
    out.resize(start);
    return DoesNotOpen();
  }
  return absl::OkStatus();
}

}  // namespace samkoer::crypto
