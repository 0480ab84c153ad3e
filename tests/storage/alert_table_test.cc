#include "storage/alert_table.h"

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

StoredAlert Example(std::uint64_t number) {
  StoredAlert alert;
  alert.number = number;
  alert.alert_id = 0x1234567890;
  alert.person = 77;
  alert.subject_id.fill(8);
  alert.state = 5;
  alert.updated_micros = 1'700'000'000'000'001;
  alert.match_digest.fill(9);
  alert.place = {1'000'000, 31};
  alert.flags = kAlertNominated | kAlertOverdue;
  alert.departments = {0, 3, 65534};
  return alert;
}

std::string Block(std::vector<StoredAlert> alerts) {
  return EncodeAlertBlock(alerts);
}

TEST(AlertTableTest, EveryFieldComesBack) {
  const auto alerts =
      ValueOf(DecodeAlertBlock(2, Block({Example(128), Example(191)})));
  ASSERT_EQ(alerts.size(), 2u);
  const StoredAlert& alert = alerts[1];
  EXPECT_EQ(alert.number, 191u);
  EXPECT_EQ(alert.alert_id, Example(0).alert_id);
  EXPECT_EQ(alert.person, 77u);
  EXPECT_EQ(alert.subject_id, Example(0).subject_id);
  EXPECT_EQ(alert.state, 5);
  EXPECT_EQ(alert.updated_micros, Example(0).updated_micros);
  EXPECT_EQ(alert.match_digest, Example(0).match_digest);
  EXPECT_EQ(alert.place.page, 1'000'000u);
  EXPECT_EQ(alert.place.index, 31);
  EXPECT_EQ(alert.flags, kAlertNominated | kAlertOverdue);
  EXPECT_EQ(alert.departments, Example(0).departments);
}

TEST(AlertTableTest, AnAlertWithoutParticipantsHasNoDepartments) {
  StoredAlert alert = Example(3);
  alert.departments.clear();
  EXPECT_TRUE(
      ValueOf(DecodeAlertBlock(0, Block({alert})))[0].departments.empty());
}

TEST(AlertTableTest, EveryTruncationIsDataLoss) {
  const std::string bytes = Block({Example(1), Example(2)});
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        DecodeAlertBlock(0, std::string_view(bytes).substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeAlertBlock(0, bytes + "x").status()));
}

TEST(AlertTableTest, SlotsMustAscend) {
  EXPECT_TRUE(absl::IsDataLoss(
      DecodeAlertBlock(0, Block({Example(2), Example(2)})).status()));
  EXPECT_TRUE(absl::IsDataLoss(DecodeAlertBlock(0, Block({})).status()));
}

TEST(AlertTableTest, ABlockFromBeforeTheFlagsHoldsMatchedAlerts) {
  StoredAlert alert = Example(1);
  alert.departments = {0, 3};
  std::string bytes = Block({alert});
  bytes[0] = 1;
  bytes.erase(bytes.size() - 2 * 2 - 1 - 2, 2);
  bytes.erase(1, 1);
  const auto alerts = ValueOf(DecodeAlertBlock(0, bytes));
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].flags, kAlertMatched);
  EXPECT_EQ(alerts[0].flags_known, 0);
  EXPECT_EQ(alerts[0].place.index, 31);
  EXPECT_EQ(alerts[0].departments, alert.departments);
}

TEST(AlertTableTest, ABlockSaysHowManyFlagsItKnows) {
  EXPECT_GE(kAlertFlagsKnown, 7);
  EXPECT_EQ(1 << kAlertFlagsKnown, 2 * (kAlertFlagsEnd - 1));
  std::string bytes = Block({Example(1)});
  EXPECT_EQ(ValueOf(DecodeAlertBlock(0, bytes))[0].flags_known,
            kAlertFlagsKnown);
  bytes[1] = 3;
  EXPECT_EQ(ValueOf(DecodeAlertBlock(0, bytes))[0].flags_known, 3);
  // As version 2 wrote it.
  bytes[0] = 2;
  bytes.erase(1, 1);
  const auto alerts = ValueOf(DecodeAlertBlock(0, bytes));
  EXPECT_EQ(alerts[0].flags_known, 0);
  EXPECT_EQ(alerts[0].flags, Example(1).flags);
}

TEST(AlertTableTest, AnUnknownVersionIsRefused) {
  std::string bytes = Block({Example(1)});
  for (const char version : {'\0', '\x04'}) {
    bytes[0] = version;
    EXPECT_TRUE(
        absl::IsFailedPrecondition(DecodeAlertBlock(0, bytes).status()));
  }
  bytes = Block({Example(1)});
  bytes[1] = kAlertFlagsKnown + 1;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeAlertBlock(0, bytes).status()));
}

}  // namespace
}  // namespace samkoer::storage
