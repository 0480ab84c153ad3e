#include "matcher/objection_epochs.h"

#include <gmock/gmock.h>

#include <map>

#include "storage/key_layout.h"
#include "storage/objection_table.h"
#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AUDIT_ACTION_KEY_DESTROYED;
using samkoer::v1::AUDIT_ACTION_PERSONS_REKEYED;
using samkoer::v1::AUDIT_ACTION_SWEEP;
using samkoer::v1::PUSH_KIND_DELTA;
using samkoer::v1::PUSH_KIND_SNAPSHOT;
using storage::ValueOf;
using testing::ElementsAre;
using testing::IsEmpty;

// "x" has objected under epoch 4; then the key is rotated.
class ObjectionEpochsTest : public MatcherIntakeTest {
 protected:
  using Records = std::vector<samkoer::v1::CaseRecord>;

  ObjectionEpochsTest() {
    Object("x", 4);
    SAMKOER_EXPECT_OK(in_.Rotate("2026-12-24"));
  }
  template <typename Request>
  static Request About(std::string_view person, std::uint32_t epoch) {
    Request request;
    request.set_pseudonym(PseudonymOf(person, epoch));
    request.set_epoch(epoch);
    request.set_self_test(Installation::SelfTest(epoch));
    request.set_reason("journal 1");
    return request;
  }
  void Object(std::string_view person, std::uint32_t epoch) {
    auto request = About<samkoer::v1::ErasePersonRequest>(person, epoch);
    request.set_objection(true);
    SAMKOER_EXPECT_OK(
        in_.matcher().ErasePerson(Installation::Officer(), request).status());
  }
  bool Lift(std::string_view person, std::uint32_t epoch) {
    return ValueOf(in_.matcher().LiftObjection(
                       Installation::Officer(),
                       About<samkoer::v1::LiftObjectionRequest>(person, epoch)))
        .lifted();
  }
  samkoer::v1::LookUpPersonResponse LookUp(std::string_view person,
                                           std::uint32_t epoch = 5) {
    return ValueOf(in_.matcher().LookUpPerson(
        Installation::Officer(),
        About<samkoer::v1::LookUpPersonRequest>(person, epoch)));
  }
  bool Objected(std::string_view person, std::uint32_t epoch = 5) {
    return LookUp(person, epoch).objection();
  }
  // Under the new key; `before` is who the pair says it was, if anybody.
  static samkoer::v1::CaseRecord Under5(samkoer::v1::CaseRecord record,
                                        std::string_view person,
                                        std::string_view before) {
    record.set_pseudonym(PseudonymOf(person, 5));
    if (!before.empty()) {
      record.set_previous_pseudonym(PseudonymOf(before, 4));
    }
    return record;
  }
  PushPlan PlanUnder5(std::string_view department, const Records& records,
                      samkoer::v1::PushKind kind = PUSH_KIND_SNAPSHOT) {
    PushPlan plan = in_.Plan(department, kind, records);
    plan.epoch = 5;
    plan.previous_epoch = 4;
    plan.allow_shrink = true;
    return plan;
  }
  void PushUnder5(std::string_view department, const Records& records,
                  samkoer::v1::PushKind kind = PUSH_KIND_SNAPSHOT) {
    SAMKOER_EXPECT_OK(in_.Push(PlanUnder5(department, records, kind)).status);
  }
  // A leaf's counts that are about objections, of the last of its kind.
  std::map<std::string, std::uint64_t> CountsOf(
      samkoer::v1::AuditAction action) {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& leaf : in_.Leaves()) {
      if (leaf.action() != action) continue;
      counts.clear();
      for (const auto& count : leaf.counts()) {
        if (count.name().starts_with("objections")) {
          counts[count.name()] = count.value();
        }
      }
    }
    return counts;
  }
  std::uint64_t Described() {
    return ValueOf(in_.matcher().DescribeProcessing(Installation::Officer()))
        .objections();
  }
  std::vector<std::string> Notices(std::string_view department) {
    std::vector<std::string> refs;
    const auto list = ValueOf(
        in_.matcher().ListNotices(Installation::Department(department)));
    for (const auto& notice : list.notices()) {
      EXPECT_EQ(notice.kind(), samkoer::v1::NOTICE_KIND_OBJECTION);
      refs.push_back(notice.case_ref());
    }
    return refs;
  }
  using Counted = std::map<std::string, std::uint64_t>;
};

TEST_F(ObjectionEpochsTest, AnObjectionIsCarriedWhenThePushIsCommitted) {
  for (const auto kind : {PUSH_KIND_DELTA, PUSH_KIND_SNAPSHOT}) {
    const std::string person = kind == PUSH_KIND_DELTA ? "d" : "s";
    Object(person, 4);
    PushPlan plan = PlanUnder5(
        "family", {Under5(Family(person, "F-1"), person, person)}, kind);
    plan.commit = false;
    SAMKOER_EXPECT_OK(in_.Push(plan).status);
    EXPECT_FALSE(Objected(person));
    in_.Restart();
    EXPECT_FALSE(Objected(person)) << "a push that never ends says nothing";
    plan.commit = true;
    SAMKOER_EXPECT_OK(in_.Push(plan).status);
    EXPECT_TRUE(Objected(person));
    EXPECT_EQ(
        CountsOf(AUDIT_ACTION_PERSONS_REKEYED),
        (Counted{{"objections_carried", 1}, {"objections_contradicted", 0}}));
    in_.Restart();
    EXPECT_TRUE(Objected(person));
    EXPECT_EQ(Held(), 0u);
  }
}

