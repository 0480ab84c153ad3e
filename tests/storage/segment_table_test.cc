#include "storage/segment_table.h"

#include <set>

#include "storage/coding.h"
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

// As EncodeRecordContent begins it: version 1, two times, then the rest.
std::string Content(std::uint32_t received, std::uint32_t changed,
                    std::string_view rest) {
  std::string content;
  PutU8(content, 1);
  PutU32(content, received);
  PutU32(content, changed);
  content.append(rest);
  return content;
}

std::string SealedContent(const crypto::Hash16& fingerprint,
                          std::string_view content) {
  std::string sealed;
  SealRecordContent(TestKey(5), fingerprint, content, sealed);
  return sealed;
}

TEST(SegmentTableTest, ContentComesBackWithItsTimes) {
  const crypto::Hash16 fingerprint = Entry(7, "").fingerprint;
  for (const std::string& content :
       {Content(1'700'000'000, 0, "the rest"), Content(7, 9, "the rest"),
        Content(7, 9, "")}) {
    EXPECT_EQ(ValueOf(OpenRecordContent(TestKey(5), fingerprint,
                                        SealedContent(fingerprint, content))),
              content);
  }
  // Version, one time and the tag; the second time where there is one.
  EXPECT_EQ(SealedContent(fingerprint, Content(7, 0, "abc")).size(),
            3u + 1 + 4 + 16);
  EXPECT_EQ(SealedContent(fingerprint, Content(7, 8, "abc")).size(),
            3u + 1 + 8 + 16);
}

TEST(SegmentTableTest, ContentOpensOnlyWithItsPersonsKeyAndItsFingerprint) {
  const crypto::Hash16 fingerprint = Entry(7, "").fingerprint;
  const std::string sealed = SealedContent(fingerprint, Content(7, 9, "rest"));
  EXPECT_TRUE(absl::IsDataLoss(
      OpenRecordContent(TestKey(6), fingerprint, sealed).status()));
  EXPECT_TRUE(absl::IsDataLoss(
      OpenRecordContent(TestKey(5), Entry(8, "").fingerprint, sealed)
          .status()));
}

TEST(SegmentTableTest, EveryChangedBitAndTruncationOfContentIsDataLoss) {
  const crypto::Hash16 fingerprint = Entry(7, "").fingerprint;
  const std::string sealed = SealedContent(fingerprint, Content(7, 9, "rest"));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_TRUE(absl::IsDataLoss(
        OpenRecordContent(TestKey(5), fingerprint, changed).status()))
        << bit;
  }
  for (std::size_t n = 0; n < sealed.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        OpenRecordContent(TestKey(5), fingerprint,
                          std::string_view(sealed).substr(0, n))
            .status()))
        << n;
  }
}

TEST(SegmentTableTest, OtherTimesOrAnotherVersionTakeAnotherKeystream) {
  const crypto::Hash16 fingerprint = Entry(7, "").fingerprint;
  const std::string rest(32, 'x');
  std::string newer = Content(7, 9, rest);
  newer[0] = 2;
  const std::string contents[] = {Content(7, 9, rest), Content(7, 10, rest),
                                  Content(8, 9, rest), Content(7, 0, rest),
                                  newer};
  std::set<std::string> ciphertexts;
  for (const std::string& content : contents) {
    const std::string sealed = SealedContent(fingerprint, content);
    ciphertexts.insert(sealed.substr(sealed.size() - rest.size() - 16));
  }
  EXPECT_EQ(ciphertexts.size(), std::size(contents));
}

}  // namespace
}  // namespace samkoer::storage
