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

TEST(ObjectionTable, TheObjectionUnderTheEpochBeforeComesBack) {
  StoredObjection objection{42};
  objection.before.emplace().fill(7);
  const std::string bytes = EncodeObjection(objection);
  EXPECT_EQ(bytes.size(), 9u + 16);
  EXPECT_EQ(ValueOf(DecodeObjection(bytes)).before, objection.before);
  EXPECT_TRUE(absl::IsDataLoss(DecodeObjection(bytes.substr(0, 9)).status()));
}

TEST(ObjectionTable, TheEpochOfTheKeyComesBack) {
  StoredObjection objection{1'700'000'000'000'000};
  objection.epoch = 5;
  EXPECT_EQ(EncodeObjection(objection),
            std::string("\x03\x00\x40\x1e\x18\x24\x0a\x06\x00"
                        "\x05\x00\x00\x00\x00",
                        14));
  for (const bool with_before : {false, true}) {
    if (with_before) objection.before.emplace().fill(7);
    const std::string bytes = EncodeObjection(objection);
    const StoredObjection decoded = ValueOf(DecodeObjection(bytes));
    EXPECT_EQ(decoded.since_micros, objection.since_micros);
    EXPECT_EQ(decoded.epoch, 5u);
    EXPECT_EQ(decoded.before, objection.before);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      EXPECT_TRUE(
          absl::IsDataLoss(DecodeObjection(bytes.substr(0, n)).status()))
          << n;
    }
    std::string strange = bytes;
    strange[13] = 2;
    EXPECT_TRUE(absl::IsDataLoss(DecodeObjection(strange).status()));
  }
}

TEST(ObjectionTable, DamageAndNewerVersionsAreRefused) {
  const std::string bytes = EncodeObjection({42});
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeObjection(bytes.substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeObjection(bytes + "x").status()));
  std::string newer = bytes;
  newer[0] = 4;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeObjection(newer).status()));
}

}  // namespace
}  // namespace samkoer::storage
