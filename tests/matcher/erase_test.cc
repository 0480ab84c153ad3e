#include "matcher/erase.h"

#include <gmock/gmock.h>

#include <map>
#include <string>

#include "tests/matcher/intake_fixture.h"
#include "tests/matcher/sealed_contents.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AUDIT_ACTION_PERSON_ERASED;
using samkoer::v1::NOTICE_KIND_ERASED;
using samkoer::v1::NOTICE_KIND_OBJECTION;
using storage::Message;
using storage::Table;
using storage::ValueOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Stands in every free text of the person's records.
constexpr std::string_view kMarker = "MARK";

class EraseTest : public MatcherIntakeTest {
 protected:
  // "a" has an alert of two departments, "b" one of its own, and they share the
  // case F-2.
  void PushBoth() {
    auto marked = Family("a", "F-1");
    marked.set_contact(std::string(kMarker));
    marked.mutable_plan()->set_owner_unit(std::string(kMarker));
    in_.MustSnapshot("family",
                     {marked, Family("a", "F-2"), Family("b", "F-2")});
    auto jobs = Jobs("a", "J-1");
    jobs.set_contact(std::string(kMarker));
    in_.MustSnapshot("jobs", {jobs, Jobs("b", "J-2")});
    ASSERT_EQ(in_.ActiveAlerts().size(), 2u);
  }
  static std::vector<std::string> NoticesOf(
      const samkoer::v1::ListNoticesResponse& list) {
    std::vector<std::string> texts;
    for (const auto& notice : list.notices()) {
      EXPECT_EQ(notice.notice_id().size(), 16u);
      texts.push_back(notice.case_ref() + (notice.kind() == NOTICE_KIND_ERASED
                                               ? " erased"
                                               : " objection"));
    }
    return texts;
  }
  samkoer::v1::ListNoticesResponse List(std::string_view department) {
    return ValueOf(
        in_.matcher().ListNotices(Installation::Department(department)));
  }
  std::vector<std::string> Notices(std::string_view department) {
    return NoticesOf(List(department));
  }
  samkoer::v1::AuditLeaf LeafAt(std::uint64_t index) {
    return in_.Leaves().at(index);
  }
  static std::map<std::string, std::uint64_t> Counts(
      const samkoer::v1::AuditLeaf& leaf) {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& count : leaf.counts())
      counts[count.name()] = count.value();
    return counts;
  }
  std::size_t Count(Table table) {
    std::size_t count = 0;
    SAMKOER_EXPECT_OK(in_.store().Scan(
        storage::TablePrefix(table), "",
        [&](std::string_view, std::string_view) { return ++count > 0; }));
    return count;
  }
  std::size_t IndexEntriesOf(std::string_view subject) {
    std::size_t count = 0;
    SAMKOER_EXPECT_OK(in_.audit().SubjectIndexKeys(
        in_.store(), subject, [&](std::string_view) { ++count; }));
    return count;
  }
  SealedContents Contents() {
    return SealedContents(in_.store(), in_.sealer());
  }
  // But for notices, which hold case references until they are acknowledged.
  bool StoreHolds(std::string_view text) {
    return Contents().Holds(text, Table::kNotice);
  }
};

TEST_F(EraseTest, NothingIsLeftOfThePersonAndEverythingOfTheOthers) {
  PushBoth();
  const auto of_b = in_.LookUp(PseudonymOf("b"));
  const std::string subject = in_.LookUp(PseudonymOf("a")).subject_id();
  EXPECT_GT(IndexEntriesOf(subject), 0u);
  const auto erased = in_.MustErase("a");
  EXPECT_EQ(erased.records(), 3u);
  EXPECT_EQ(erased.alerts(), 1u);
  EXPECT_EQ(erased.departments(), 2u);
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_FALSE(in_.LookUp(PseudonymOf("a")).known());
    EXPECT_EQ(IndexEntriesOf(subject), 0u);
    const auto stats = in_.matcher().Stats();
    EXPECT_EQ(stats.records_held, 2u);
    EXPECT_EQ(stats.persons_held, 1u);
    EXPECT_EQ(stats.alerts_held, 1u);
    ASSERT_EQ(in_.AllAlerts().size(), 1u);
    EXPECT_EQ(Cases(in_.AllAlerts()[0]), "family F-2, jobs J-2");
    const auto now = in_.LookUp(PseudonymOf("b"));
    EXPECT_EQ(now.subject_id(), of_b.subject_id());
    EXPECT_EQ(now.alert().SerializeAsString(),
              of_b.alert().SerializeAsString());
    in_.Restart();
  }
  SAMKOER_EXPECT_OK(in_.audit().VerifyLeaves(in_.store()));
}

