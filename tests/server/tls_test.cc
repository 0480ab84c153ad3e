#include "server/tls.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "samkoer/v1/server_config.pb.h"
#include "server/exit_codes.h"
#include "support/test_pki.h"

namespace samkoer::server {
namespace {

using testing::TestCertificate;
using testing::TestPki;

class TlsTest : public ::testing::Test {
 protected:
  v1::ServerTls Tls(const TestCertificate& certificate) {
    v1::ServerTls tls;
    tls.set_listen("127.0.0.1:0");
    tls.set_ca_file(pki_.ca_file());
    tls.set_certificate_file(certificate.certificate_file);
    tls.set_key_file(certificate.key_file);
    return tls;
  }
  absl::Status Load(const v1::ServerTls& tls) {
    return LoadServerPems(tls, absl::Now()).status();
  }
  // check-config says the same, with the file and what to do.
  void ExpectRefused(const v1::ServerTls& tls, absl::StatusCode code,
                     const std::string& file, const std::string& what) {
    for (const absl::Status& status :
         {Load(tls), CheckTls(tls, absl::Now()).status()}) {
      EXPECT_EQ(status.code(), code) << status;
      const std::string message(status.message());
      EXPECT_TRUE(message.starts_with(file)) << message;
      const std::string all = message + "\n" + HintOf(status);
      EXPECT_NE(all.find(what), std::string::npos) << all;
      EXPECT_FALSE(HintOf(status).empty()) << message;
    }
  }
  TestPki pki_;
};

TEST_F(TlsTest, FilesThatFitGiveTheirTextsAndTheExpiry) {
  TestPki::Request request;
  request.server = true;
  request.not_after = absl::FromUnixSeconds(1900000000);
  const auto pems = LoadServerPems(Tls(pki_.Issue(request)), absl::Now());
  ASSERT_TRUE(pems.ok()) << pems.status();
  EXPECT_NE(pems->key.find("PRIVATE KEY"), std::string::npos);
  EXPECT_NE(pems->chain.find("CERTIFICATE"), std::string::npos);
  EXPECT_EQ(pems->not_after, absl::FromUnixSeconds(1900000000));
}

TEST_F(TlsTest, MissingFilesAreNamed) {
  const v1::ServerTls good = Tls(pki_.Server());
  v1::ServerTls tls = good;
  tls.set_ca_file("/nonexistent/ca.pem");
  ExpectRefused(tls, absl::StatusCode::kNotFound, tls.ca_file(), "No such");
  tls = good;
  tls.set_certificate_file("/nonexistent/c.pem");
  ExpectRefused(tls, absl::StatusCode::kNotFound, tls.certificate_file(),
                "No such");
  tls = good;
  tls.set_key_file("/nonexistent/c.key");
  ExpectRefused(tls, absl::StatusCode::kNotFound, tls.key_file(), "No such");
}

TEST_F(TlsTest, AKeyThatOthersCanReadIsRefusedWithTheRemedy) {
  const v1::ServerTls tls = Tls(pki_.Server());
  for (const mode_t mode : {0640, 0604, 0660}) {
    ASSERT_EQ(chmod(tls.key_file().c_str(), mode), 0);
    ExpectRefused(tls, absl::StatusCode::kPermissionDenied, tls.key_file(),
                  "chmod 600");
  }
  ASSERT_EQ(chmod(tls.key_file().c_str(), 0400), 0);
  EXPECT_TRUE(Load(tls).ok());
}

TEST_F(TlsTest, AnotherCertificatesKeyIsRefused) {
  v1::ServerTls tls = Tls(pki_.Server());
  tls.set_key_file(pki_.Server().key_file);
  ExpectRefused(tls, absl::StatusCode::kInvalidArgument, tls.key_file(),
                "not the private key of");
}

TEST_F(TlsTest, FilesThatAreNotPemAreRefused) {
  const std::string text = pki_.directory().Write("text", "hello\n");
  const v1::ServerTls good = Tls(pki_.Server());
  v1::ServerTls tls = good;
  tls.set_ca_file(text);
  ExpectRefused(tls, absl::StatusCode::kInvalidArgument, text,
                "no PEM certificate");
  tls = good;
  tls.set_certificate_file(text);
  ExpectRefused(tls, absl::StatusCode::kInvalidArgument, text,
                "no PEM certificate");
  tls = good;
  tls.set_key_file(text);
  ExpectRefused(tls, absl::StatusCode::kInvalidArgument, text,
                "no unencrypted PEM private key");
}

TEST_F(TlsTest, TheServersOwnExpiredOrEarlyCertificateIsRefused) {
  TestPki::Request request;
  request.server = true;
  request.not_before = absl::Now() - absl::Hours(5);
  request.not_after = absl::Now() - absl::Hours(2);
  v1::ServerTls tls = Tls(pki_.Issue(request));
  ExpectRefused(tls, absl::StatusCode::kFailedPrecondition,
                tls.certificate_file(), "expired on");
  request.not_before = absl::Now() + absl::Hours(2);
  request.not_after = absl::Now() + absl::Hours(5);
  tls = Tls(pki_.Issue(request));
  ExpectRefused(tls, absl::StatusCode::kFailedPrecondition,
                tls.certificate_file(), "not valid before");
}

TEST_F(TlsTest, ACertificateOfAnotherAuthorityOrOfAClientIsRefused) {
  TestPki::Request request;
  request.server = true;
  request.foreign = true;
  v1::ServerTls tls = Tls(pki_.Issue(request));
  ExpectRefused(tls, absl::StatusCode::kInvalidArgument, tls.certificate_file(),
                "does not chain to the authority in " + tls.ca_file());
  tls = Tls(pki_.Client("department", "familie"));
  ExpectRefused(tls, absl::StatusCode::kInvalidArgument, tls.certificate_file(),
                "role department");
}

TEST_F(TlsTest, TheCheckSaysWhenTheCertificateExpiresAndHowManyAreRevoked) {
  TestPki::Request request;
  request.server = true;
  request.not_after = absl::FromUnixSeconds(1900000000);
  v1::ServerTls tls = Tls(pki_.Issue(request));
  const std::string none = "certificate valid until 2030-03-17; ";
  EXPECT_EQ(CheckTls(tls, absl::Now()).value(),
            none + "0 certificates revoked");
  tls.set_revoked_file(
      pki_.directory().Write("revoked", pki_.Server().sha256_hex));
  EXPECT_EQ(CheckTls(tls, absl::Now()).value(),
            none + "1 certificates revoked");
  tls.set_revoked_file(pki_.directory().Write("revoked", "nonsense\n"));
  const absl::Status broken = CheckTls(tls, absl::Now()).status();
  EXPECT_EQ(broken.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(HintOf(broken).find("tls.revoked_file"), std::string::npos);
}

}  // namespace
}  // namespace samkoer::server
