#include "storage/conference_table.h"

#include <gtest/gtest.h>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

StoredConference Sample() {
  StoredConference held;
  held.conference.set_conference_id("K-7K3M-9QXD");
  held.alerts = {0x1'0000'0001, 0x2'0000'0002};
  return held;
}

// As FORMAT.md shows it.
TEST(ConferenceTable, BytesAreThoseOfTheFormat) {
  const std::string expected(
      "\x01\x02\x00\x01\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x02\x00"
      "\x00\x00\x0d\x00\x0a\x0bK-7K3M-9QXD",
      34);
  EXPECT_EQ(EncodeConference(Sample()), expected);
}

TEST(ConferenceTable, AConferenceComesBackWithItsAgendaInOrder) {
  const StoredConference back =
      ValueOf(DecodeConference(EncodeConference(Sample())));
  EXPECT_EQ(back.conference.conference_id(), "K-7K3M-9QXD");
  EXPECT_EQ(back.alerts, Sample().alerts);
}

TEST(ConferenceTable, DamageAndNewerVersionsAreRefused) {
  const std::string bytes = EncodeConference(Sample());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeConference(bytes.substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeConference(bytes + "x").status()));
  std::string newer = bytes;
  newer[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeConference(newer).status()));
}

}  // namespace
}  // namespace samkoer::storage