TEST_F(EraseTest, TheLeafTellsWhatWentAndNamesNobody) {
  PushBoth();
  const auto erased = in_.MustErase("a");
  const auto leaf = LeafAt(erased.leaf_index());
  EXPECT_EQ(leaf.action(), AUDIT_ACTION_PERSON_ERASED);
  EXPECT_EQ(leaf.actor(), Installation::Officer().uri);
  EXPECT_EQ(leaf.reason(), "anmodning om sletning");
  EXPECT_EQ(leaf.subjects_size(), 0);
  auto counts = Counts(leaf);
  EXPECT_EQ(counts["records"], 3u);
  EXPECT_EQ(counts["alerts"], 1u);
  EXPECT_EQ(counts["departments"], 2u);
  EXPECT_EQ(counts["objection"], 0u);
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_PERSON_ERASED), 1u);
}

TEST_F(EraseTest, TheFeedLosesWhatItShowedAndTellsOfTheDeletion) {
  PushBoth();
  const std::string gone = in_.LookUp(PseudonymOf("a")).alert().alert_id();
  const auto before = in_.Feed();
  in_.MustErase("a");
  const auto feed = in_.Feed();
  ASSERT_EQ(feed.size(), before.size() + 1);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(feed[i].sequence(), i + 1);
    EXPECT_EQ(feed[i].has_alert(), before[i].alert().alert_id() != gone);
    EXPECT_EQ(feed[i].time().nanos(), before[i].time().nanos());
    EXPECT_FALSE(feed[i].has_tombstone());
  }
  EXPECT_EQ(feed.back().tombstone().alert_id(), gone);
  EXPECT_EQ(feed.back().tombstone().cause(),
            samkoer::v1::TOMBSTONE_CAUSE_ERASURE);
  samkoer::v1::GetAlertRequest request;
  request.set_alert_id(gone);
  EXPECT_TRUE(absl::IsNotFound(
      in_.matcher().GetAlert(Installation::Coordinator(), request).status()));
}

TEST_F(EraseTest, NoValueOfTheStoreHoldsAnythingOfThePerson) {
  PushBoth();
  const std::string subject = in_.LookUp(PseudonymOf("a")).subject_id();
  const SealedContents before = Contents();
  crypto::SealKey data_key;
  for (const auto& person : before.persons()) {
    if (crypto::AsText(crypto::SubjectId(person.data_key)) == subject) {
      data_key = person.data_key;
    }
  }
  const std::string key_bytes(crypto::AsText(data_key.Expose()));
  ASSERT_TRUE(StoreHolds(key_bytes));
  ASSERT_EQ(before.OpenedBy(data_key), 3u + 1u);  // records, the alert
  for (const std::string_view text : {kMarker, {"F-1"}, {"J-1"}}) {
    ASSERT_TRUE(StoreHolds(text)) << text;
  }

  in_.MustErase("a");
  const SealedContents after = Contents();
  // Nothing opens with the key any more, and the key is nowhere.
  EXPECT_EQ(after.OpenedBy(data_key), 0u);
  for (const std::string_view text :
       {std::string_view(key_bytes), kMarker, {"F-1"}, {"J-1"}}) {
    EXPECT_FALSE(StoreHolds(text)) << text;
  }
  // Nothing is left that no key opens, and the others' is all there.
  ASSERT_EQ(after.persons().size(), 1u);
  EXPECT_EQ(after.OpenedBy(after.persons()[0].data_key), 2u + 1u);
  EXPECT_EQ(after.sealed(), 2u + 1u);
  // What the departments are told of goes with their word.
  for (const char* department : {"family", "jobs"}) {
    in_.Acknowledge(department);
  }
  EXPECT_EQ(Count(Table::kNotice), 0u);
}

