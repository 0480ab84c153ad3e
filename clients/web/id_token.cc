#include "clients/web/id_token.h"

#include <jansson.h>
#include <jwt.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMaxTokenBytes = 8 * 1024;
constexpr std::size_t kMaxFileBytes = 256 * 1024;
constexpr std::size_t kMaxKeys = 16;
constexpr int kLeastRsaBits = 2048;
constexpr absl::Duration kReread = absl::Minutes(1);
constexpr absl::Duration kClockDifference = absl::Minutes(1);
// A token that is valid for longer was not made to come in with.
constexpr absl::Duration kLongestLife = absl::Hours(24);

struct Free {
  void operator()(jwt_t* token) const { jwt_free(token); }
  void operator()(json_t* value) const { json_decref(value); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(char* text) const { std::free(text); }
};
using Token = std::unique_ptr<jwt_t, Free>;
using Claims = std::unique_ptr<json_t, Free>;

bool IsGoodKey(const EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
    return EVP_PKEY_get_bits(key) >= kLeastRsaBits;
  }
  char group[64];
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_group_name(key, group, sizeof(group), nullptr) == 1 &&
         std::string_view(group) == "prime256v1";
}

// Each public key of the text as a PEM text of its own.
absl::StatusOr<std::vector<std::string>> SplitKeys(const std::string& text,
                                                   const std::string& path) {
  const std::unique_ptr<BIO, Free> in(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  std::vector<std::string> keys;
  char *name = nullptr, *header = nullptr;
  unsigned char* bytes = nullptr;
  long length = 0;
  ERR_clear_error();
  while (PEM_read_bio(in.get(), &name, &header, &bytes, &length) == 1) {
    const bool is_key = std::string_view(name) == PEM_STRING_PUBLIC;
    const unsigned char* at = bytes;
    const std::unique_ptr<EVP_PKEY, Free> key(
        is_key ? d2i_PUBKEY(nullptr, &at, length) : nullptr);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(bytes);
    if (!is_key) continue;
    if (key == nullptr) {
      ERR_clear_error();
      return absl::InvalidArgumentError(
          Cat(path, ": key ", keys.size() + 1, " is no public key"));
    }
    const std::unique_ptr<BIO, Free> out(BIO_new(BIO_s_mem()));
    char* data = nullptr;
    if (!IsGoodKey(key.get()) || keys.size() == kMaxKeys ||
        PEM_write_bio_PUBKEY(out.get(), key.get()) != 1) {
      return absl::InvalidArgumentError(
          Cat(path,
              ": a key is neither RSA of 2048 bits or more nor P-256, or "
              "there are over ",
              kMaxKeys));
    }
    const long size = BIO_get_mem_data(out.get(), &data);
    keys.emplace_back(data, static_cast<std::size_t>(size));
  }
  // The end of the file is an error, too; any other is a key that is none, and
  // those behind it would be missed.
  const int reason = ERR_GET_REASON(ERR_peek_last_error());
  ERR_clear_error();
  if (reason != PEM_R_NO_START_LINE) {
    return absl::InvalidArgumentError(
        Cat(path, ": key ", keys.size() + 1, " is no public key in PEM form"));
  }
  if (keys.empty()) {
    return absl::InvalidArgumentError(Cat(path, ": no public key in PEM form"));
  }
  return keys;
}

// Null unless the signature is the key's.
Token Decode(const std::string& token, const std::string& key) {
  jwt_t* decoded = nullptr;
  const int failed =
      jwt_decode(&decoded, token.c_str(),
                 reinterpret_cast<const unsigned char*>(key.data()),
                 static_cast<int>(key.size()));
  Token owned(decoded);
  ERR_clear_error();
  if (failed != 0) return nullptr;
  // The header names the algorithm: without this look anybody could sign with
  // the public key as the secret of an HMAC, or not at all.
  const jwt_alg_t algorithm = jwt_get_alg(owned.get());
  if (algorithm != JWT_ALG_RS256 && algorithm != JWT_ALG_ES256) return nullptr;
  return owned;
}

bool IsText(const json_t* value, std::string_view wanted) {
  return json_is_string(value) &&
         std::string_view(json_string_value(value),
                          json_string_length(value)) == wanted;
}

// A text, or a list with that text in it.
bool Holds(const json_t* value, std::string_view wanted) {
  if (IsText(value, wanted)) return true;
  for (std::size_t i = 0; i < json_array_size(value); ++i) {
    if (IsText(json_array_get(value, i), wanted)) return true;
  }
  return false;
}

absl::Time TimeOf(const json_t* value, absl::Time otherwise) {
  return json_is_integer(value)
             ? absl::FromUnixSeconds(json_integer_value(value))
             : otherwise;
}

absl::Status Refused(std::string_view why) {
  return absl::UnauthenticatedError(Cat("the ID token ", why));
}

}  // namespace