TEST_F(ObjectionEpochsTest, TheLeafHasTheCertificateOfWhoSaidIt) {
  PushUnder5("family", {Under5(Family("x", "F-1"), "x", "x")}, PUSH_KIND_DELTA);
  for (const auto& leaf : in_.Leaves()) {
    if (leaf.action() != AUDIT_ACTION_PERSONS_REKEYED) continue;
    EXPECT_EQ(leaf.actor(), Installation::Department("family").uri);
    EXPECT_EQ(leaf.actor_certificate(),
              Installation::Department("family").certificate_sha256);
    EXPECT_EQ(leaf.subjects_size(), 0);
  }
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_PERSONS_REKEYED), 1u);
}

TEST_F(ObjectionEpochsTest, WhatIsHeldUnderTheNewKeyGoesWithIt) {
  PushUnder5("jobs", {Under5(Jobs("x", "J-1"), "x", "")});
  PushUnder5(
      "social",
      {Under5(MakeRecord("x", "S-1", "Voksne", samkoer::v1::DOMAIN_SOCIAL), "x",
              "")});
  ASSERT_EQ(in_.ActiveAlerts().size(), 1u);
  PushUnder5("family", {Under5(Family("x", "F-1"), "x", "x"),
                        Under5(Family("x", "F-2"), "x", "")});
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_EQ(Held(), 0u);
    EXPECT_FALSE(LookUp("x").known());
    EXPECT_THAT(in_.AllAlerts(), IsEmpty());
    EXPECT_TRUE(in_.Feed().back().has_tombstone());
    EXPECT_THAT(Notices("jobs"), ElementsAre("J-1"));
    EXPECT_THAT(Notices("social"), ElementsAre("S-1"));
    EXPECT_THAT(Notices("family"), ElementsAre("F-1"));
    in_.Restart();
  }
  SAMKOER_EXPECT_OK(in_.audit().VerifyLeaves(in_.store()));
}

TEST_F(ObjectionEpochsTest, TwoWhoseAlertsShareAFeedPageGoInOneCommit) {
  Object("y", 4);
  const auto social = [](std::string_view person, const char* ref) {
    return Under5(MakeRecord(person, ref, "Voksne", samkoer::v1::DOMAIN_SOCIAL),
                  person, "");
  };
  PushUnder5("jobs", {Under5(Jobs("x", "J-1"), "x", ""),
                      Under5(Jobs("y", "J-2"), "y", "")});
  PushUnder5("social", {social("x", "S-1"), social("y", "S-2")});
  ASSERT_EQ(in_.ActiveAlerts().size(), 2u);
  PushUnder5("family", {Under5(Family("x", "F-1"), "x", "x"),
                        Under5(Family("y", "F-2"), "y", "y")});
  EXPECT_EQ(Held(), 0u);
  EXPECT_THAT(in_.AllAlerts(), IsEmpty());
  std::size_t tombstones = 0;
  for (const auto& entry : in_.Feed()) {
    EXPECT_FALSE(entry.has_alert());
    tombstones += entry.has_tombstone() ? 1 : 0;
  }
  EXPECT_EQ(tombstones, 2u);
}

TEST_F(ObjectionEpochsTest, AnOpenPushThatHasStagedThePersonBeginsAgain) {
  PushPlan open = PlanUnder5("jobs", {Under5(Jobs("x", "J-1"), "x", "")});
  open.commit = false;
  SAMKOER_EXPECT_OK(in_.Push(open).status);
  PushUnder5("family", {Under5(Family("x", "F-1"), "x", "x")});
  open.commit = true;
  SAMKOER_EXPECT_OK(in_.Push(open).status);
  EXPECT_EQ(Held(), 0u);
  EXPECT_THAT(Notices("jobs"), ElementsAre("J-1"));
}

TEST_F(ObjectionEpochsTest, SomebodyWhomAPairHasNamedIsNotTakenForTheObjector) {
  PushUnder5("family", {Under5(Family("v", "F-1"), "v", "v")});
  PushUnder5("jobs", {Under5(Jobs("v", "J-1"), "v", "x")}, PUSH_KIND_DELTA);
  EXPECT_FALSE(Objected("v"));
  EXPECT_TRUE(LookUp("v").known());
  EXPECT_TRUE(Objected("x", 4));
}

