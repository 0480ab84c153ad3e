#include "clients/common/own_certificate.h"

#include <fstream>

#include "gtest/gtest.h"
#include "tests/clients/pki_folder.h"

namespace samkoer::clients {
namespace {

TEST(OwnUriTest, IsTheOneInTheCertificate) {
  const PkiFolder pki;
  pki.Client("privacy-officer", "peter");
  EXPECT_EQ(OwnUri(pki.Tls("peter"), ""),
            "samkoer://viborg/privacy-officer/peter");
  // As the configuration has it: beside its own file.
  v1::ClientTls tls;
  tls.set_certificate_file("peter.pem");
  EXPECT_EQ(OwnUri(tls, pki.Path("audit.yaml")),
            "samkoer://viborg/privacy-officer/peter");
}

TEST(OwnUriTest, NothingIsKnownFromWhatIsNoCertificateOfOurs) {
  const PkiFolder pki;
  pki.Client("privacy-officer", "peter");
  std::ofstream(pki.Path("text.pem")) << "no certificate\n";
  std::ofstream(pki.Path("malformed.pem"))
      << pki.Text("peter.pem") << "-----BEGIN CERTIFICATE-----\nAAAA\n";
  for (const char* name : {"missing", "text", "malformed", "ca"}) {
    EXPECT_EQ(OwnUri(pki.Tls(name), ""), "") << name;
  }
}

TEST(IsSamePersonTest, TheNameCountsAndNotTheRole) {
  EXPECT_TRUE(IsSamePerson("samkoer://viborg/operator/drift",
                           "samkoer://viborg/privacy-officer/drift"));
  EXPECT_FALSE(IsSamePerson("samkoer://viborg/operator/drift",
                            "samkoer://viborg/operator/drift2"));
  // The servers' own proposals are nobody's.
  EXPECT_FALSE(IsSamePerson("matcher", "matcher"));
  EXPECT_FALSE(IsSamePerson("", ""));
}

}  // namespace
}  // namespace samkoer::clients
