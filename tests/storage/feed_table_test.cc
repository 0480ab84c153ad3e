#include "storage/feed_table.h"

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

StoredFeedPage Example() {
  StoredFeedPage page;
  page.time_micros = 1'700'000'000'000'001;
  page.entries = {{12, "first"}, {0, ""}, {7, "third"}};
  return page;
}

TEST(FeedTableTest, EntriesComeBackErasedOnesEmpty) {
  const std::string bytes = EncodeFeedPage(Example());
  const StoredFeedPage page = ValueOf(DecodeFeedPage(bytes));
  EXPECT_EQ(page.time_micros, Example().time_micros);
  ASSERT_EQ(page.entries.size(), 3u);
  EXPECT_EQ(page.entries[0].alert_number, 12u);
  EXPECT_EQ(page.entries[0].sealed_alert, "first");
  EXPECT_EQ(page.entries[1].alert_number, 0u);
  EXPECT_TRUE(page.entries[1].sealed_alert.empty());
  EXPECT_EQ(page.entries[2].sealed_alert, "third");
}

TEST(FeedTableTest, AnErasedEntryTakesTwelveBytes) {
  StoredFeedPage page = Example();
  const std::size_t before = EncodeFeedPage(page).size();
  page.entries[0] = {};
  EXPECT_EQ(EncodeFeedPage(page).size(), before - 5);
}

TEST(FeedTableTest, EveryTruncationIsDataLoss) {
  const std::string bytes = EncodeFeedPage(Example());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        DecodeFeedPage(std::string_view(bytes).substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeFeedPage(bytes + "x").status()));
}

TEST(FeedTableTest, PagesOfNoOrTooManyEntriesAreDataLoss) {
  StoredFeedPage page = Example();
  page.entries.clear();
  EXPECT_TRUE(absl::IsDataLoss(DecodeFeedPage(EncodeFeedPage(page)).status()));
  page.entries.resize(kFeedPageEntries);
  SAMKOER_EXPECT_OK(DecodeFeedPage(EncodeFeedPage(page)).status());
  page.entries.resize(kFeedPageEntries + 1);
  EXPECT_TRUE(absl::IsDataLoss(DecodeFeedPage(EncodeFeedPage(page)).status()));
}

TEST(FeedTableTest, AnEntryIsErasedWhollyOrNotAtAll) {
  StoredFeedPage page = Example();
  page.entries[0].sealed_alert = "";
  EXPECT_TRUE(absl::IsDataLoss(DecodeFeedPage(EncodeFeedPage(page)).status()));
}

TEST(FeedTableTest, ATombstoneComesBackAmongOtherEntries) {
  StoredFeedPage page = Example();
  page.entries[1].tombstone_cause = 2;
  page.entries[1].tombstone_alert = 0x1234567890;
  const std::string bytes = EncodeFeedPage(page);
  // A program that knows no packed alerts refuses the page.
  EXPECT_EQ(bytes[0], 3);
  EXPECT_TRUE(ValueOf(DecodeFeedPage(bytes)).packed);
  const StoredFeedPage back = ValueOf(DecodeFeedPage(bytes));
  ASSERT_EQ(back.entries.size(), 3u);
  EXPECT_EQ(back.entries[0].tombstone_cause, 0);
  EXPECT_EQ(back.entries[0].sealed_alert, "first");
  EXPECT_EQ(back.entries[1].alert_number, 0u);
  EXPECT_EQ(back.entries[1].tombstone_cause, 2);
  EXPECT_EQ(back.entries[1].tombstone_alert, 0x1234567890u);
  EXPECT_TRUE(back.entries[1].sealed_alert.empty());
  EXPECT_EQ(back.entries[2].sealed_alert, "third");
  EXPECT_EQ(EncodeFeedPage(back), bytes);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeFeedPage(bytes.substr(0, n)).status()))
        << n;
  }
  std::string older = bytes;
  older[0] = 1;
  EXPECT_TRUE(absl::IsDataLoss(DecodeFeedPage(older).status()));
}

TEST(FeedTableTest, APageThatWasNotPackedStaysSo) {
  StoredFeedPage page = Example();
  page.packed = false;
  EXPECT_EQ(EncodeFeedPage(page)[0], 1);
  page.entries[1].tombstone_cause = 2;
  const std::string bytes = EncodeFeedPage(page);
  EXPECT_EQ(bytes[0], 2);
  const StoredFeedPage back = ValueOf(DecodeFeedPage(bytes));
  EXPECT_FALSE(back.packed);
  EXPECT_EQ(EncodeFeedPage(back), bytes);
}

TEST(FeedTableTest, AnAlertIsPackedWithADictionaryOrAsItIs) {
  const Dictionary dictionary(513, "an alert of some words");
  const std::string packed = PackAlert("some words", &dictionary);
  EXPECT_EQ(DictionaryOfAlert(packed), 513);
  EXPECT_EQ(ValueOf(UnpackAlert(packed, &dictionary)), "some words");
  const std::string plain = PackAlert("some words", nullptr);
  EXPECT_EQ(plain, std::string("\0\0some words", 12));
  EXPECT_EQ(ValueOf(UnpackAlert(plain, nullptr)), "some words");
  EXPECT_TRUE(absl::IsDataLoss(UnpackAlert(packed, nullptr).status()));
  EXPECT_TRUE(absl::IsDataLoss(UnpackAlert(plain, &dictionary).status()));
  EXPECT_TRUE(absl::IsDataLoss(UnpackAlert("\0", nullptr).status()));
}

TEST(FeedTableTest, AnUnknownVersionIsRefused) {
  std::string bytes = EncodeFeedPage(Example());
  bytes[0] = 7;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeFeedPage(bytes).status()));
}

TEST(FeedTableTest, AnEntryOpensOnlyUnderItsSequenceNumberAndKey) {
  crypto::NonceSource nonces;
  const std::string sealed = SealFeedAlert(TestKey(1), 12, "alert", nonces);
  EXPECT_EQ(ValueOf(OpenFeedAlert(TestKey(1), 12, sealed)), "alert");
  EXPECT_TRUE(absl::IsDataLoss(OpenFeedAlert(TestKey(1), 11, sealed).status()));
  EXPECT_TRUE(absl::IsDataLoss(OpenFeedAlert(TestKey(2), 12, sealed).status()));
}

}  // namespace
}  // namespace samkoer::storage
