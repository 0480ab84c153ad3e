#include "server/certificate_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "server/metrics.h"
#include "support/test_pki.h"

namespace samkoer::server {
namespace {

using ::testing::HasSubstr;
using testing::TestCertificate;
using testing::TestPki;

class CertificateWatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    own_ = Issue(100);
    tls_.set_ca_file(pki_.ca_file());
    tls_.set_certificate_file(own_.certificate_file);
    tls_.set_key_file(own_.key_file);
    auto identity = LiveIdentity::Load(tls_, absl::Now());
    ASSERT_TRUE(identity.ok()) << identity.status();
    identity_ = *std::move(identity);
    watch_.emplace(*identity_, *metrics_);
  }
  // A server's certificate that lasts so many hours from a fixed hour on.
  TestCertificate Issue(int hours) {
    TestPki::Request request;
    request.server = true;
    request.not_after = start_ + absl::Hours(hours);
    return pki_.Issue(request);
  }
  static void Write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::trunc) << text;
  }
  // One look; what it logged.
  std::string Look() {
    ::testing::internal::CaptureStderr();
    watch_->Look();
    return ::testing::internal::GetCapturedStderr();
  }
  void ExpectMetrics(int hours, int broken) const {
    EXPECT_EQ(identity_->not_after(), start_ + absl::Hours(hours));
    EXPECT_THAT(metrics_->Text(),
                HasSubstr("samkoer_certificate_files_broken " +
                          std::to_string(broken)));
  }
  const absl::Time start_ =
      absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  TestPki pki_;
  TestCertificate own_;
  v1::ServerTls tls_;
  std::unique_ptr<Metrics> metrics_ = *Metrics::Create("");
  std::unique_ptr<LiveIdentity> identity_;
  std::optional<CertificateWatch> watch_;
};

TEST_F(CertificateWatchTest, UnchangedFilesAreNoNews) {
  EXPECT_EQ(Look(), "");
  ExpectMetrics(100, 0);
}

TEST_F(CertificateWatchTest, ARenewedCertificateIsTakenAndTold) {
  const TestCertificate next = Issue(200);
  Write(own_.key_file, next.key_pem);
  Write(own_.certificate_file, next.certificate_pem);
  EXPECT_THAT(Look(), HasSubstr("certificate.renewed"));
  ExpectMetrics(200, 0);
  EXPECT_EQ(Look(), "");
}

TEST_F(CertificateWatchTest, HalfOfARenewalLeavesTheOldCertificateInUse) {
  const TestCertificate next = Issue(200);
  Write(own_.key_file, next.key_pem);
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Look(), HasSubstr("certificate.not_read"));
    ExpectMetrics(100, 1);
  }
  Write(own_.certificate_file, next.certificate_pem);
  EXPECT_THAT(Look(), HasSubstr("certificate.renewed"));
  ExpectMetrics(200, 0);
}

TEST_F(CertificateWatchTest, ACertificateOfAnotherCaIsNotTaken) {
  TestPki foreign("andenby");
  const TestCertificate next = foreign.Server();
  Write(own_.key_file, next.key_pem);
  Write(own_.certificate_file, next.certificate_pem);
  EXPECT_THAT(Look(), HasSubstr("certificate.not_read"));
  ExpectMetrics(100, 1);
}

TEST_F(CertificateWatchTest, TheKeyNeverStandsInTheLog) {
  Write(own_.certificate_file, own_.key_pem);
  const std::string told = Look();
  EXPECT_THAT(told, HasSubstr("certificate.not_read"));
  EXPECT_EQ(told.find("PRIVATE"), std::string::npos);
}

}  // namespace
}  // namespace samkoer::server
