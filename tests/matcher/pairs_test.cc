#include "matcher/pairs.h"

#include <gmock/gmock.h>

#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using storage::ValueOf;
using testing::ElementsAre;

class PairsTest : public MatcherIntakeTest {
 protected:
  using Records = std::vector<samkoer::v1::CaseRecord>;

  PushOutcome PushUnder(
      std::uint32_t epoch, std::string_view department, const Records& records,
      samkoer::v1::PushKind kind = samkoer::v1::PUSH_KIND_SNAPSHOT) {
    PushPlan plan = in_.Plan(department, kind, records);
    plan.epoch = epoch;
    plan.previous_epoch = epoch == 5 ? 4 : 0;
    plan.allow_shrink = true;
    PushOutcome out = in_.Push(plan);
    SAMKOER_EXPECT_OK(out.status);
    return out;
  }
  static samkoer::v1::CaseRecord New(samkoer::v1::CaseRecord record,
                                     std::string_view person) {
    return Rekeyed(std::move(record), person, 5);
  }
  // Under the new key, without saying who it was.
  static samkoer::v1::CaseRecord Unpaired(samkoer::v1::CaseRecord record,
                                          std::string_view person) {
    record = Rekeyed(std::move(record), person, 5);
    record.clear_previous_pseudonym();
    return record;
  }
  static samkoer::v1::CaseRecord Social(std::string_view person,
                                        std::string_view ref) {
    return MakeRecord(person, ref, "Voksne", samkoer::v1::DOMAIN_SOCIAL);
  }
  void MakeAlertAndRotate() {
    in_.MustSnapshot("family", {Family("a", "F-1")});
    in_.MustSnapshot("jobs", {Jobs("a", "J-1")});
    SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  }
  void EndWindow() {
    in_.SetDay("2026-12-24");
    SAMKOER_ASSERT_OK(in_.Sweep());
  }
  std::vector<std::uint64_t> Counts() {
    std::vector<std::uint64_t> sums(3);
    for (const auto& leaf : in_.Leaves()) {
      if (leaf.action() != samkoer::v1::AUDIT_ACTION_PERSONS_REKEYED) continue;
      EXPECT_EQ(leaf.subjects_size(), 0);
      for (int i = 0; i < 3; ++i) sums[i] += leaf.counts(i).value();
    }
    return sums;
  }
  void SetState(const std::string& id, samkoer::v1::AlertState state) {
    samkoer::v1::SetAlertStateRequest request;
    request.set_alert_id(id);
    request.set_state(state);
    SAMKOER_EXPECT_OK(in_.matcher()
                          .SetAlertState(Installation::Coordinator(), request)
                          .status());
  }
  samkoer::v1::LookUpPersonResponse LookUpUnder(std::uint32_t epoch,
                                                std::string_view person) {
    samkoer::v1::LookUpPersonRequest request;
    request.set_pseudonym(PseudonymOf(person, epoch));
    request.set_epoch(epoch);
    request.set_self_test(Installation::SelfTest(epoch));
    request.set_reason("anmodning");
    return ValueOf(
        in_.matcher().LookUpPerson(Installation::Officer(), request));
  }
};

TEST_F(PairsTest, AMovedPersonKeepsTheAlertAndTheFeedStaysStill) {
  MakeAlertAndRotate();
  const auto before = in_.Feed();
  PushUnder(5, "family", {New(Family("a", "F-1"), "a")});
  EXPECT_EQ(in_.Feed().size(), before.size());
  const PushOutcome late = PushUnder(4, "jobs", {Jobs("a", "J-1")});
  EXPECT_EQ(
      late.commit.changed() + late.commit.added() + late.commit.withdrawn(),
      0u);
  PushUnder(5, "jobs", {New(Jobs("a", "J-1"), "a")});
  EXPECT_EQ(in_.Feed().size(), before.size());
  EndWindow();
  in_.Restart();
  ASSERT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(in_.ActiveAlerts()[0].alert_id(), before.back().alert().alert_id());
  EXPECT_THAT(Counts(), ElementsAre(1, 0, 0));
  EXPECT_EQ(in_.matcher().Stats().persons_held, 1u);
}

TEST_F(PairsTest, ALateDepartmentsBucketsDoNotDiffer) {
  MakeAlertAndRotate();
  PushUnder(5, "family", {New(Family("a", "F-1"), "a")});
  PushPlan late =
      in_.Plan("jobs", samkoer::v1::PUSH_KIND_SNAPSHOT, {Jobs("a", "J-1")});
  late.epoch = 4;
  late.digests = true;
  const PushOutcome out = in_.Push(late);
  SAMKOER_ASSERT_OK(out.status);
  EXPECT_EQ(out.records_sent, 0u);
}