TEST_F(ObjectionEpochsTest, ALieIsCountedWhenTheTrueWordComes) {
  PushUnder5("jobs", {Under5(Jobs("v", "J-1"), "v", "x")});
  EXPECT_TRUE(Objected("v"));
  PushUnder5("family", {Under5(Family("v", "F-1"), "v", "v")});
  EXPECT_EQ(
      CountsOf(AUDIT_ACTION_PERSONS_REKEYED),
      (Counted{{"objections_carried", 0}, {"objections_contradicted", 1}}));
  // The objector's own objection is not lost by it.
  PushUnder5(
      "social",
      {Under5(MakeRecord("x", "S-1", "Voksne", samkoer::v1::DOMAIN_SOCIAL), "x",
              "x")});
  EXPECT_TRUE(Objected("x"));
  EXPECT_EQ(
      CountsOf(AUDIT_ACTION_PERSONS_REKEYED),
      (Counted{{"objections_carried", 1}, {"objections_contradicted", 1}}));
  // Lifting what was put on "v" wrongly leaves the objector's alone.
  EXPECT_TRUE(Lift("v", 5));
  EXPECT_FALSE(Lift("v", 4));
  EXPECT_FALSE(Objected("v"));
  EXPECT_TRUE(Objected("x", 4));
  EXPECT_TRUE(Objected("x"));
}

TEST_F(ObjectionEpochsTest, AnObjectionWithoutASuccessorWaitsInTheOpen) {
  Object("carried", 4);
  PushUnder5("family",
             {Under5(Family("carried", "F-1"), "carried", "carried")});
  Object("again", 4);
  in_.SetDay("2026-11-23");
  SAMKOER_EXPECT_OK(in_.Sweep());
  // "again" was registered when the newest key was there already.
  EXPECT_EQ(CountsOf(AUDIT_ACTION_SWEEP), (Counted{{"objections_waiting", 1}}));
  EXPECT_EQ(Described(), 2u);
  in_.SetDay("2026-12-24");
  SAMKOER_EXPECT_OK(in_.Sweep());
  EXPECT_EQ(CountsOf(AUDIT_ACTION_KEY_DESTROYED),
            (Counted{{"objections_lapsed", 0}, {"objections_waiting", 1}}));
  EXPECT_EQ(CountsOf(AUDIT_ACTION_SWEEP), (Counted{{"objections_waiting", 1}}));
  in_.Restart();
  EXPECT_EQ(Described(), 2u);
  EXPECT_TRUE(Objected("carried"));
  // A department that comes late has the pair in its agent's cache.
  PushUnder5("jobs", {Under5(Jobs("x", "J-1"), "x", "x")});
  EXPECT_TRUE(Objected("x"));
  in_.SetDay("2026-12-25");
  SAMKOER_EXPECT_OK(in_.Sweep());
  EXPECT_EQ(CountsOf(AUDIT_ACTION_SWEEP), Counted{});
  EXPECT_EQ(Described(), 2u);
}

TEST_F(ObjectionEpochsTest, RegisteredAgainDuringTheWindowItStands) {
  // As the officer's command does it: under every key, the newest first.
  in_.SetDay("2026-11-25");
  for (const std::uint32_t epoch : {5u, 4u}) Object("x", epoch);
  EXPECT_EQ(Described(), 1u);
  SAMKOER_EXPECT_OK(in_.Sweep());
  EXPECT_EQ(CountsOf(AUDIT_ACTION_SWEEP), Counted{});
  in_.SetDay("2026-12-24");
  SAMKOER_EXPECT_OK(in_.Sweep());
  EXPECT_EQ(CountsOf(AUDIT_ACTION_KEY_DESTROYED),
            (Counted{{"objections_lapsed", 0}, {"objections_waiting", 0}}));
  in_.Restart();
  EXPECT_TRUE(Objected("x"));
  PushUnder5("family", {Under5(Family("x", "F-1"), "x", "")});
  EXPECT_EQ(Held(), 0u);
}

TEST_F(ObjectionEpochsTest, OfAnOlderProgramTheTimeTellsWhichKeyItWas) {
  const std::string prefix = storage::TablePrefix(storage::Table::kObjection);
  std::string key;
  SAMKOER_ASSERT_OK(in_.store().Scan(
      prefix, "", [&](std::string_view found, std::string_view) {
        key = found;
        return true;
      }));
  storage::StoredObjection old;
  old.since_micros = 1;
  storage::WriteBatch batch;
  batch.Put(key, in_.sealer().Seal(key, storage::EncodeObjection(old)));
  SAMKOER_ASSERT_OK(in_.store().Write(std::move(batch)));
  in_.Restart();
  in_.SetDay("2026-12-24");
  SAMKOER_EXPECT_OK(in_.Sweep());
  EXPECT_EQ(CountsOf(AUDIT_ACTION_KEY_DESTROYED),
            (Counted{{"objections_lapsed", 0}, {"objections_waiting", 1}}));
  // With the next key no pair can speak of it any more.
  SAMKOER_ASSERT_OK(in_.Rotate("2027-02-01"));
  in_.SetDay("2027-02-01");
  SAMKOER_EXPECT_OK(in_.Sweep());
  EXPECT_EQ(CountsOf(AUDIT_ACTION_KEY_DESTROYED),
            (Counted{{"objections_lapsed", 1}, {"objections_waiting", 0}}));
  EXPECT_EQ(Described(), 0u);
}

}  // namespace
}  // namespace samkoer::matcher