TEST_F(EraseTest, EachDepartmentIsToldOfItsOwnCases) {
  PushBoth();
  in_.MustErase("a");
  EXPECT_THAT(Notices("family"), ElementsAre("F-1 erased", "F-2 erased"));
  EXPECT_THAT(Notices("jobs"), ElementsAre("J-1 erased"));
  EXPECT_THAT(Notices("social"), IsEmpty());
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_NOTICES_READ), 3u);
  in_.Restart();
  EXPECT_THAT(Notices("jobs"), ElementsAre("J-1 erased"));
  EXPECT_EQ(in_.Acknowledge("jobs"), 1u);
  EXPECT_THAT(Notices("jobs"), IsEmpty());
  EXPECT_THAT(Notices("family"), ElementsAre("F-1 erased", "F-2 erased"));
}

TEST_F(EraseTest, APersonWhoIsNotKnownGivesTheSameAnswerWithZeros) {
  PushBoth();
  const auto erased = in_.MustErase("nobody");
  EXPECT_EQ(erased.records() + erased.alerts() + erased.departments(), 0u);
  EXPECT_EQ(LeafAt(erased.leaf_index()).action(), AUDIT_ACTION_PERSON_ERASED);
  EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
  EXPECT_EQ(in_.MustErase("a").records(), 3u);
  EXPECT_EQ(in_.MustErase("a").records(), 0u);
}

TEST_F(EraseTest, WhoIsPushedAgainIsANewPersonWithANewAlert) {
  PushBoth();
  const auto before = in_.LookUp(PseudonymOf("a"));
  in_.MustErase("a");
  in_.MustDelta("family", {Family("a", "F-1")});
  in_.MustDelta("jobs", {Jobs("a", "J-1")});
  const auto after = in_.LookUp(PseudonymOf("a"));
  EXPECT_EQ(Cases(after.alert()), "family F-1, jobs J-1");
  EXPECT_NE(after.subject_id(), before.subject_id());
  EXPECT_NE(after.alert().alert_id(), before.alert().alert_id());
  EXPECT_EQ(after.alert().revision(), 1u);
  for (const auto& access : after.accesses()) {
    EXPECT_GT(access.leaf_index(), 0u);
    EXPECT_EQ(LeafAt(access.leaf_index()).subjects(0), after.subject_id());
  }
  in_.Restart();
  EXPECT_EQ(in_.LookUp(PseudonymOf("a")).alert().SerializeAsString(),
            after.alert().SerializeAsString());
}

TEST_F(EraseTest, AnOpenSnapshotIsGivenUpWithWhatItHasStaged) {
  PushPlan plan = in_.Plan("family", samkoer::v1::PUSH_KIND_SNAPSHOT,
                           {Family("a", "F-1"), Family("b", "F-2")}, 1);
  auto session = MustBegin(plan);
  SAMKOER_ASSERT_OK(Send(*session, plan.batches[0]).status());
  ASSERT_EQ(Staged(), 1u);
  const auto erased = in_.MustErase("a");  // whom nobody else knows
  EXPECT_EQ(Counts(LeafAt(erased.leaf_index()))["pushes_given_up"], 1u);
  EXPECT_EQ(Staged(), 0u);
  const auto refused = Send(*session, plan.batches[1]);
  EXPECT_TRUE(absl::IsUnavailable(refused.status())) << refused.status();
  EXPECT_THAT(Message(refused.status()), HasSubstr("begin it again"));
  // The same push goes through from its first batch.
  const PushOutcome out = in_.Push(plan);
  SAMKOER_EXPECT_OK(out.status);
  EXPECT_EQ(out.begun.next_batch(), 0u);
  EXPECT_EQ(Held(), 2u);
}

