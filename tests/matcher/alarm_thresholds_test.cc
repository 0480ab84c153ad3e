#include "matcher/alarm_thresholds.h"

#include <gtest/gtest.h>

namespace samkoer::matcher {
namespace {

using samkoer::v1::AlarmThresholds;

TEST(AlarmThresholdsTest, ZeroMeansTheDefaultThatPolicyProtoNames) {
  const AlarmThresholds whole = WithDefaults({});
  EXPECT_EQ(whole.same_person_reads(), 20u);
  EXPECT_EQ(whole.same_person_days(), 7u);
  EXPECT_EQ(whole.work_from_hour(), 6u);
  EXPECT_EQ(whole.work_until_hour(), 19u);
  EXPECT_EQ(whole.off_hours_reads(), 5u);
  EXPECT_EQ(whole.bulk_reads(), 500u);
  EXPECT_EQ(whole.denied_attempts(), 10u);
  EXPECT_EQ(whole.quota_used_percent(), 90u);
  EXPECT_EQ(whole.new_numbers_percent(), 150u);
  EXPECT_EQ(whole.silent_days(), 3u);
  EXPECT_EQ(whole.shrunk_percent(), 25u);
  EXPECT_FALSE(FindThresholdError(whole).has_value());
}

TEST(AlarmThresholdsTest, WhatIsGivenStays) {
  AlarmThresholds given;
  given.set_silent_days(9);
  EXPECT_EQ(WithDefaults(given).silent_days(), 9u);
  EXPECT_EQ(WithDefaults(given).shrunk_percent(), 25u);
}

TEST(AlarmThresholdsTest, WhatCannotBeWatchedIsRefusedByItsName) {
  const auto error_of = [](auto set) {
    AlarmThresholds given;
    set(given);
    const auto error = FindThresholdError(given);
    return error ? error->field : "";
  };
  EXPECT_EQ(error_of([](auto& t) { t.set_same_person_days(31); }), "");
  EXPECT_EQ(error_of([](auto& t) { t.set_same_person_days(32); }),
            "same_person_days");
  EXPECT_EQ(error_of([](auto& t) { t.set_silent_days(32); }), "silent_days");
  EXPECT_EQ(error_of([](auto& t) { t.set_work_until_hour(24); }), "");
  EXPECT_EQ(error_of([](auto& t) { t.set_work_until_hour(25); }),
            "work_until_hour");
  EXPECT_EQ(error_of([](auto& t) { t.set_work_from_hour(19); }),
            "work_from_hour");
  EXPECT_EQ(error_of([](auto& t) { t.set_work_until_hour(6); }),
            "work_until_hour");
  EXPECT_EQ(error_of([](auto& t) { t.set_bulk_reads(kMaxBulkReads + 1); }),
            "bulk_reads");
  EXPECT_EQ(error_of([](auto& t) { t.set_quota_used_percent(101); }),
            "quota_used_percent");
  EXPECT_EQ(error_of([](auto& t) { t.set_new_numbers_percent(10'001); }),
            "new_numbers_percent");
  EXPECT_EQ(error_of([](auto& t) { t.set_shrunk_percent(101); }),
            "shrunk_percent");
}

TEST(AlarmThresholdsTest, AnAcknowledgedAlarmIsQuietForItsWindow) {
  AlarmThresholds given;
  given.set_same_person_days(3);
  const AlarmThresholds whole = WithDefaults(given);
  EXPECT_EQ(QuietAfter(samkoer::v1::ALARM_KIND_SAME_PERSON, whole),
            absl::Hours(72));
  EXPECT_EQ(QuietAfter(samkoer::v1::ALARM_KIND_DENIED_ATTEMPTS, whole),
            absl::Hours(1));
  EXPECT_EQ(QuietAfter(samkoer::v1::ALARM_KIND_NEW_NUMBERS, whole),
            absl::Hours(30 * 24));
  EXPECT_EQ(QuietAfter(samkoer::v1::ALARM_KIND_OWN_APPROVAL, whole),
            absl::ZeroDuration());
  EXPECT_EQ(QuietAfter(samkoer::v1::ALARM_KIND_QUOTA, whole), absl::Hours(24));
}

}  // namespace
}  // namespace samkoer::matcher
