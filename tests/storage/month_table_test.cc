#include "storage/month_table.h"

#include <gtest/gtest.h>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

StoredMonth Ended() {
  StoredMonth month;
  month.ended = true;
  month.first_alert = 5;
  month.end_alert = 9;
  month.assigned = 3;
  month.backlog = 4;
  return month;
}

std::string Number(char value) { return value + std::string(7, '\0'); }

// As FORMAT.md shows it.
TEST(MonthTable, BytesAreThoseOfTheFormat) {
  EXPECT_EQ(EncodeMonth(Ended()), "\x01\x02" + Number(5) + Number(9) +
                                      Number(3) + Number(4) +
                                      std::string(4, '\0'));
}

TEST(MonthTable, AMonthComesBack) {
  StoredMonth month = Ended();
  month.statistics = std::string("tables\0", 7);
  EXPECT_EQ(ValueOf(DecodeMonth(EncodeMonth(month))), month);
  StoredMonth running;
  running.first_alert = 7;
  EXPECT_EQ(ValueOf(DecodeMonth(EncodeMonth(running))), running);
}

TEST(MonthTable, DamageAndNewerVersionsAreRefused) {
  StoredMonth month = Ended();
  month.statistics = "x";
  const std::string bytes = EncodeMonth(month);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(DecodeMonth(bytes.substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodeMonth(bytes + "x").status()));
  std::string newer = bytes;
  newer[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeMonth(newer).status()));
}

TEST(MonthTable, WhatCannotBeIsDamage) {
  std::string state = EncodeMonth(Ended());
  state[1] = 3;
  EXPECT_TRUE(absl::IsDataLoss(DecodeMonth(state).status()));
  StoredMonth backwards = Ended();
  backwards.end_alert = 4;
  EXPECT_TRUE(absl::IsDataLoss(DecodeMonth(EncodeMonth(backwards)).status()));
  StoredMonth running = Ended();
  running.ended = false;
  EXPECT_TRUE(absl::IsDataLoss(DecodeMonth(EncodeMonth(running)).status()));
  StoredMonth none = Ended();
  none.first_alert = 0;
  EXPECT_TRUE(absl::IsDataLoss(DecodeMonth(EncodeMonth(none)).status()));
}

}  // namespace
}  // namespace samkoer::storage
