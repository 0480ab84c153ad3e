#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fstream>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "clients/web/person.h"
#include "tests/clients/pki_folder.h"

namespace samkoer::clients {
namespace {

std::string Der(const std::string& pem) {
  const std::unique_ptr<BIO, void (*)(BIO*)> in(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
      [](BIO* bio) { BIO_free(bio); });
  const std::unique_ptr<X509, void (*)(X509*)> certificate(
      PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr), X509_free);
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  std::string text(reinterpret_cast<char*>(der),
                   static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

TEST(WebPerson, TheCertificateSaysWhoItIs) {
  const PkiFolder pki;
  pki.Client("coordinator", "anna");
  const auto person =
      PersonOfCertificate(Der(pki.Text("anna.pem")), "viborg", absl::Now());
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_EQ(person->name, "anna");
  EXPECT_GT(person->not_after, absl::Now() + absl::Hours(24));
  EXPECT_EQ(PersonUri("viborg", person->name),
            "samkoer://viborg/coordinator/anna");
}

TEST(WebPerson, WhoeverIsNoCoordinatorHereIsNobody) {
  const PkiFolder pki;
  pki.Client("coordinator", "anna");
  pki.Client("privacy-officer", "dpo");
  pki.Server("server");
  const std::string anna = Der(pki.Text("anna.pem"));
  const absl::Time now = absl::Now();
  for (const auto& status :
       {PersonOfCertificate(anna, "aarhus", now).status(),
        PersonOfCertificate(anna, "vibor", now).status(),
        PersonOfCertificate(anna, "viborg", now + absl::Hours(24 * 60))
            .status(),
        PersonOfCertificate(Der(pki.Text("dpo.pem")), "viborg", now).status(),
        PersonOfCertificate(Der(pki.Text("server.pem")), "viborg", now)
            .status(),
        PersonOfCertificate("", "viborg", now).status(),
        PersonOfCertificate(anna.substr(1), "viborg", now).status()}) {
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  }
}

TEST(WebPerson, NamesAreThoseOfCertificates) {
  EXPECT_TRUE(IsPersonName("anna-2"));
  EXPECT_TRUE(IsPersonName(std::string(64, 'a')));
  for (const std::string& bad :
       {std::string(), std::string(65, 'a'), std::string("Anna"),
        std::string("a/b"), std::string("æ"), std::string("a b")}) {
    EXPECT_FALSE(IsPersonName(bad)) << bad;
  }
}

TEST(WebRevokedFile, WhoIsOnTheListIsRevokedWithinTenSeconds) {
  const PkiFolder pki;
  pki.Client("coordinator", "anna");
  const std::string anna = Der(pki.Text("anna.pem"));
  const std::string list = pki.Path("revoked.txt");
  std::ofstream(list) << "# nobody\n";
  RevokedFile revoked(list);
  ASSERT_TRUE(revoked.Read().ok());
  const absl::Time now = absl::Now();
  EXPECT_FALSE(revoked.IsRevoked(anna, now));
  const std::string command = SourceFolder() + "/deploy/pki revoke '" + list +
                              "' '" + pki.Path("anna.pem") + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_FALSE(revoked.IsRevoked(anna, now + absl::Seconds(9)));
  EXPECT_TRUE(revoked.IsRevoked(anna, now + absl::Seconds(10)));
  EXPECT_FALSE(revoked.IsRevoked(anna + "x", now + absl::Seconds(10)));
  // A file that cannot be read frees nobody.
  std::ofstream(list) << "no fingerprint\n";
  EXPECT_TRUE(revoked.IsRevoked(anna, now + absl::Seconds(30)));
  EXPECT_TRUE(absl::IsInvalidArgument(revoked.Read()));
  EXPECT_TRUE(absl::IsNotFound(RevokedFile(pki.Path("none")).Read()));
  EXPECT_FALSE(RevokedFile("").IsRevoked(anna, now));
}

}  // namespace
}  // namespace samkoer::clients
