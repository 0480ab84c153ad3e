#include "matcher/alarm_book.h"

#include <gmock/gmock.h>

#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AuditLeaf;

constexpr std::int64_t kNow = 1'800'000'000;

class AlarmBookTest : public testing::Test {
 protected:
  AlarmBookTest() {
    samkoer::v1::AlarmThresholds thresholds;
    thresholds.set_denied_attempts(2);
    book_.Configure({.thresholds = thresholds});
  }
  static AuditLeaf LeafAt(std::int64_t seconds) {
    AuditLeaf leaf;
    leaf.set_action(samkoer::v1::AUDIT_ACTION_REFUSED);
    leaf.mutable_time()->set_seconds(kNow + seconds);
    leaf.set_detail("Alerts.GetAlert PERMISSION_DENIED");
    leaf.set_actor("a");
    return leaf;
  }
  std::vector<AuditLeaf> Write(std::vector<AuditLeaf> leaves,
                               std::int64_t seconds) {
    book_.BeforeWrite(
        leaves, 100,
        [&](samkoer::v1::AuditAction action) {
          AuditLeaf made;
          made.set_action(action);
          made.mutable_time()->set_seconds(kNow + seconds);
          return made;
        },
        [this](std::string key, std::string value) { writes_[key] = value; });
    return leaves;
  }
  // A refusal `seconds` after the beginning; the leaves of the write.
  std::vector<AuditLeaf> Refuse(std::int64_t seconds,
                                const std::string& actor = "a") {
    AuditLeaf leaf = LeafAt(seconds);
    leaf.set_actor(actor);
    return Write({leaf}, seconds);
  }
  absl::StatusOr<samkoer::v1::Alarm> TryAcknowledge(const std::string& id,
                                                    std::int64_t seconds) {
    return book_.Acknowledge(id, "peter", "looked into",
                             absl::FromUnixSeconds(kNow + seconds), changed_);
  }
  samkoer::v1::Alarm Acknowledge(const std::string& id, std::int64_t seconds) {
    return storage::ValueOf(TryAcknowledge(id, seconds));
  }

  bool changed_ = false;
  storage::ValueSealer sealer_ = storage::TestSealer();
  AlarmBook book_{absl::UTCTimeZone(), sealer_};
  std::map<std::string, std::string> writes_;
};

TEST_F(AlarmBookTest, AnAlarmStandsInTheWriteOfTheLeafThatRaisedIt) {
  EXPECT_EQ(Refuse(0).size(), 1u);
  EXPECT_EQ(Refuse(1).size(), 1u);
  const auto leaves = Refuse(2);
  ASSERT_EQ(leaves.size(), 2u);
  EXPECT_EQ(leaves[1].action(), samkoer::v1::AUDIT_ACTION_ALARM_RAISED);
  EXPECT_THAT(leaves[1].detail(), testing::StartsWith("denied-attempts "));
  EXPECT_TRUE(leaves[1].subjects().empty());
  EXPECT_EQ(writes_.size(), 1u);
  const auto list = book_.List(false);
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].leaf_index(), 101u);
  EXPECT_EQ(list[0].count(), 3u);
  EXPECT_EQ(list[0].threshold(), 2u);
  EXPECT_EQ(book_.open(samkoer::v1::ALARM_KIND_DENIED_ATTEMPTS), 1u);
}

TEST_F(AlarmBookTest, WhatGoesOnStaysOneAlarm) {
  for (int i = 0; i < 6; ++i) Refuse(i);
  const auto list = book_.List(false);
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].count(), 6u);
  EXPECT_EQ(list[0].first().seconds(), kNow + 2);
  EXPECT_EQ(list[0].last().seconds(), kNow + 5);
  for (int i = 0; i < 3; ++i) Refuse(i, "b");
  EXPECT_EQ(book_.List(false).size(), 2u);
}

