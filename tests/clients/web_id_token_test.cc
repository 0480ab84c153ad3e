#include <gtest/gtest.h>
#include <jwt.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/escaping.h"
#include "clients/common/cat.h"
#include "clients/web/id_token.h"

namespace samkoer::clients {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// A key, both parts as PEM.
struct Key {
  std::string secret, open;
};

std::string Pem(EVP_PKEY* key, bool secret) {
  const std::unique_ptr<BIO, void (*)(BIO*)> out(
      BIO_new(BIO_s_mem()), [](BIO* bio) { BIO_free(bio); });
  if (secret) {
    PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr,
                             nullptr);
  } else {
    PEM_write_bio_PUBKEY(out.get(), key);
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Key Make(EVP_PKEY* made) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(made, EVP_PKEY_free);
  return {Pem(key.get(), true), Pem(key.get(), false)};
}

class WebIdToken : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    rsa = new Key(Make(EVP_RSA_gen(2048)));
    ec = new Key(Make(EVP_EC_gen("P-256")));
    stranger = new Key(Make(EVP_EC_gen("P-256")));
  }
  WebIdToken() {
    char name[] = "/tmp/samkoer-token.XXXXXX";
    folder_ = mkdtemp(name);
    Write(rsa->open + ec->open);
    config_.set_issuer("https://id.example/tenant");
    config_.set_audience("samkoer");
    config_.set_keys_file(folder_ + "/keys.pem");
    config_.set_role_claim("groups");
    config_.set_role_value("ungekoordinator");
  }
  ~WebIdToken() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& text) {
    std::ofstream(folder_ + "/keys.pem") << text;
  }

  // Good ones, but for `key`, which is `value` (or, if that is empty, missing).
  static std::string Claims(std::string_view key = "",
                            std::string_view value = "") {
    const std::pair<std::string_view, std::string_view> good[] = {
        {"iss", R"("https://id.example/tenant")"},
        {"aud", R"("samkoer")"},
        {"preferred_username", R"("ANNA")"},
        {"groups", R"(["x","ungekoordinator"])"},
        {"exp", "1800000300"},
    };
    std::string text = value.empty() ? "" : Cat(",\"", key, "\":", value);
    for (const auto& [name, usual] : good) {
      if (name != key) text += Cat(",\"", name, "\":", usual);
    }
    return Cat("{", text.substr(1), "}");
  }
  static std::string Sign(const std::string& claims, const std::string& key,
                          jwt_alg_t algorithm) {
    jwt_t* token = nullptr;
    jwt_new(&token);
    jwt_add_grants_json(token, claims.c_str());
    jwt_set_alg(token, algorithm,
                algorithm == JWT_ALG_NONE
                    ? nullptr
                    : reinterpret_cast<const unsigned char*>(key.data()),
                algorithm == JWT_ALG_NONE ? 0 : static_cast<int>(key.size()));
    char* text = jwt_encode_str(token);
    EXPECT_NE(text, nullptr);
    std::string result = text == nullptr ? "" : text;
    std::free(text);
    jwt_free(token);
    return result;
  }
  absl::StatusOr<Person> Verify(const std::string& token,
                                absl::Time now = kNow) {
    IdTokenVerifier verifier(config_);
    EXPECT_TRUE(verifier.Read().ok());
    return verifier.Verify(token, now);
  }
  bool Refused(const std::string& claims) {
    return absl::IsUnauthenticated(
        Verify(Sign(claims, ec->secret, JWT_ALG_ES256)).status());
  }

  absl::Status NameRefused(const std::string& name) {
    return Verify(Sign(Claims("preferred_username", name), ec->secret,
                       JWT_ALG_ES256))
        .status();
  }

  static inline Key *rsa, *ec, *stranger;
  std::string folder_;
  v1::OpenIdLogin config_;
};

