#include "matcher/match_step.h"

#include "matcher/alert_store.h"
#include "storage/key_layout.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

class MatchStepTest : public StateFixture {
 protected:
  samkoer::v1::Alert AlertOf(std::string_view person) {
    samkoer::v1::Alert alert;
    SAMKOER_EXPECT_OK(AlertLoader(state_, tx_).Load(PersonOf(person), alert));
    return alert;
  }
};

TEST_F(MatchStepTest, AMatchIsAnAlertAFeedEntryAndALeaf) {
  RecordChanges changes(state_, tx_);
  UpsertFamily(changes, "a", "F-1");
  UpsertJobs(changes, "a", "J-1");
  UpsertJobs(changes, "b", "J-2");
  const MatchCounts counts = Finish(changes);
  EXPECT_EQ(counts.evaluated, 2u);
  EXPECT_EQ(counts.opened, 1u);
  EXPECT_EQ(Cases(AlertOf("a")), "family F-1, jobs J-1");
  EXPECT_EQ(state_.state.feed_sequence, 1u);
  Write();
  const auto& leaf = leaves_.back();
  EXPECT_EQ(leaf.action(), samkoer::v1::AUDIT_ACTION_ALERTS_MATCHED);
  ASSERT_EQ(leaf.subjects_size(), 1);
  EXPECT_EQ(leaf.subjects(0),
            crypto::AsText(state_.index.person(PersonOf("a")).subject_id()));
  EXPECT_EQ(Cases(AlertOf("a")), "family F-1, jobs J-1");
}

TEST_F(MatchStepTest, TwoCommandsOfOneGroupSeeEachOthersAlerts) {
  {
    RecordChanges changes(state_, tx_);
    UpsertFamily(changes, "a", "F-1");
    UpsertJobs(changes, "a", "J-1");
    Finish(changes);
  }
  {
    RecordChanges changes(state_, tx_);
    UpsertJobs(changes, "a", "J-2");
    EXPECT_EQ(Finish(changes).changed, 1u);
  }
  EXPECT_EQ(Cases(AlertOf("a")), "family F-1, jobs J-1, jobs J-2");
  EXPECT_EQ(AlertOf("a").revision(), 2u);
  EXPECT_EQ(state_.state.feed_sequence, 2u);
}

TEST_F(MatchStepTest, WhatDoesNotConcernTheRuleChangesNoAlert) {
  {
    RecordChanges changes(state_, tx_);
    UpsertFamily(changes, "a", "F-1");
    UpsertJobs(changes, "a", "J-1");
    Finish(changes);
  }
  RecordChanges changes(state_, tx_);
  auto provider = MakeRecord("a", "F-2", "Tilbud", samkoer::v1::DOMAIN_FAMILY);
  Upsert(changes, "family", "a", provider);
  const MatchCounts counts = Finish(changes);
  EXPECT_EQ(counts.evaluated, 1u);
  EXPECT_EQ(counts.changed, 0u);
  EXPECT_EQ(state_.state.feed_sequence, 1u);
}

TEST_F(MatchStepTest, AContentThatAlertsDoNotShowChangesNoAlert) {
  {
    RecordChanges changes(state_, tx_);
    UpsertFamily(changes, "a", "F-1");
    UpsertJobs(changes, "a", "J-1");
    Finish(changes);
  }
  RecordChanges changes(state_, tx_);
  auto record =
      MakeRecord("a", "J-1", "Team Unge", samkoer::v1::DOMAIN_EMPLOYMENT);
  record.set_consent(samkoer::v1::CONSENT_GIVEN);
  Upsert(changes, "jobs", "a", record);
  EXPECT_EQ(Finish(changes).changed, 0u);
  // Noted, so that it is not compared again.
  const PersonNo persons[] = {PersonOf("a")};
  EXPECT_EQ(state_.state.feed_sequence, 1u);
  const RecordChanges none(state_, tx_);
  EXPECT_EQ(
      storage::ValueOf(MatchPersons(state_, tx_, none, persons, "")).changed,
      0u);
}

TEST_F(MatchStepTest, ManyMatchesAreNumberedWithDescendingIds) {
  RecordChanges changes(state_, tx_);
  for (int i = 0; i < 200; ++i) {
    const std::string n = std::to_string(i);
    UpsertFamily(changes, "p" + n, "F-" + n);
    UpsertJobs(changes, "p" + n, "J-" + n);
  }
  EXPECT_EQ(Finish(changes).opened, 200u);
  std::uint64_t last = ~std::uint64_t{0};
  for (std::uint64_t number = 1; number <= 200; ++number) {
    const PersonNo person = state_.index.FindAlertNumber(number);
    ASSERT_NE(person, kNone);
    const std::uint64_t id = state_.index.FindAlert(person)->id;
    EXPECT_LT(id, last);
    last = id;
  }
  EXPECT_EQ(state_.state.next_alert, 201u);
  Write();
  // Seven pages, of 32 entries each but the last.
  std::size_t pages = 0;
  SAMKOER_EXPECT_OK(engine_.Scan(
      storage::TablePrefix(storage::Table::kFeed), "",
      [&](std::string_view, std::string_view) { return ++pages > 0; }));
  EXPECT_EQ(pages, 7u);
  for (int i = 0; i < 200; i += 37) {
    const std::string n = std::to_string(i);
    EXPECT_EQ(Cases(AlertOf("p" + n)), "family F-" + n + ", jobs J-" + n);
  }
}

TEST_F(MatchStepTest, APersonWithAnAlertStaysWithoutRecords) {
  {
    RecordChanges changes(state_, tx_);
    UpsertFamily(changes, "a", "F-1");
    UpsertJobs(changes, "a", "J-1");
    Finish(changes);
  }
  RecordChanges changes(state_, tx_);
  const PersonNo person = PersonOf("a");
  while (state_.index.person(person).first_record != kNone) {
    changes.Withdraw(state_.index.person(person).first_record);
  }
  const MatchCounts counts = Finish(changes);
  EXPECT_EQ(counts.withdrawn, 1u);
  EXPECT_EQ(counts.persons_gone, 0u);
  EXPECT_EQ(AlertOf("a").state(), samkoer::v1::ALERT_STATE_WITHDRAWN);
}

}  // namespace
}  // namespace samkoer::matcher
