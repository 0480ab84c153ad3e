#include "server/certificate_check.h"

#include <gtest/gtest.h>

#include <string>

#include "server/exit_codes.h"
#include "support/test_pki.h"

namespace samkoer::server {
namespace {

using testing::TestCertificate;
using testing::TestPki;

class CertificateCheckTest : public ::testing::Test {
 protected:
  static TestPki::Request ServerRequest() {
    TestPki::Request request;
    request.server = true;
    return request;
  }
  absl::StatusOr<absl::Time> Check(const std::string& pem,
                                   absl::Time now = absl::Now()) const {
    return CheckServerCertificate({"server.pem", pem},
                                  {"ca.pem", pki_.ca_pem()}, now);
  }
  absl::Status Check(const TestPki::Request& request) {
    return Check(pki_.Issue(request).certificate_pem).status();
  }
  static void ExpectRefused(const absl::Status& status, absl::StatusCode code,
                            const std::string& what) {
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_NE(std::string(status.message()).find(what), std::string::npos)
        << status;
    EXPECT_FALSE(HintOf(status).empty()) << status;
  }
  TestPki pki_;
};

TEST_F(CertificateCheckTest, AServersCertificateGivesItsExpiry) {
  TestPki::Request request = ServerRequest();
  request.not_after = absl::FromUnixSeconds(1900000000);
  const TestCertificate good = pki_.Issue(request);
  EXPECT_EQ(Check(good.certificate_pem).value(),
            absl::FromUnixSeconds(1900000000));
  // What follows it in the file is tried as an intermediate authority.
  EXPECT_TRUE(Check(good.certificate_pem + pki_.ca_pem()).ok());
}

TEST_F(CertificateCheckTest, OutsideItsDates) {
  const TestCertificate good = pki_.Issue(ServerRequest());
  ExpectRefused(
      Check(good.certificate_pem, absl::Now() - absl::Hours(3)).status(),
      absl::StatusCode::kFailedPrecondition, "server.pem: ");
  ExpectRefused(
      Check(good.certificate_pem, absl::Now() + absl::Hours(48)).status(),
      absl::StatusCode::kFailedPrecondition, "expired on");
}

TEST_F(CertificateCheckTest, AnAuthorityOutsideItsDatesIsNamed) {
  TestPki::Request request = ServerRequest();
  request.not_after = absl::Now() + absl::Hours(24 * 365 * 60);
  const TestCertificate outlives = pki_.Issue(request);
  ExpectRefused(
      Check(outlives.certificate_pem, absl::Now() + absl::Hours(24 * 365 * 50))
          .status(),
      absl::StatusCode::kFailedPrecondition, "ca.pem: ");
}

TEST_F(CertificateCheckTest, OfAnAuthorityThatIsNotTheConfiguredOne) {
  TestPki::Request request = ServerRequest();
  request.foreign = true;
  ExpectRefused(Check(request), absl::StatusCode::kInvalidArgument,
                "server.pem: does not chain to the authority in ca.pem");
}

TEST_F(CertificateCheckTest, NotMeantForAServer) {
  TestPki::Request request;
  request.dns_names = {"localhost"};
  ExpectRefused(Check(request), absl::StatusCode::kInvalidArgument,
                "not a server's certificate");
}

TEST_F(CertificateCheckTest, OfAClientsRole) {
  for (const char* role : {"department", "coordinator", "privacy-officer",
                           "operator", "witness"}) {
    TestPki::Request request = ServerRequest();
    request.uris = {"samkoer://eksempelby/" + std::string(role) + "/x"};
    ExpectRefused(Check(request), absl::StatusCode::kInvalidArgument,
                  "has the role " + std::string(role));
  }
  TestPki::Request request = ServerRequest();
  request.uris = {"samkoer://eksempelby/chef/x"};
  ExpectRefused(Check(request), absl::StatusCode::kInvalidArgument,
                "cannot be read");
  request.uris = {"samkoer://eksempelby/matcher/x", "https://example.org/"};
  EXPECT_TRUE(Check(request).ok());
}

TEST_F(CertificateCheckTest, WithoutANameOfAHost) {
  // A client's has none; the first thing found wrong is told.
  ExpectRefused(Check(TestPki::Request()), absl::StatusCode::kInvalidArgument,
                "names no host");
}

TEST_F(CertificateCheckTest, NoCertificateAtAll) {
  ExpectRefused(Check("hello").status(), absl::StatusCode::kInvalidArgument,
                "server.pem holds no PEM certificate");
  const TestCertificate good = pki_.Issue(ServerRequest());
  ExpectRefused(CheckServerCertificate({"server.pem", good.certificate_pem},
                                       {"ca.pem", ""}, absl::Now())
                    .status(),
                absl::StatusCode::kInvalidArgument,
                "ca.pem holds no PEM certificate");
}

TEST_F(CertificateCheckTest, AMalformedOneIsNotTakenForTheEndOfTheFile) {
  const TestCertificate good = pki_.Issue(ServerRequest());
  const std::string malformed =
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  ExpectRefused(Check(good.certificate_pem + malformed).status(),
                absl::StatusCode::kInvalidArgument,
                "server.pem: certificate 2 is malformed");
  ExpectRefused(
      CheckServerCertificate({"server.pem", good.certificate_pem},
                             {"ca.pem", pki_.ca_pem() + malformed}, absl::Now())
          .status(),
      absl::StatusCode::kInvalidArgument, "ca.pem: certificate 2 is malformed");
  ExpectRefused(CheckKeyFits({"server.key", good.key_pem},
                             {"server.pem", good.certificate_pem + malformed}),
                absl::StatusCode::kInvalidArgument,
                "server.pem: certificate 2 is malformed");
}

TEST_F(CertificateCheckTest, AKeyIsItsCertificatesOrIsRefused) {
  const TestCertificate one = pki_.Server(), other = pki_.Server();
  const PemFile chain{"server.pem", one.certificate_pem};
  EXPECT_TRUE(CheckKeyFits({"server.key", one.key_pem}, chain).ok());
  ExpectRefused(CheckKeyFits({"server.key", other.key_pem}, chain),
                absl::StatusCode::kInvalidArgument,
                "server.key: this is not the private key of server.pem");
  ExpectRefused(CheckKeyFits({"server.key", "hello"}, chain),
                absl::StatusCode::kInvalidArgument,
                "server.key holds no unencrypted PEM private key");
}

}  // namespace
}  // namespace samkoer::server
