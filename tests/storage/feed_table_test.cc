#include "storage/feed_table.h"

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

const std::string kSealed(45, 's');

StoredFeedEntry Example() {
  StoredFeedEntry entry;
  entry.time_micros = 1'700'000'000'000'001;
  entry.alert_number = 12;
  entry.person = 77;
  entry.subject_id.fill(8);
  entry.sealed_alert = kSealed;
  return entry;
}

TEST(FeedTableTest, EveryFieldComesBack) {
  const std::string bytes = EncodeFeedEntry(Example());
  const StoredFeedEntry entry = ValueOf(DecodeFeedEntry(bytes));
  EXPECT_EQ(entry.time_micros, Example().time_micros);
  EXPECT_EQ(entry.alert_number, 12u);
  EXPECT_EQ(entry.person, 77u);
  EXPECT_EQ(entry.subject_id, Example().subject_id);
  EXPECT_EQ(entry.sealed_alert, kSealed);
}

TEST(FeedTableTest, AnErasedEntryKeepsItsTimeOnly) {
  StoredFeedEntry erased;
  erased.time_micros = 5;
  const std::string bytes = EncodeFeedEntry(erased);
  EXPECT_EQ(bytes.size(), 37u);
  const StoredFeedEntry entry = ValueOf(DecodeFeedEntry(bytes));
  EXPECT_EQ(entry.time_micros, 5);
  EXPECT_TRUE(entry.sealed_alert.empty());
}

TEST(FeedTableTest, DamageIsDataLoss) {
  const std::string bytes = EncodeFeedEntry(Example());
  for (const std::size_t n : {0u, 1u, 20u, 36u, 38u, 60u, 76u}) {
    EXPECT_TRUE(absl::IsDataLoss(
        DecodeFeedEntry(std::string_view(bytes).substr(0, n)).status()))
        << n;
  }
}

TEST(FeedTableTest, AnUnknownVersionIsRefused) {
  std::string bytes = EncodeFeedEntry(Example());
  bytes[0] = 7;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeFeedEntry(bytes).status()));
}

TEST(FeedTableTest, AnEntryOpensOnlyUnderItsSequenceNumber) {
  crypto::NonceSource nonces;
  const std::string sealed = SealFeedAlert(TestKey(1), 12, "alert", nonces);
  EXPECT_EQ(ValueOf(OpenFeedAlert(TestKey(1), 12, sealed)), "alert");
  EXPECT_TRUE(absl::IsDataLoss(OpenFeedAlert(TestKey(1), 11, sealed).status()));
}

}  // namespace
}  // namespace samkoer::storage
