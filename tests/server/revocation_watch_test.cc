#include "server/revocation_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/metrics.h"
#include "support/test_pki.h"

namespace samkoer::server {
namespace {

using ::testing::HasSubstr;

class RevocationWatchTest : public ::testing::Test {
 protected:
  // One look; what it logged.
  std::string Look() {
    ::testing::internal::CaptureStderr();
    watch_.Look();
    return ::testing::internal::GetCapturedStderr();
  }
  bool IsRevoked(std::uint8_t byte) const {
    crypto::Hash32 fingerprint;
    fingerprint.fill(byte);
    return list_->IsRevoked(fingerprint);
  }
  void ExpectMetrics(int revoked, int broken) const {
    const std::string page = metrics_->Text();
    EXPECT_THAT(page, HasSubstr("samkoer_revoked_certificates " +
                                std::to_string(revoked)));
    EXPECT_THAT(page, HasSubstr("samkoer_revocation_list_broken " +
                                std::to_string(broken)));
  }
  const std::string one_ = std::string(64, '1') + "\n";
  const std::string two_ = std::string(64, '2') + "\n";
  testing::TestDirectory directory_;
  std::unique_ptr<Metrics> metrics_ = *Metrics::Create("");
  std::unique_ptr<RevocationList> list_ =
      *RevocationList::Load(directory_.Write("revoked", one_));
  RevocationWatch watch_{*list_, *metrics_};
};

TEST_F(RevocationWatchTest, AnUnchangedListIsNoNews) {
  ExpectMetrics(1, 0);
  EXPECT_EQ(Look(), "");
}

TEST_F(RevocationWatchTest, ALongerListIsToldAndInForce) {
  directory_.Write("revoked", one_ + two_);
  EXPECT_THAT(Look(), HasSubstr("revocation.read"));
  ExpectMetrics(2, 0);
  EXPECT_TRUE(IsRevoked(0x22));
}

TEST_F(RevocationWatchTest, AListReadHalfWrittenLeavesTheOldOneInForce) {
  directory_.Write("revoked", two_.substr(0, 30));
  for (int i = 0; i < 2; ++i) {
    const std::string told = Look();
    EXPECT_THAT(told, HasSubstr("revocation.not_read"));
    EXPECT_THAT(told, HasSubstr("\"level\":\"error\""));
    ExpectMetrics(1, 1);
    EXPECT_TRUE(IsRevoked(0x11));
  }
  directory_.Write("revoked", one_ + two_);
  EXPECT_THAT(Look(), HasSubstr("revocation.read"));
  ExpectMetrics(2, 0);
}

TEST_F(RevocationWatchTest, AShorterListIsAWarning) {
  directory_.Write("revoked", "# nobody\n");
  const std::string told = Look();
  EXPECT_THAT(told, HasSubstr("revocation.shorter"));
  EXPECT_THAT(told, HasSubstr("\"before\":1"));
  ExpectMetrics(0, 0);
  EXPECT_FALSE(IsRevoked(0x11));
}

}  // namespace
}  // namespace samkoer::server
