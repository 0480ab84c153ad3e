#include "storage/objection_table.h"

#include <gtest/gtest.h>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

// As FORMAT.md shows it.
TEST(ObjectionTable, BytesAreThoseOfTheFormat) {
  EXPECT_EQ(EncodeObjection({1'700'000'000'000'000}),
            std::string("\x01\x00\x40\x1e\x18\x24\x0a\x06\x00", 9));
  EXPECT_EQ(ValueOf(DecodeObjection(EncodeObjection({42}))).since_micros, 42);
}

TEST(ObjectionTable, DamageAndNewerVersionsAreRefused) {
  const std::string bytes = EncodeObjection({42});
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeObjection(bytes.substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeObjection(bytes + "x").status()));
  std::string newer = bytes;
  newer[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeObjection(newer).status()));
}

}  // namespace
}  // namespace samkoer::storage