TEST_F(WebIdToken, ACoordinatorComesInWithEitherAlgorithm) {
  for (const auto& [key, algorithm] :
       {std::pair(rsa, JWT_ALG_RS256), std::pair(ec, JWT_ALG_ES256)}) {
    const auto person = Verify(Sign(Claims(), key->secret, algorithm));
    ASSERT_TRUE(person.ok()) << person.status();
    EXPECT_EQ(person->name, "anna");
    EXPECT_EQ(person->not_after, absl::FromUnixSeconds(1'800'000'300));
  }
}

TEST_F(WebIdToken, WithoutASignatureOfTheIssuerNobodyComesIn) {
  const std::string good = Sign(Claims(), ec->secret, JWT_ALG_ES256);
  const std::string body = good.substr(0, good.rfind('.'));
  for (const std::string& token :
       {std::string(), std::string("a.b.c"), std::string(9000, 'a'), body,
        body + ".", body + ".AAAA", good + "A",
        Sign(Claims(), stranger->secret, JWT_ALG_ES256),
        Sign(Claims(), "", JWT_ALG_NONE),
        // The public key is no secret.
        Sign(Claims(), rsa->open, JWT_ALG_HS256),
        Sign(Claims(), ec->open, JWT_ALG_HS256),
        Sign(Claims(), rsa->secret, JWT_ALG_RS512)}) {
    EXPECT_TRUE(absl::IsUnauthenticated(Verify(token).status())) << token;
  }
}

TEST_F(WebIdToken, AnotherPayloadUnderTheSignatureIsRefused) {
  const std::string good = Sign(Claims(), ec->secret, JWT_ALG_ES256);
  const std::string other = Sign(Claims("x", "1"), ec->secret, JWT_ALG_ES256);
  EXPECT_FALSE(
      Verify(other.substr(0, other.rfind('.')) + good.substr(good.rfind('.')))
          .ok());
}

TEST_F(WebIdToken, OnlyOurIssuerAudienceAndTimeCount) {
  EXPECT_FALSE(Refused(Claims()));
  for (const char* claim : {"iss", "aud", "exp"}) {
    EXPECT_TRUE(Refused(Claims(claim))) << claim;
  }
  EXPECT_TRUE(Refused(Claims("iss", R"("https://id.example/other")")));
  EXPECT_TRUE(Refused(Claims("aud", R"("other")")));
  EXPECT_TRUE(Refused(Claims("aud", R"(["other"])")));
  EXPECT_FALSE(Refused(Claims("aud", R"(["samkoer"])")));
  // Of several audiences the one counts that asked for the token.
  EXPECT_TRUE(Refused(Claims("aud", R"(["other","samkoer"])")));
  EXPECT_TRUE(Refused(Claims("aud", R"(["other","samkoer"],"azp":"other")")));
  EXPECT_FALSE(
      Refused(Claims("aud", R"(["other","samkoer"],"azp":"samkoer")")));
  EXPECT_TRUE(Refused(Claims("aud", R"("samkoer","azp":"other")")));
  EXPECT_TRUE(Refused(Claims("exp", "1799999900")));  // has ended
  EXPECT_TRUE(Refused(Claims("exp", "1800086500")));  // lasts over a day
  EXPECT_TRUE(Refused(Claims("exp", R"("soon")")));
  EXPECT_TRUE(Refused(Claims("nbf", "1800000100")));
  EXPECT_TRUE(Refused(Claims("iat", "1800000100")));
  // A minute of difference between clocks is forgiven.
  EXPECT_FALSE(Refused(Claims("iat", "1800000050")));
  EXPECT_FALSE(Refused(Claims("exp", "1799999950")));
}

TEST_F(WebIdToken, ANameMustBeOneAndTheRoleMustHold) {
  for (const char* name : {R"("")", R"("anna@viborg.dk")", R"("a b")", "7",
                           R"("ærø")", R"(["anna"])"}) {
    EXPECT_TRUE(absl::IsPermissionDenied(NameRefused(name))) << name;
  }
  EXPECT_TRUE(absl::IsPermissionDenied(
      Verify(Sign(Claims("preferred_username"), ec->secret, JWT_ALG_ES256))
          .status()));
  for (const char* groups :
       {"", R"("ungekoordinatorer")", R"(["ungekoordinato"])", "[]", "true"}) {
    const auto status =
        Verify(Sign(Claims("groups", groups), ec->secret, JWT_ALG_ES256))
            .status();
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << groups << status;
  }
  EXPECT_FALSE(Refused(Claims("groups", R"("ungekoordinator")")));
}

TEST_F(WebIdToken, NewKeysAreTakenUpAndABrokenFileChangesNothing) {
  IdTokenVerifier verifier(config_);
  ASSERT_TRUE(verifier.Read().ok());
  const std::string old = Sign(Claims(), ec->secret, JWT_ALG_ES256);
  const std::string next = Sign(Claims(), stranger->secret, JWT_ALG_ES256);
  EXPECT_TRUE(verifier.Verify(old, kNow).ok());
  Write("broken");
  EXPECT_TRUE(absl::IsInvalidArgument(verifier.Read()));
  EXPECT_TRUE(verifier.Verify(old, kNow + absl::Seconds(61)).ok());
  Write(stranger->open);
  EXPECT_FALSE(verifier.Verify(next, kNow + absl::Seconds(62)).ok());
  EXPECT_TRUE(verifier.Verify(next, kNow + absl::Seconds(122)).ok());
  EXPECT_FALSE(verifier.Verify(old, kNow + absl::Seconds(122)).ok());
}

TEST_F(WebIdToken, WeakAndForeignKeysAreRefused) {
  for (const std::string& text :
       {std::string(), Make(EVP_RSA_gen(1024)).open,
        Make(EVP_EC_gen("P-384")).open, rsa->secret}) {
    Write(text);
    EXPECT_TRUE(absl::IsInvalidArgument(IdTokenVerifier(config_).Read()));
  }
}

TEST_F(WebIdToken, AMalformedKeyIsNotTheEndOfTheFile) {
  std::string malformed = rsa->open;
  malformed.replace(malformed.find('\n') + 1, 8, "!!!!!!!!");
  std::string no_key = rsa->open;
  no_key.replace(no_key.find('\n') + 1, 8, "AAAAAAAA");
  for (const std::string& one : {malformed, no_key}) {
    Write(stranger->open + one + ec->open);
    EXPECT_TRUE(absl::IsInvalidArgument(IdTokenVerifier(config_).Read()))
        << one;
  }
  Write(stranger->open + "# the next\n\n" + ec->open + "\n");
  EXPECT_TRUE(IdTokenVerifier(config_).Read().ok());
}

}  // namespace
}  // namespace samkoer::clients