TEST_F(PairsTest, ALateDepartmentMeetsThePersonWhomAPairHasNamed) {
  SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  for (const bool delta : {false, true}) {
    const std::string person = delta ? "d" : "s", ref = person + "-1";
    PushUnder(5, "family", {New(Family(person, "F-" + ref), person)},
              samkoer::v1::PUSH_KIND_DELTA);
    in_.Restart();
    PushUnder(
        4, "jobs", {Jobs(person, "J-" + ref)},
        delta ? samkoer::v1::PUSH_KIND_DELTA : samkoer::v1::PUSH_KIND_SNAPSHOT);
    EXPECT_EQ(in_.ActiveAlerts().size(), delta ? 2u : 1u);
  }
  EXPECT_THAT(Counts(), testing::Each(0));
}

TEST_F(PairsTest, ASnapshotOfMovedPersonsDoesNotLookLikeAShrunkenOne) {
  const Records records = ManyFamily(20);
  in_.MustSnapshot("family", records);
  SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  Records rekeyed;
  for (int i = 0; i < 20; ++i) {
    rekeyed.push_back(New(records[i], "p" + std::to_string(i)));
  }
  PushPlan plan = in_.Plan("family", samkoer::v1::PUSH_KIND_SNAPSHOT, rekeyed);
  plan.previous_epoch = 4;
  const PushOutcome out = in_.Push(plan);
  SAMKOER_ASSERT_OK(out.status);
  EXPECT_EQ(out.commit.withdrawn(), 0u);
  EXPECT_EQ(out.commit.changed(), 0u);
  EXPECT_THAT(Counts(), ElementsAre(20, 0, 0));
}

TEST_F(PairsTest, TwoPersonsWhoAreOneBecomeOne) {
  for (const auto kind :
       {samkoer::v1::PUSH_KIND_SNAPSHOT, samkoer::v1::PUSH_KIND_DELTA}) {
    Installation fresh(ExamplePolicy());
    SAMKOER_ASSERT_OK(fresh.Open());
    fresh.MustSnapshot("family", {Family("a", "F-1")});
    SAMKOER_ASSERT_OK(fresh.Rotate("2026-12-24"));
    fresh.MustSnapshot("jobs", {Unpaired(Jobs("a", "J-1"), "a")});
    EXPECT_EQ(fresh.ActiveAlerts().size(), 0u);
    auto changed = New(Family("a", "F-1"), "a");
    changed.set_contact("another");
    PushPlan plan = fresh.Plan("family", kind, {changed});
    plan.previous_epoch = 4;
    const PushOutcome out = fresh.Push(plan);
    SAMKOER_ASSERT_OK(out.status);
    EXPECT_EQ(out.commit.added(), 0u);
    EXPECT_EQ(out.commit.changed(), 1u);
    for (int round = 0; round < 2; ++round) {
      ASSERT_EQ(fresh.ActiveAlerts().size(), 1u);
      EXPECT_EQ(Cases(fresh.ActiveAlerts()[0]), "family F-1, jobs J-1");
      EXPECT_EQ(fresh.ActiveAlerts()[0].participants(0).contact(), "another");
      EXPECT_EQ(fresh.matcher().Stats().persons_held, 1u);
      fresh.Restart();
    }
  }
}

TEST_F(PairsTest, OfTwoAlertsTheOneThatSomebodyWorksWithStays) {
  in_.MustSnapshot("family", {Family("a", "F-1")});
  in_.MustSnapshot("jobs", {Jobs("a", "J-1")});
  const std::string older = in_.ActiveAlerts()[0].alert_id();
  SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  in_.MustDelta("family", {Unpaired(Family("a", "F-2"), "a")});
  in_.MustSnapshot("social", {Unpaired(Social("a", "S-1"), "a")});
  ASSERT_EQ(in_.ActiveAlerts().size(), 2u);
  std::string newer;
  for (const auto& alert : in_.ActiveAlerts()) {
    if (alert.alert_id() != older) newer = alert.alert_id();
  }
  SetState(newer, samkoer::v1::ALERT_STATE_OFFERED);
  PushUnder(5, "jobs", {New(Jobs("a", "J-1"), "a")});
  ASSERT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(in_.ActiveAlerts()[0].alert_id(), newer);
  EXPECT_EQ(in_.ActiveAlerts()[0].state(), samkoer::v1::ALERT_STATE_OFFERED);
  EXPECT_EQ(Cases(in_.ActiveAlerts()[0]),
            "family F-1, family F-2, jobs J-1, social S-1");
  bool withdrawn = false;
  for (const auto& entry : in_.Feed()) {
    withdrawn |= entry.alert().alert_id() == older &&
                 entry.alert().state() == samkoer::v1::ALERT_STATE_WITHDRAWN;
  }
  EXPECT_TRUE(withdrawn);
  EXPECT_THAT(Counts(), ElementsAre(0, 1, 0));
  in_.Restart();

  // The officer sees both, under both keys, and erases both.
  for (const std::uint32_t epoch : {4u, 5u}) {
    const auto told = LookUpUnder(epoch, "a");
    EXPECT_EQ(told.records_size(), 4);
    EXPECT_EQ(told.alert().alert_id(), newer);
    EXPECT_THAT(told.alert().DebugString(), testing::HasSubstr(older));
  }
  samkoer::v1::ErasePersonRequest erase;
  erase.set_pseudonym(PseudonymOf("a", 5));
  erase.set_epoch(5);
  erase.set_self_test(Installation::SelfTest(5));
  erase.set_reason("anmodning");
  const auto erased =
      ValueOf(in_.matcher().ErasePerson(Installation::Officer(), erase));
  EXPECT_EQ(erased.alerts(), 2u);
  EXPECT_EQ(erased.records(), 4u);
  EXPECT_EQ(in_.matcher().Stats().persons_held, 0u);
  EXPECT_TRUE(in_.AllAlerts().empty());
}

