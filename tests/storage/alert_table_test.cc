#include "storage/alert_table.h"

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

const std::string kSealed(60, 's');

StoredAlert Example() {
  StoredAlert alert;
  alert.alert_id = 0x1234567890;
  alert.person = 77;
  alert.subject_id.fill(8);
  alert.state = 5;
  alert.updated_micros = 1'700'000'000'000'001;
  alert.match_digest.fill(9);
  alert.departments = {0, 3, 65534};
  alert.sealed_alert = kSealed;
  return alert;
}

TEST(AlertTableTest, EveryFieldComesBack) {
  const std::string bytes = EncodeAlert(Example());
  const StoredAlert alert = ValueOf(DecodeAlert(bytes));
  EXPECT_EQ(alert.alert_id, Example().alert_id);
  EXPECT_EQ(alert.person, 77u);
  EXPECT_EQ(alert.subject_id, Example().subject_id);
  EXPECT_EQ(alert.state, 5);
  EXPECT_EQ(alert.updated_micros, Example().updated_micros);
  EXPECT_EQ(alert.match_digest, Example().match_digest);
  EXPECT_EQ(alert.departments, Example().departments);
  EXPECT_EQ(alert.sealed_alert, kSealed);
}

TEST(AlertTableTest, TooShortIsDataLoss) {
  const std::string bytes = EncodeAlert(Example());
  // From the point where what is left could still be a sealed alert on, only
  // the seal itself can tell.
  for (std::size_t n = 0; n < bytes.size() - kSealed.size() + 40; ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        DecodeAlert(std::string_view(bytes).substr(0, n)).status()))
        << n;
  }
}

TEST(AlertTableTest, AnUnknownVersionIsRefused) {
  std::string bytes = EncodeAlert(Example());
  bytes[0] = 7;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeAlert(bytes).status()));
}

TEST(AlertTableTest, AnAlertOpensOnlyUnderItsNumberAndKey) {
  crypto::NonceSource nonces;
  const std::string sealed = SealAlert(TestKey(1), 12, "alert", nonces);
  EXPECT_EQ(ValueOf(OpenAlert(TestKey(1), 12, sealed)), "alert");
  EXPECT_TRUE(absl::IsDataLoss(OpenAlert(TestKey(1), 13, sealed).status()));
  EXPECT_TRUE(absl::IsDataLoss(OpenAlert(TestKey(2), 12, sealed).status()));
}

}  // namespace
}  // namespace samkoer::storage