TEST_F(EraseTest, AStreamThatANewerPushOvertookIsStillTold) {
  PushPlan plan = in_.Plan("family", samkoer::v1::PUSH_KIND_SNAPSHOT,
                           {Family("a", "F-1")}, 1);
  auto older = MustBegin(plan);
  in_.MustErase("a");
  in_.MustSnapshot("family", {Family("b", "F-2")});
  EXPECT_TRUE(absl::IsAborted(Send(*older, plan.batches[0]).status()));
}

TEST_F(EraseTest, WhoHasObjectedIsReceivedButNeverStoredNorMatched) {
  PushBoth();
  EXPECT_EQ(in_.MustErase("a", /*objection=*/true).records(), 3u);
  EXPECT_THAT(Notices("family"), ElementsAre("F-1 objection", "F-2 objection"));
  in_.Acknowledge("family");
  in_.Acknowledge("jobs");
  for (int night = 0; night < 3; ++night) {
    PushPlan plan =
        in_.Plan("family", samkoer::v1::PUSH_KIND_SNAPSHOT,
                 {Family("a", "F-1"), Family("a", "F-2"), Family("b", "F-2")});
    plan.digests = true;
    const PushOutcome out = in_.Push(plan);
    SAMKOER_ASSERT_OK(out.status);
    EXPECT_EQ(out.batches.at(0).record_count(), out.records_sent);
    EXPECT_EQ(out.commit.record_count(), 1u);
    EXPECT_EQ(out.commit.added() + out.commit.withdrawn(), 0u);
    in_.MustDelta("jobs", {Jobs("a", "J-1"), Jobs("b", "J-2")});
    EXPECT_FALSE(in_.LookUp(PseudonymOf("a")).known());
    EXPECT_TRUE(in_.LookUp(PseudonymOf("a")).objection());
    EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
    EXPECT_EQ(Held(), 2u);
    // Told once, whatever the nights.
    EXPECT_THAT(Notices("family"),
                ElementsAre("F-1 objection", "F-2 objection"));
    EXPECT_THAT(Notices("jobs"), ElementsAre("J-1 objection"));
    in_.Restart();
  }
  EXPECT_FALSE(in_.LookUp(PseudonymOf("b")).objection());
}

TEST_F(EraseTest, NothingOfAnObjectorIsEvenStaged) {
  in_.MustErase("a", /*objection=*/true);
  auto record = Family("a", "F-1");
  record.set_contact(std::string(kMarker));
  PushPlan plan = in_.Plan("family", samkoer::v1::PUSH_KIND_SNAPSHOT,
                           {record, Family("b", "F-2")});
  plan.commit = false;
  const PushOutcome out = in_.Push(plan);
  SAMKOER_ASSERT_OK(out.status);
  EXPECT_EQ(out.batches.at(0).record_count(), 2u);
  EXPECT_EQ(Staged(), 1u);
  EXPECT_FALSE(StoreHolds(kMarker));
  EXPECT_TRUE(StoreHolds("F-2"));
  // The commit counts what was received, also after a restart.
  in_.Restart();
  plan.commit = true;
  SAMKOER_EXPECT_OK(in_.Push(plan).status);
  EXPECT_EQ(Held(), 1u);
}

TEST_F(EraseTest, ADeltaThatStatesAnObjectorsCaseStatesAllOfTheCase) {
  in_.MustSnapshot("family", {Family("b", "F-2")});
  in_.MustErase("a", /*objection=*/true);
  // The case is now the objector's alone: "b" leaves it.
  in_.MustDelta("family", {Family("a", "F-2")});
  EXPECT_EQ(Held(), 0u);
  in_.MustDelta("family", {Family("a", "F-2"), Family("b", "F-2")});
  EXPECT_EQ(Held(), 1u);
  // And stands in one batch of a push, as every other.
  PushPlan plan = in_.Plan("family", samkoer::v1::PUSH_KIND_DELTA,
                           {Family("c", "F-3"), Family("a", "F-2")}, 1);
  plan.batches.push_back(plan.batches.back());
  plan.batches.back().set_number(2);
  const auto out = in_.Push(plan);
  EXPECT_TRUE(absl::IsInvalidArgument(out.status)) << out.status;
  EXPECT_THAT(Message(out.status), HasSubstr("batch 2, record 0"));
}

