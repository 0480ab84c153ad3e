#include "crypto/base64.h"

#include <cstring>

namespace samkoer::crypto {

std::string EncodeBase64(Bytes data) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  // libsodium counts and writes a terminating zero.
  std::string out(sodium_base64_encoded_len(data.size(), kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), data.data(), data.size(), kVariant);
  out.pop_back();
  return out;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string out(text.size() / 4 * 3, '\0');
  std::size_t length = 0;
  // Without an end pointer, anything left over is an error.
  if (sodium_base642bin(reinterpret_cast<std::uint8_t*>(out.data()), out.size(),
                        text.data(), text.size(), nullptr, &length, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    return std::nullopt;
  }
  out.resize(length);
  // libsodium 1.0.18 also takes some bytes above 0x7f for letters.
  if (EncodeBase64(AsBytes(out)) != text) return std::nullopt;
  return out;
}

bool DecodeBase64Into(std::string_view text, MutableBytes out) {
  const std::optional<std::string> decoded = DecodeBase64(text);
  if (!decoded || decoded->size() != out.size()) return false;
  std::memcpy(out.data(), decoded->data(), out.size());
  return true;
}

}  // namespace samkoer::crypto
