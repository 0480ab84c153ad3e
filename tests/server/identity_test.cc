#include "server/identity.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "support/test_pki.h"

namespace samkoer::server {
namespace {

using testing::TestPki;

TEST(IdentityUri, EveryRoleIsRead) {
  const std::pair<const char*, Role> roles[] = {
      {"department", Role::kDepartment},
      {"coordinator", Role::kCoordinator},
      {"privacy-officer", Role::kPrivacyOfficer},
      {"operator", Role::kOperator},
      {"witness", Role::kWitness},
      {"matcher", Role::kMatcher},
  };
  for (const auto& [name, role] : roles) {
    const std::string uri =
        std::string("samkoer://viborg/") + name + "/familie-2";
    const auto identity = ParseIdentityUri(uri);
    ASSERT_TRUE(identity.ok()) << identity.status();
    EXPECT_EQ(identity->role, role);
    EXPECT_EQ(identity->municipality, "viborg");
    EXPECT_EQ(identity->name, "familie-2");
    EXPECT_EQ(identity->uri, uri);
    EXPECT_EQ(RoleName(role), name);
  }
}

TEST(IdentityUri, NamesOfSixtyFourBytesAreTheLongest) {
  const std::string longest(64, 'a');
  EXPECT_TRUE(
      ParseIdentityUri("samkoer://" + longest + "/operator/" + longest).ok());
  EXPECT_FALSE(ParseIdentityUri("samkoer://" + longest + "a/operator/x").ok());
  EXPECT_FALSE(
      ParseIdentityUri("samkoer://viborg/operator/" + longest + "a").ok());
}

TEST(IdentityUri, HostileFormsAreRefusedWithoutRepeatingThem) {
  const std::vector<std::string> hostile = {
      "",
      "samkoer:",
      "samkoer://",
      "samkoer:///department/familie",
      "samkoer://viborg",
      "samkoer://viborg/department",
      "samkoer://viborg/department/",
      "samkoer://viborg//familie",
      "samkoer://viborg/department/familie/",
      "samkoer://viborg/department/familie/x",
      "samkoer://viborg/department/../coordinator",
      "samkoer://viborg/department/familie?role=coordinator",
      "samkoer://viborg/department/familie#x",
      "samkoer://viborg/department/famil%69e",
      "samkoer://viborg/department/familie ",
      " samkoer://viborg/department/familie",
      "samkoer://viborg/department/familie\n",
      std::string("samkoer://viborg/department/familie\0x", 37),
      std::string("samkoer://viborg\0x/department/familie", 37),
      "samkoer://user@viborg/department/familie",
      "samkoer://viborg:443/department/familie",
      "samkoer://Viborg/department/familie",
      "samkoer://viborg/Department/familie",
      "samkoer://viborg/department/Familie",
      "SAMKOER://viborg/department/familie",
      "samkoer:/viborg/department/familie",
      "https://viborg/department/familie",
      "samkoer://viborg/admin/familie",
      "samkoer://viborg/department,coordinator/familie",
      "samkoer://vib\xc3\xb8rg/department/familie",
      "samkoer://viborg/department/fam_ilie",
      "samkoer://viborg\\department\\familie",
  };
  for (const std::string& uri : hostile) {
    const auto identity = ParseIdentityUri(uri);
    EXPECT_EQ(identity.status().code(), absl::StatusCode::kInvalidArgument)
        << absl::CEscape(uri);
    if (uri.size() > 20) {
      EXPECT_EQ(std::string(identity.status().message()).find(uri),
                std::string::npos);
    }
  }
}

class IdentityPemTest : public ::testing::Test {
 protected:
  absl::StatusOr<Identity> Read(std::vector<std::string> uris) {
    TestPki::Request request;
    request.uris = std::move(uris);
    return IdentityFromPem(pki_.Issue(request).certificate_pem);
  }
  TestPki pki_{"viborg"};
};

TEST_F(IdentityPemTest, FingerprintAndExpiryComeFromTheCertificate) {
  TestPki::Request request;
  request.uris = {"samkoer://viborg/department/familie"};
  request.not_after = absl::FromUnixSeconds(1900000000);
  const testing::TestCertificate certificate = pki_.Issue(request);
  const auto identity = IdentityFromPem(certificate.certificate_pem);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(absl::BytesToHexString(
                std::string(crypto::AsText(identity->certificate_sha256))),
            certificate.sha256_hex);
  EXPECT_EQ(identity->not_after, absl::FromUnixSeconds(1900000000));
}

TEST_F(IdentityPemTest, UrisOfOtherSchemesAreIgnored) {
  const auto identity = Read({"https://viborg.dk/x", "spiffe://a/b",
                              "samkoer://viborg/operator/drift"});
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->role, Role::kOperator);
}

TEST_F(IdentityPemTest, TwoSamkoerUrisAreRefused) {
  EXPECT_FALSE(Read({"samkoer://viborg/department/familie",
                     "samkoer://viborg/coordinator/anna"})
                   .ok());
  EXPECT_FALSE(Read({"samkoer://viborg/department/familie",
                     "samkoer://viborg/department/familie"})
                   .ok());
}

TEST_F(IdentityPemTest, AMalformedSamkoerUriBesideAGoodOneIsRefused) {
  EXPECT_FALSE(Read({"SAMKOER://viborg/coordinator/anna",
                     "samkoer://viborg/department/familie"})
                   .ok());
}

TEST_F(IdentityPemTest, NoUriIsRefused) {
  EXPECT_FALSE(Read({}).ok());
  EXPECT_FALSE(Read({"https://viborg.dk/"}).ok());
}

TEST_F(IdentityPemTest, AUriWithAZeroByteIsRefused) {
  EXPECT_FALSE(
      Read({std::string("samkoer://viborg/department/familie\0.evil", 41)})
          .ok());
}

TEST_F(IdentityPemTest, AMalformedCertificateBehindAGoodOneIsRefused) {
  TestPki::Request request;
  request.uris = {"samkoer://viborg/department/familie"};
  const std::string good = pki_.Issue(request).certificate_pem;
  EXPECT_TRUE(IdentityFromPem(good + pki_.ca_pem()).ok());
  EXPECT_EQ(IdentityFromPem(good + "-----BEGIN CERTIFICATE-----\nAAAA\n"
                                   "-----END CERTIFICATE-----\n")
                .status()
                .message(),
            "the certificate: certificate 2 is malformed");
}

TEST(IdentityPem, TextThatIsNoCertificateIsRefused) {
  EXPECT_FALSE(IdentityFromPem("").ok());
  EXPECT_FALSE(IdentityFromPem("-----BEGIN CERTIFICATE-----\nAAAA\n"
                               "-----END CERTIFICATE-----\n")
                   .ok());
}

}  // namespace
}  // namespace samkoer::server