TEST_F(EraseTest, AnObjectionThatIsLiftedLetsThePersonIn) {
  PushBoth();
  in_.MustErase("a", /*objection=*/true);
  const auto lifted = in_.MustLift("a");
  EXPECT_TRUE(lifted.lifted());
  const auto leaf = LeafAt(lifted.leaf_index());
  EXPECT_EQ(leaf.action(), samkoer::v1::AUDIT_ACTION_OBJECTION_LIFTED);
  EXPECT_EQ(leaf.reason(), "indsigelsen trækkes tilbage");
  EXPECT_EQ(leaf.subjects_size(), 0);
  EXPECT_EQ(Count(Table::kObjection), 0u);
  EXPECT_FALSE(in_.MustLift("a").lifted());
  EXPECT_FALSE(in_.MustLift("nobody").lifted());
  in_.MustDelta("family", {Family("a", "F-1")});
  EXPECT_TRUE(in_.LookUp(PseudonymOf("a")).known());
}

TEST_F(EraseTest, AnObjectionIsKeptAsAHashAlone) {
  in_.MustErase("a", /*objection=*/true);
  in_.MustErase("a", /*objection=*/true);
  in_.MustErase("a");  // erasing again lifts nothing
  EXPECT_EQ(Count(Table::kObjection), 1u);
  const auto person_key = crypto::PersonKey(
      storage::TestKey(42), in_.policy().purpose(), Installation::kEpoch,
      crypto::AsBytes(PseudonymOf("a")));
  EXPECT_FALSE(StoreHolds(crypto::AsText(person_key)));
  EXPECT_FALSE(StoreHolds(PseudonymOf("a")));
  EXPECT_TRUE(in_.LookUp(PseudonymOf("a")).objection());
}

TEST_F(EraseTest, ANoticeThatNobodyAcknowledgesGoesAfterThirtyDays) {
  PushBoth();
  in_.MustErase("a");
  in_.SetDay("2026-12-22");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_EQ(Count(Table::kNotice), 3u);
  in_.SetDay("2026-12-23");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_EQ(Count(Table::kNotice), 0u);
  EXPECT_EQ(Counts(in_.Leaves().back())["notices_deleted"], 3u);
}

TEST_F(EraseTest, AnErasureThatIsNotWrittenHasNotBeen) {
  PushBoth();
  for (const auto fault :
       {storage::Fault::kNotPersisted, storage::Fault::kPersistedButError}) {
    in_.FailWrite(1, fault);
    EXPECT_TRUE(absl::IsUnavailable(in_.Erase("a").status()));
    EXPECT_TRUE(in_.fatal());
    in_.Restart();
    const bool done = fault == storage::Fault::kPersistedButError;
    EXPECT_EQ(in_.LookUp(PseudonymOf("a")).known(), !done);
    EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_PERSON_ERASED), done ? 1u : 0u);
    EXPECT_EQ(Notices("jobs").size(), done ? 1u : 0u);
    EXPECT_EQ(in_.ActiveAlerts().size(), done ? 1u : 2u);
  }
}

TEST_F(EraseTest, ADamagedRecordIsRefusedAndNothingChanged) {
  PushBoth();
  storage::WriteBatch damage;
  damage.Put(storage::NumberKey(Table::kSegment, 0), std::string(100, 'x'));
  SAMKOER_ASSERT_OK(in_.store().Write(damage));
  EXPECT_FALSE(in_.Erase("a").ok());
  EXPECT_FALSE(in_.fatal());
  EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_PERSON_ERASED), 0u);
}

}  // namespace
}  // namespace samkoer::matcher