IdTokenVerifier::IdTokenVerifier(v1::OpenIdLogin config)
    : config_(std::move(config)) {}

absl::Status IdTokenVerifier::Read() {
  const auto text = ReadSmallFile(config_.keys_file(), kMaxFileBytes);
  if (!text.ok()) return text.status();
  auto keys = SplitKeys(*text, config_.keys_file());
  if (!keys.ok()) return keys.status();
  const absl::MutexLock lock(&mutex_);
  keys_ = *std::move(keys);
  return absl::OkStatus();
}

absl::StatusOr<Person> IdTokenVerifier::Verify(std::string_view token,
                                               absl::Time now) {
  if (token.empty()) return Refused("is missing");
  if (token.size() > kMaxTokenBytes) return Refused("is too long");
  bool due = false;
  {
    const absl::MutexLock lock(&mutex_);
    due = now - read_ >= kReread;
    if (due) read_ = now;
  }
  // A file that is just being replaced is read the next time; CertificateWatch
  // says if it stays as it is.
  if (due) Read().IgnoreError();
  std::vector<std::string> keys;
  {
    const absl::MutexLock lock(&mutex_);
    keys = keys_;
  }
  Token verified;
  for (const std::string& key : keys) {
    if ((verified = Decode(std::string(token), key)) != nullptr) break;
  }
  if (verified == nullptr) return Refused("is not signed by the issuer's keys");
  const std::unique_ptr<char, Free> text(
      jwt_get_grants_json(verified.get(), nullptr));
  const Claims claims(text == nullptr ? nullptr
                                      : json_loads(text.get(), 0, nullptr));
  const auto claim = [&](const std::string& name) {
    return json_object_get(claims.get(), name.c_str());
  };
  if (!IsText(claim("iss"), config_.issuer())) {
    return Refused("is another issuer's");
  }
  if (!Holds(claim("aud"), config_.audience())) {
    return Refused("is for another audience");
  }
  // A token for several is for the one that it was given to.
  const json_t* party = claim("azp");
  if ((party != nullptr || json_array_size(claim("aud")) > 1) &&
      !IsText(party, config_.audience())) {
    return Refused("was given to another party");
  }
  const absl::Time ends = TimeOf(claim("exp"), absl::InfinitePast());
  const absl::Time begins = TimeOf(claim("nbf"), absl::InfinitePast());
  const absl::Time made = TimeOf(claim("iat"), absl::InfinitePast());
  if (now - kClockDifference > ends) return Refused("has expired");
  if (now + kClockDifference < begins || now + kClockDifference < made) {
    return Refused("is not valid yet");
  }
  if (ends - now > kLongestLife) return Refused("is valid for over a day");
  if (!Holds(claim(config_.role_claim()), config_.role_value())) {
    return absl::PermissionDeniedError(
        "the ID token does not name a coordinator's role");
  }
  const json_t* name =
      claim(config_.name_claim().empty() ? "preferred_username"
                                         : config_.name_claim());
  Person person{json_is_string(name)
                    ? absl::AsciiStrToLower(json_string_value(name))
                    : "",
                ends};
  if (!IsPersonName(person.name)) {
    // To log in again would not help.
    return absl::PermissionDeniedError(
        "the ID token has no name of a-z, 0-9 and '-'");
  }
  return person;
}

}  // namespace samkoer::clients
