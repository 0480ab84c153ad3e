#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "clients/web/certificate_watch.h"
#include "clients/web/person.h"
#include "clients/web/web_figures.h"
#include "support/test_pki.h"

namespace samkoer::clients {
namespace {

using ::testing::HasSubstr;

class WebCertificateWatch : public ::testing::Test {
 protected:
  WebCertificateWatch() {
    Put("page", pki_.Server());
    Put("own", pki_.Client("coordinator", "webside"));
    page_ = *PageTls::Load({File("page.pem"), File("page.key"), ""});
    v1::ClientTls tls;
    tls.set_ca_file(pki_.ca_file());
    tls.set_certificate_file(File("own.pem"));
    tls.set_key_file(File("own.key"));
    v1::ClientEndpoint endpoint;
    endpoint.set_address("127.0.0.1:1");
    matcher_ = *LiveChannel::Open(endpoint, tls, "");
  }
  std::string File(const std::string& name) {
    return pki_.directory().File(name);
  }
  void Put(const std::string& name,
           const testing::TestCertificate& certificate) {
    pki_.directory().Write(name + ".pem", certificate.certificate_pem);
    pki_.directory().Write(name + ".key", certificate.key_pem);
  }

  testing::TestPki pki_;
  std::unique_ptr<PageTls> page_;
  std::unique_ptr<LiveChannel> matcher_;
};

TEST_F(WebCertificateWatch, SaysWhatIsBrokenUntilItIsWholeAndLogsItOnce) {
  CertificateWatch watch(*page_, *matcher_, absl::OkStatus);
  watch.Look(absl::Now());
  EXPECT_FALSE(watch.page_broken());
  EXPECT_FALSE(watch.matcher_broken());
  pki_.directory().Write("page.pem", "half of it");
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) watch.Look(absl::Now());
  EXPECT_TRUE(watch.page_broken());
  EXPECT_FALSE(watch.matcher_broken());
  const testing::TestCertificate renewed = pki_.Server();
  Put("page", renewed);
  Put("own", pki_.Client("coordinator", "webside"));
  const auto context = page_->context();
  const auto channel = matcher_->Get();
  watch.Look(absl::Now());
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_FALSE(watch.page_broken());
  EXPECT_NE(page_->context(), context);
  EXPECT_NE(matcher_->Get(), channel);
  const std::string broken = "certificate.not_read";
  ASSERT_THAT(log, HasSubstr(broken));
  EXPECT_EQ(log.find(broken, log.find(broken) + 1), std::string::npos) << log;
  EXPECT_THAT(log, HasSubstr(R"("certificate.renewed","certificate":"page")"));
  EXPECT_THAT(log,
              HasSubstr(R"("certificate.renewed","certificate":"matcher")"));
}

TEST_F(WebCertificateWatch, SaysThatAListOfRevokedCertificatesCannotBeRead) {
  const std::string none(64, '0');
  pki_.directory().Write("revoked.txt", none + "\n");
  RevokedFile revoked(File("revoked.txt"));
  CertificateWatch watch(*page_, *matcher_, [&] { return revoked.Read(); });
  ::testing::internal::CaptureStderr();
  watch.Look(absl::Now());
  EXPECT_FALSE(watch.login_broken());
  pki_.directory().Write("revoked.txt", "no fingerprint\n");
  for (int i = 0; i < 3; ++i) watch.Look(absl::Now());
  EXPECT_TRUE(watch.login_broken());
  pki_.directory().Write("revoked.txt", none + "\n");
  watch.Look(absl::Now());
  EXPECT_FALSE(watch.login_broken());
  const std::string log = ::testing::internal::GetCapturedStderr();
  const std::string broken = R"("certificate.not_read","certificate":"login")";
  ASSERT_THAT(log, HasSubstr(broken));
  EXPECT_EQ(log.find(broken, log.find(broken) + 1), std::string::npos) << log;
  EXPECT_THAT(log,
              HasSubstr(R"("certificate.read_again","certificate":"login")"));
}

TEST(WebFigures, SayHowItIs) {
  WebState state;
  state.app.answers = {0, 7, 0, 2, 1};
  state.app.logins_refused = 3;
  state.streams = 5;
  state.sessions = 4;
  state.page_expiry = absl::FromUnixSeconds(100);
  state.matcher_expiry = absl::FromUnixSeconds(200);
  state.matcher_files_broken = true;
  state.login_file_broken = true;
  std::map<std::string, double> found;
  for (const Figure& figure : WebFigures(state)) {
    std::string name = figure.name;
    for (const auto& [key, value] : figure.labels) name += " " + value;
    EXPECT_TRUE(found.emplace(name, figure.value).second) << name;
  }
  EXPECT_EQ(found["samkoer_web_calls_total 2xx"], 7);
  EXPECT_EQ(found["samkoer_web_calls_total 4xx"], 2);
  EXPECT_EQ(found["samkoer_web_calls_total 5xx"], 1);
  EXPECT_EQ(found["samkoer_web_logins_refused_total"], 3);
  EXPECT_EQ(found["samkoer_web_event_lines"], 5);
  EXPECT_EQ(found["samkoer_web_sessions"], 4);
  EXPECT_EQ(found["samkoer_certificate_expiry_timestamp_seconds page"], 100);
  EXPECT_EQ(found["samkoer_certificate_expiry_timestamp_seconds matcher"], 200);
  EXPECT_EQ(found["samkoer_certificate_files_broken page"], 0);
  EXPECT_EQ(found["samkoer_certificate_files_broken matcher"], 1);
  EXPECT_EQ(found["samkoer_certificate_files_broken login"], 1);
  EXPECT_EQ(found["samkoer_web_matcher_contact_timestamp_seconds"], 0);
}

}  // namespace
}  // namespace samkoer::clients