TEST_F(PairsTest, TheFirstPairWins) {
  MakeAlertAndRotate();
  in_.MustDelta("social", {Unpaired(Social("b", "S-1"), "b")});
  PushUnder(5, "family", {New(Family("a", "F-1"), "a")});
  // "b" claims to have been "a", and "a" to have been "c".
  auto stolen = Rekeyed(Social("b", "S-1"), "b", 5);
  stolen.set_previous_pseudonym(PseudonymOf("a", 4));
  auto second = Rekeyed(Social("a", "S-2"), "a", 5);
  second.set_previous_pseudonym(PseudonymOf("c", 4));
  PushUnder(5, "social", {stolen, second});
  EXPECT_THAT(Counts(), ElementsAre(1, 0, 2));
  EXPECT_EQ(LookUpUnder(4, "a").records_size(), 3);
  EXPECT_EQ(LookUpUnder(5, "b").records_size(), 1);
  EndWindow();
  PushUnder(5, "social", {stolen, second});
  EXPECT_EQ(LookUpUnder(5, "a").records_size(), 3);
  EXPECT_EQ(LookUpUnder(5, "b").records_size(), 1);
}

TEST_F(PairsTest, AfterTheWindowALatePairStillMovesAPerson) {
  MakeAlertAndRotate();
  const std::string id = in_.ActiveAlerts()[0].alert_id();
  EndWindow();
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
  PushUnder(5, "family", {New(Family("a", "F-1"), "a")});
  ASSERT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(in_.ActiveAlerts()[0].alert_id(), id);
  EXPECT_EQ(Cases(in_.ActiveAlerts()[0]), "family F-1, jobs J-1");
  PushUnder(5, "jobs", {New(Jobs("a", "J-1"), "a")});
  EXPECT_THAT(Counts(), ElementsAre(1, 0, 0));
  EXPECT_EQ(in_.matcher().Stats().records_held, 2u);
}

TEST_F(PairsTest, AnObjectionGoesOverAndIsLiftedUnderEachKey) {
  MakeAlertAndRotate();
  samkoer::v1::ErasePersonRequest erase;
  erase.set_pseudonym(PseudonymOf("a", 4));
  erase.set_epoch(4);
  erase.set_self_test(Installation::SelfTest(4));
  erase.set_reason("indsigelse");
  erase.set_objection(true);
  ValueOf(in_.matcher().ErasePerson(Installation::Officer(), erase));
  in_.Restart();
  PushUnder(5, "family", {New(Family("a", "F-1"), "a")});
  PushUnder(5, "jobs", {Unpaired(Jobs("a", "J-1"), "a")});
  EXPECT_EQ(in_.matcher().Stats().records_held, 0u);
  in_.Restart();
  for (const std::uint32_t epoch : {5u, 4u}) {
    samkoer::v1::LiftObjectionRequest lift;
    lift.set_pseudonym(PseudonymOf("a", epoch));
    lift.set_epoch(epoch);
    lift.set_self_test(Installation::SelfTest(epoch));
    lift.set_reason("fortrudt");
    EXPECT_TRUE(
        ValueOf(in_.matcher().LiftObjection(Installation::Officer(), lift))
            .lifted());
  }
  PushUnder(5, "family", {New(Family("a", "F-1"), "a")});
  PushUnder(4, "jobs", {Jobs("a", "J-1")});
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
}

TEST_F(PairsTest, APersonErasedDuringTheWindowIsErasedUnderBothKeys) {
  MakeAlertAndRotate();
  PushUnder(5, "family", {New(Family("a", "F-1"), "a")});
  samkoer::v1::ErasePersonRequest erase;
  erase.set_pseudonym(PseudonymOf("a", 5));
  erase.set_epoch(5);
  erase.set_self_test(Installation::SelfTest(5));
  erase.set_reason("indsigelse");
  erase.set_objection(true);
  ValueOf(in_.matcher().ErasePerson(Installation::Officer(), erase));
  PushUnder(4, "jobs", {Jobs("a", "J-1")});
  EXPECT_EQ(in_.matcher().Stats().records_held, 0u);
}

}  // namespace
}  // namespace samkoer::matcher
