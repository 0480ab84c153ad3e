#include "storage/inquiry_table.h"

#include <gtest/gtest.h>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

StoredInquiry Sample() {
  StoredInquiry held;
  held.request_id = std::string(kRequestIdBytes, 'r');
  held.inquiry.set_inquiry_id("F-7K3M-9QXD");
  return held;
}

// As FORMAT.md shows it.
TEST(InquiryTable, BytesAreThoseOfTheFormat) {
  EXPECT_EQ(EncodeInquiry(Sample()),
            std::string("\x01rrrrrrrrrrrrrrrr\x0d\x00\x0a\x0b"
                        "F-7K3M-9QXD",
                        32));
}

TEST(InquiryTable, AnInquiryComesBack) {
  const StoredInquiry back = ValueOf(DecodeInquiry(EncodeInquiry(Sample())));
  EXPECT_EQ(back.request_id, Sample().request_id);
  EXPECT_EQ(back.inquiry.inquiry_id(), "F-7K3M-9QXD");
}

TEST(InquiryTable, DamageAndNewerVersionsAreRefused) {
  const std::string bytes = EncodeInquiry(Sample());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeInquiry(bytes.substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeInquiry(bytes + "x").status()));
  std::string newer = bytes;
  newer[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeInquiry(newer).status()));
}

}  // namespace
}  // namespace samkoer::storage
