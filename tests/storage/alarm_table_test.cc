#include "storage/alarm_table.h"

#include <gtest/gtest.h>

#include "storage/key_layout.h"

namespace samkoer::storage {
namespace {

samkoer::v1::Alarm Example() {
  samkoer::v1::Alarm alarm;
  alarm.set_alarm_id("12345678");
  alarm.set_kind(samkoer::v1::ALARM_KIND_SAME_PERSON);
  alarm.set_about("samkoer://viborg/coordinator/anna");
  alarm.set_count(21);
  return alarm;
}

TEST(AlarmTable, AnAlarmIsReadAsItWasWritten) {
  const auto read = DecodeAlarm(EncodeAlarm(Example()));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->SerializeAsString(), Example().SerializeAsString());
}

TEST(AlarmTable, TheKeyIsTheTableAndTheId) {
  EXPECT_EQ(AlarmKey("12345678"), "W12345678");
  EXPECT_EQ(TableOf(AlarmKey("12345678")), Table::kAlarm);
}

TEST(AlarmTable, WhatIsMalformedOrNewerIsRefused) {
  EXPECT_TRUE(absl::IsDataLoss(DecodeAlarm("").status()));
  EXPECT_TRUE(absl::IsDataLoss(DecodeAlarm("\1\xff").status()));
  samkoer::v1::Alarm nameless = Example();
  nameless.clear_alarm_id();
  EXPECT_TRUE(absl::IsDataLoss(DecodeAlarm(EncodeAlarm(nameless)).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeAlarm("\2").status()));
}

}  // namespace
}  // namespace samkoer::storage
