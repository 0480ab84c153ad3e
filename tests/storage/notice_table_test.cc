#include "storage/notice_table.h"

#include <gtest/gtest.h>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

StoredNotice Sample() {
  StoredNotice notice;
  notice.notice_id.fill(0x11);
  notice.kind = 2;
  notice.time_micros = 1'700'000'000'000'000;
  notice.case_ref = "F-17";
  return notice;
}

// As FORMAT.md shows it.
TEST(NoticeTable, BytesAreThoseOfTheFormat) {
  std::string expected("\x01", 1);
  expected.append(16, '\x11');
  expected += '\x02';
  expected.append("\x00\x40\x1e\x18\x24\x0a\x06\x00", 8);
  expected.append(
      "\x04\x00"
      "F-17",
      6);
  EXPECT_EQ(EncodeNotice(Sample()), expected);
}

TEST(NoticeTable, ANoticeComesBack) {
  const StoredNotice back = ValueOf(DecodeNotice(EncodeNotice(Sample())));
  EXPECT_EQ(back.notice_id, Sample().notice_id);
  EXPECT_EQ(back.kind, 2);
  EXPECT_EQ(back.time_micros, Sample().time_micros);
  EXPECT_EQ(back.case_ref, "F-17");
}

TEST(NoticeTable, DamageAndNewerVersionsAreRefused) {
  const std::string bytes = EncodeNotice(Sample());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeNotice(bytes.substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeNotice(bytes + "x").status()));
  std::string newer = bytes;
  newer[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeNotice(newer).status()));
  StoredNotice nameless = Sample();
  nameless.case_ref.clear();
  EXPECT_TRUE(absl::IsDataLoss(DecodeNotice(EncodeNotice(nameless)).status()));
}

}  // namespace
}  // namespace samkoer::storage
