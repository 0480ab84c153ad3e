#include "crypto/certificate.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <string>
#include <utility>
#include <vector>

#include "support/test_pki.h"

namespace samkoer::crypto {
namespace {

using ::samkoer::testing::TestCertificate;
using ::samkoer::testing::TestPki;

constexpr char kNoDer[] =
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

// The certificate with something in it that is no Base64.
std::string NoBase64(std::string pem) {
  const std::size_t line = pem.find('\n', pem.find("-----BEGIN CERTIFICATE"));
  return pem.replace(line + 1, 8, "!!!!!!!!");
}

std::string WithPassphrase(const PrivateKey& key, std::string passphrase) {
  BIO* const out = BIO_new(BIO_s_mem());
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(
                out, key.get(), EVP_aes_256_cbc(), passphrase.data(),
                static_cast<int>(passphrase.size()), nullptr, nullptr),
            1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(out);
  return text;
}

class CertificateTest : public ::testing::Test {
 protected:
  static void ExpectRefused(const absl::Status& status,
                            const std::string& message) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(status.message(), message);
    EXPECT_EQ(ERR_peek_error(), 0u) << "left for the next call";
  }
  TestPki pki_;
  const TestCertificate one_ = pki_.Server(), other_ = pki_.Server();
};

TEST_F(CertificateTest, AllOfAFileInTheirOrder) {
  const auto found =
      ReadCertificates("a note\n" + one_.key_pem + one_.certificate_pem +
                           "another\n" + other_.certificate_pem + "\n\n",
                       "x.pem");
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(), 2u);
  const auto key = ReadPrivateKey(one_.key_pem, "x.key");
  const auto other = ReadPrivateKey(other_.key_pem, "y.key");
  ASSERT_TRUE(key.ok() && other.ok()) << key.status() << other.status();
  EXPECT_TRUE(IsKeyOf(**key, *found->front()));
  EXPECT_FALSE(IsKeyOf(**other, *found->front()));
  EXPECT_TRUE(IsKeyOf(**other, *found->back()));
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST_F(CertificateTest, AMalformedOneIsNotTakenForTheEndOfTheFile) {
  const std::string& good = one_.certificate_pem;
  const std::string cut = good.substr(0, good.find("-----END"));
  for (const std::string& malformed :
       {NoBase64(good), std::string(kNoDer), cut}) {
    ExpectRefused(ReadCertificates(malformed, "x.pem").status(),
                  "x.pem: certificate 1 is malformed");
    ExpectRefused(ReadCertificates(good + malformed, "x.pem").status(),
                  "x.pem: certificate 2 is malformed");
  }
  ExpectRefused(ReadCertificates(good + good + kNoDer + good, "x.pem").status(),
                "x.pem: certificate 3 is malformed");
}

TEST_F(CertificateTest, AFileWithoutOneIsSaidToBe) {
  for (const std::string& text :
       {std::string(), std::string("hello\n"), one_.key_pem}) {
    ExpectRefused(ReadCertificates(text, "x.pem").status(),
                  "x.pem holds no PEM certificate");
  }
}

TEST_F(CertificateTest, WhatFailedBeforeIsNothingOfTheFiles) {
  ERR_raise(ERR_LIB_PEM, PEM_R_BAD_END_LINE);
  EXPECT_TRUE(ReadCertificates(one_.certificate_pem, "x.pem").ok());
}

TEST_F(CertificateTest, AKeyIsReadWithoutAPassphraseOrNotAtAll) {
  const auto key = ReadPrivateKey(one_.key_pem, "x.key");
  ASSERT_TRUE(key.ok()) << key.status();
  for (const std::string& text :
       {std::string("hello\n"), one_.certificate_pem,
        WithPassphrase(*key, "hemmelig"), WithPassphrase(*key, "")}) {
    ExpectRefused(ReadPrivateKey(text, "x.key").status(),
                  "x.key holds no unencrypted PEM private key");
  }
}

TEST_F(CertificateTest, ItsFirstAndLastMoment) {
  TestPki::Request request;
  request.not_before = absl::FromUnixSeconds(1'790'000'000);
  request.not_after = absl::FromUnixSeconds(1'900'000'000);
  const auto found =
      ReadCertificates(pki_.Issue(request).certificate_pem, "x.pem");
  ASSERT_TRUE(found.ok()) << found.status();
  const auto validity = ValidityOf(*found->front(), "x.pem");
  ASSERT_TRUE(validity.ok()) << validity.status();
  EXPECT_EQ(validity->not_before, request.not_before);
  EXPECT_EQ(validity->not_after, request.not_after);
  const Certificate blank(X509_new());
  ExpectRefused(ValidityOf(*blank, "x.pem").status(),
                "x.pem: malformed time in the certificate");
}

TEST_F(CertificateTest, ForWhomItStands) {
  const auto names = [this](std::vector<std::string> uris, bool server) {
    TestPki::Request request;
    request.uris = std::move(uris);
    request.server = server;
    const auto found =
        ReadCertificates(pki_.Issue(request).certificate_pem, "x.pem");
    EXPECT_TRUE(found.ok()) << found.status();
    return SubjectNamesOf(*found->front());
  };
  const std::string with_zero("samkoer://a/b\0c", 15);
  const SubjectNames both = names({"https://a/", with_zero}, true);
  EXPECT_EQ(both.uris, (std::vector<std::string>{"https://a/", with_zero}));
  EXPECT_TRUE(both.host);
  EXPECT_FALSE(names({"https://a/"}, false).host);
  EXPECT_TRUE(names({}, true).host);
  EXPECT_TRUE(names({}, false).uris.empty());
}

}  // namespace
}  // namespace samkoer::crypto