TEST_F(AlarmBookTest, AfterAnAcknowledgementItIsQuietForTheWindow) {
  for (int i = 0; i < 3; ++i) Refuse(i);
  const std::string id = book_.List(false)[0].alarm_id();
  const auto alarm = Acknowledge(id, 10);
  EXPECT_EQ(alarm.acknowledged_by(), "peter");
  EXPECT_EQ(alarm.reason(), "looked into");
  EXPECT_TRUE(book_.List(false).empty());
  EXPECT_EQ(book_.List(true).size(), 1u);
  EXPECT_EQ(book_.open(samkoer::v1::ALARM_KIND_DENIED_ATTEMPTS), 0u);
  EXPECT_EQ(Refuse(20).size(), 1u);
  // An hour later it is another matter.
  Refuse(3700);
  Refuse(3701);
  EXPECT_EQ(Refuse(3702).size(), 2u);
  EXPECT_EQ(book_.List(true).size(), 2u);
  // Again the same: the first word stands.
  EXPECT_EQ(Acknowledge(id, 9999).acknowledged().seconds(), kNow + 10);
}

TEST_F(AlarmBookTest, AnUnknownAlarmCannotBeAcknowledged) {
  EXPECT_TRUE(absl::IsNotFound(TryAcknowledge("12345678", 0).status()));
}

TEST_F(AlarmBookTest, AnAcknowledgementStandsInTheNextWrite) {
  for (int i = 0; i < 3; ++i) Refuse(i);
  const std::string before = writes_.begin()->second;
  Acknowledge(book_.List(false)[0].alarm_id(), 10);
  EXPECT_TRUE(changed_);
  EXPECT_EQ(writes_.begin()->second, before);
  EXPECT_TRUE(Write({}, 10).empty());
  EXPECT_NE(writes_.begin()->second, before);
  Acknowledge(book_.List(true)[0].alarm_id(), 11);
  EXPECT_FALSE(changed_);
}

TEST_F(AlarmBookTest, WhatNoLeafTellsOfIsRaisedByTheNextWrite) {
  book_.Note(WitnessSignal("keyd", 12, 24));
  const auto leaves = Write({}, 5);
  ASSERT_EQ(leaves.size(), 1u);
  EXPECT_THAT(leaves[0].detail(), testing::StartsWith("witness "));
  book_.Note(WitnessSignal("keyd", 13, 24));
  EXPECT_TRUE(Write({}, 6).empty());
  const auto list = book_.List(false);
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].about(), "keyd");
  EXPECT_EQ(list[0].count(), 13u);
  EXPECT_EQ(list[0].threshold(), 12u);
  EXPECT_EQ(list[0].leaf_index(), 100u);
  EXPECT_EQ(list[0].last().seconds(), kNow + 6);
}

TEST_F(AlarmBookTest, AFloodOfActorsIsGatheredUnderOthers) {
  for (std::size_t i = 0; i < kMaxOpenAlarms + 5; ++i) {
    AuditLeaf leaf = LeafAt(0);
    leaf.set_actor("actor " + std::to_string(i));
    leaf.set_detail("Alerts.GetAlert PERMISSION_DENIED, 3 times");
    Write({leaf}, 0);
  }
  EXPECT_EQ(book_.open(samkoer::v1::ALARM_KIND_DENIED_ATTEMPTS),
            kMaxOpenAlarms + 1);
  std::size_t others = 0;
  for (const auto& alarm : book_.List(false))
    others += alarm.about() == "others";
  EXPECT_EQ(others, 1u);
  EXPECT_EQ(book_.List(false).size(), kMaxListedAlarms);
}

TEST_F(AlarmBookTest, AcknowledgedAlarmsGoAfterAYear) {
  for (int i = 0; i < 3; ++i) Refuse(i);
  Acknowledge(book_.List(false)[0].alarm_id(), 10);
  Refuse(364 * 86400);
  EXPECT_EQ(book_.List(true).size(), 1u);
  Refuse(366 * 86400);
  EXPECT_TRUE(book_.List(true).empty());
  EXPECT_EQ(writes_.begin()->second, "");
}

TEST(AlarmKindName, IsTheEnumsWordInSmallLetters) {
  EXPECT_EQ(AlarmKindName(samkoer::v1::ALARM_KIND_SAME_PERSON), "same-person");
  EXPECT_EQ(AlarmKindName(static_cast<samkoer::v1::AlarmKind>(99)), "unknown");
}

}  // namespace
}  // namespace samkoer::matcher
