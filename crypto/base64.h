// Base64 (RFC 4648, 4) as signed notes need it: padded, and strict, so that one
// value has one encoding.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_BASE64_H_
#define SAMKOER_CRYPTO_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

#include "crypto/secret.h"

namespace samkoer::crypto {

std::string EncodeBase64(Bytes data);

// The decoded bytes as a string; nothing for other characters, missing padding,
// unused bits that are not zero, or anything after the end.
std::optional<std::string> DecodeBase64(std::string_view text);

// Takes exactly out.size() bytes; false, with `out` undefined, if `text` does
// not hold that many.
bool DecodeBase64Into(std::string_view text, MutableBytes out);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_BASE64_H_
