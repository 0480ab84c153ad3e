#include "storage/segment_table.h"

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

SegmentEntry Entry(std::uint8_t slot, std::string_view content) {
  SegmentEntry entry;
  entry.slot = slot;
  entry.fingerprint.fill(static_cast<std::uint8_t>(slot + 100));
  entry.person = 70000u + slot;
  entry.department = 513;
  entry.sealed_content = content;
  return entry;
}

std::string Segment(std::initializer_list<SegmentEntry> entries) {
  std::string out;
  PutSegmentHead(out, static_cast<std::uint8_t>(entries.size()));
  for (const SegmentEntry& entry : entries) PutSegmentEntry(out, entry);
  return out;
}

TEST(SegmentTableTest, RecordsComeBackInTheirSlots) {
  const std::string bytes = Segment({Entry(0, "first"), Entry(31, "last")});
  std::vector<SegmentEntry> entries(5);
  SAMKOER_ASSERT_OK(DecodeSegment(bytes, entries));
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].slot, 31);
  EXPECT_EQ(entries[1].fingerprint, Entry(31, "").fingerprint);
  EXPECT_EQ(entries[1].person, 70031u);
  EXPECT_EQ(entries[1].department, 513);
  EXPECT_EQ(entries[1].sealed_content, "last");
}

TEST(SegmentTableTest, TheBytesAreAsTheFormatSays) {
  const std::string bytes = Segment({Entry(1, "xyz")});
  EXPECT_EQ(bytes.substr(0, 3), std::string("\x01\x01\x01", 3));
  EXPECT_EQ(bytes.substr(19, 4), std::string("\x71\x11\x01\x00", 4));
  EXPECT_EQ(bytes.substr(23, 2), std::string("\x01\x02", 2));
  EXPECT_EQ(bytes.substr(25), std::string("\x03\x00xyz", 5));
}

TEST(SegmentTableTest, DamageIsDataLoss) {
  const std::string bytes = Segment({Entry(3, "first"), Entry(4, "last")});
  std::vector<SegmentEntry> entries;
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        DecodeSegment(std::string_view(bytes).substr(0, n), entries)))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeSegment(bytes + "x", entries)));
  EXPECT_TRUE(absl::IsDataLoss(
      DecodeSegment(Segment({Entry(4, "a"), Entry(4, "b")}), entries)));
  EXPECT_TRUE(
      absl::IsDataLoss(DecodeSegment(Segment({Entry(32, "a")}), entries)));
  EXPECT_TRUE(absl::IsDataLoss(DecodeSegment(Segment({}), entries)));
}

TEST(SegmentTableTest, AnUnknownVersionIsRefused) {
  std::string bytes = Segment({Entry(3, "first")});
  bytes[0] = 9;
  std::vector<SegmentEntry> entries;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeSegment(bytes, entries)));
}

TEST(SegmentTableTest, ContentOpensOnlyWithItsPersonsKeyAndItsFingerprint) {
  crypto::NonceSource nonces;
  std::string sealed;
  const crypto::Hash16 fingerprint = Entry(7, "").fingerprint;
  SealRecordContent(TestKey(5), fingerprint, "content", nonces, sealed);
  EXPECT_EQ(ValueOf(OpenRecordContent(TestKey(5), fingerprint, sealed)),
            "content");
  EXPECT_TRUE(absl::IsDataLoss(
      OpenRecordContent(TestKey(6), fingerprint, sealed).status()));
  EXPECT_TRUE(absl::IsDataLoss(
      OpenRecordContent(TestKey(5), Entry(8, "").fingerprint, sealed)
          .status()));
}

}  // namespace
}  // namespace samkoer::storage
