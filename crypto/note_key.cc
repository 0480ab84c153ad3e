#include "crypto/note_key.h"

#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "crypto/base64.h"
#include "crypto/keyed_hash.h"

namespace samkoer::crypto {
namespace {

absl::Status Malformed(absl::string_view reason) {
  return absl::InvalidArgumentError(
      absl::StrCat("the verifier key is malformed: ", reason,
                   "; it has the form name+hash+key"));
}

std::string_view WhatIsExpected(NoteKeyType type) {
  return type == NoteKeyType::kEd25519
             ? "the key is not an Ed25519 key"
             : "the key is not a witness's (cosignature/v1)";
}

}  // namespace

NoteKey MakeNoteKey(std::string name, NoteKeyType type,
                    const std::array<std::uint8_t, 32>& public_key) {
  NoteKey key;
  key.name = std::move(name);
  key.public_key = public_key;
  const auto type_byte = static_cast<std::uint8_t>(type);
  const Hash32 full = Sha256({AsBytes(key.name), AsBytes("\n"),
                              Bytes(&type_byte, 1), Bytes(public_key)});
  std::memcpy(key.hash.data(), full.data(), key.hash.size());
  return key;
}

std::string FormatNoteKey(const NoteKey& key, NoteKeyType type) {
  std::array<std::uint8_t, 33> typed_key;
  typed_key[0] = static_cast<std::uint8_t>(type);
  std::memcpy(typed_key.data() + 1, key.public_key.data(),
              key.public_key.size());
  return absl::StrCat(key.name, "+",
                      absl::BytesToHexString(AbslView(AsText(key.hash))), "+",
                      EncodeBase64(typed_key));
}

absl::StatusOr<NoteKey> ParseNoteKey(std::string_view text, NoteKeyType type) {
  // The name has no '+', the base64 may have.
  const std::size_t first = text.find('+');
  const std::size_t second =
      first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) {
    return Malformed("it has fewer than three parts");
  }
  const std::string_view name = text.substr(0, first);
  if (!IsNoteKeyName(name)) return Malformed("the name is not allowed");
  const std::optional<std::string> bytes =
      DecodeBase64(text.substr(second + 1));
  if (!bytes || bytes->empty()) return Malformed("the key is not base64");
  std::array<std::uint8_t, 32> public_key;
  if (static_cast<std::uint8_t>(bytes->front()) !=
          static_cast<std::uint8_t>(type) ||
      bytes->size() != 1 + public_key.size()) {
    return Malformed(AbslView(WhatIsExpected(type)));
  }
  std::memcpy(public_key.data(), bytes->data() + 1, public_key.size());
  NoteKey key = MakeNoteKey(std::string(name), type, public_key);
  if (text.substr(first + 1, second - first - 1) !=
      absl::BytesToHexString(AbslView(AsText(key.hash)))) {
    return Malformed("the hash does not belong to name and key");
  }
  return key;
}

std::string NoteSignatureLine(const NoteKey& key, std::string_view signature) {
  std::string bytes(AsText(key.hash));
  bytes.append(signature);
  return absl::StrCat(AbslView(kNoteSignaturePrefix), key.name, " ",
                      EncodeBase64(AsBytes(bytes)), "\n");
}

}  // namespace samkoer::crypto
