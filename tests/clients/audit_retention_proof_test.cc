#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "clients/audit/retention_proof.h"

namespace samkoer::clients {
namespace {

using absl::CivilDay;

v1::AuditLeaf SweepLeaf(const std::string& day, std::uint64_t next_due,
                        std::uint64_t overdue = 0, std::uint64_t kept = 10) {
  v1::AuditLeaf leaf;
  leaf.set_version(1);
  leaf.set_action(v1::AUDIT_ACTION_SWEEP);
  leaf.set_detail(day);
  const std::pair<const char*, std::uint64_t> counts[] = {
      {"deleted.records.FAMILY", 2},
      {"deleted.alerts.CLOSED", 1},
      {"kept.records", kept},
      {"kept.alerts", 0},
      {"overdue.records", overdue},
      {"overdue.alerts", 0},
      {"next-due", next_due},
      {"due-since", 0},
      {"evaluated", 7}};
  for (const auto& [name, value] : counts) {
    v1::AuditCount& count = *leaf.add_counts();
    count.set_name(name);
    count.set_value(value);
  }
  return leaf;
}

SweepFacts Sweep(const std::string& day, std::uint64_t next_due,
                 std::uint64_t overdue = 0, std::uint64_t index = 0) {
  return *ReadSweep(index, SweepLeaf(day, next_due, overdue));
}

std::vector<DayStanding> Standings(const std::vector<SweepFacts>& sweeps,
                                   CivilDay from, CivilDay until) {
  std::vector<DayStanding> standings;
  for (const DayFinding& day : ProveRetention(sweeps, from, until)) {
    EXPECT_EQ(day.day, from + static_cast<int>(standings.size()));
    standings.push_back(day.standing);
  }
  return standings;
}

using enum DayStanding;

TEST(ReadSweepTest, AddsUpWhatWentAndWhatIsLeft) {
  const auto sweep = ReadSweep(17, SweepLeaf("2026-12-01", 20270101, 3));
  ASSERT_TRUE(sweep.has_value());
  EXPECT_TRUE(sweep->complete);
  EXPECT_EQ(sweep->leaf, 17u);
  EXPECT_EQ(sweep->day, CivilDay(2026, 12, 1));
  EXPECT_EQ(sweep->deleted, 3u);
  EXPECT_EQ(sweep->kept, 10u);
  EXPECT_EQ(sweep->overdue, 3u);
  EXPECT_EQ(sweep->next_due, CivilDay(2027, 1, 1));
}

TEST(ReadSweepTest, OtherLeavesAreNoSweepAndOneWithoutFiguresIsIncomplete) {
  v1::AuditLeaf leaf = SweepLeaf("2026-12-01", 0);
  leaf.set_action(v1::AUDIT_ACTION_STARTED);
  EXPECT_FALSE(ReadSweep(0, leaf).has_value());
  leaf = SweepLeaf("2026-12-01", 0);
  leaf.mutable_counts()->RemoveLast();
  EXPECT_TRUE(ReadSweep(0, leaf)->complete);  // one more than is needed
  leaf.mutable_counts()->RemoveLast();        // due-since
  EXPECT_FALSE(ReadSweep(0, leaf)->complete);
  EXPECT_FALSE(ReadSweep(0, SweepLeaf("i morgen", 0))->complete);
}

TEST(ProveRetentionTest, ADayWithASweepThatLeftNothingIsProven) {
  EXPECT_EQ(Standings({Sweep("2026-11-22", 20261201), Sweep("2026-11-23", 0)},
                      CivilDay(2026, 11, 22), CivilDay(2026, 11, 23)),
            (std::vector{kSwept, kSwept}));
}

TEST(ProveRetentionTest, ASweepThatLeftSomethingIsTold) {
  EXPECT_EQ(Standings({Sweep("2026-11-22", 0, 1), Sweep("2026-11-22", 0)},
                      CivilDay(2026, 11, 22), CivilDay(2026, 11, 22)),
            std::vector{kOverdue});
}

TEST(ProveRetentionTest, DaysWithoutASweepAreMadeUpForIfNothingWasDue) {
  const std::vector<SweepFacts> sweeps = {Sweep("2026-11-28", 20261201, 0, 5),
                                          Sweep("2026-12-01", 0, 0, 9)};
  const auto days =
      ProveRetention(sweeps, CivilDay(2026, 11, 29), CivilDay(2026, 11, 30));
  for (const DayFinding& day : days) {
    EXPECT_EQ(day.standing, kMadeUp);
    ASSERT_TRUE(day.sweep.has_value());
    EXPECT_EQ(day.sweep->leaf, 9u);
    EXPECT_TRUE(IsProven(day.standing));
  }
}

TEST(ProveRetentionTest, WhatWasDueOnADayWithoutASweepWasKeptOverTime) {
  EXPECT_EQ(Standings({Sweep("2026-11-29", 20261201), Sweep("2026-12-03", 0)},
                      CivilDay(2026, 11, 30), CivilDay(2026, 12, 3)),
            (std::vector{kMadeUp, kKeptOver, kKeptOver, kSwept}));
  EXPECT_FALSE(IsProven(kKeptOver));
}

TEST(ProveRetentionTest, AfterTheLastSweepNothingIsProvenFromTheDayThatIsDue) {
  EXPECT_EQ(Standings({Sweep("2026-11-29", 20261201)}, CivilDay(2026, 11, 30),
                      CivilDay(2026, 12, 2)),
            (std::vector{kNotDue, kKeptOver, kKeptOver}));
}

TEST(ProveRetentionTest,
     BeforeTheFirstSweepThereIsNothingOnlyIfItFoundNothing) {
  v1::AuditLeaf leaf = SweepLeaf("2026-11-22", 0, 0, 0);
  leaf.mutable_counts(0)->set_value(0);
  leaf.mutable_counts(1)->set_value(0);
  EXPECT_EQ(Standings({*ReadSweep(0, leaf)}, CivilDay(2026, 11, 21),
                      CivilDay(2026, 11, 22)),
            (std::vector{kNothingHeld, kSwept}));
  EXPECT_EQ(Standings({Sweep("2026-11-22", 0)}, CivilDay(2026, 11, 21),
                      CivilDay(2026, 11, 21)),
            std::vector{kNoFigures});
}

TEST(ProveRetentionTest, ALeafWithoutFiguresProvesNeitherItsDayNorTheNext) {
  SweepFacts old = Sweep("2026-11-22", 0);
  old.complete = false;
  EXPECT_EQ(Standings({old, Sweep("2026-11-24", 0)}, CivilDay(2026, 11, 22),
                      CivilDay(2026, 11, 24)),
            (std::vector{kNoFigures, kNoFigures, kSwept}));
}

v1::AuditLeaf PushLeaf(std::uint64_t overdue, std::uint64_t next_due) {
  v1::AuditLeaf leaf;
  leaf.set_action(v1::AUDIT_ACTION_PUSH_COMMITTED);
  const std::pair<const char*, std::uint64_t> counts[] = {
      {"added", 3}, {"overdue.records", overdue}, {"next-due", next_due}};
  for (const auto& [name, value] : counts) {
    v1::AuditCount& count = *leaf.add_counts();
    count.set_name(name);
    count.set_value(value);
  }
  return leaf;
}

v1::AuditLeaf SweepThatDeleted(const std::string& day,
                               std::uint64_t due_since) {
  v1::AuditLeaf leaf = SweepLeaf(day, 0);
  for (v1::AuditCount& count : *leaf.mutable_counts()) {
    if (count.name() == "due-since") count.set_value(due_since);
  }
  return leaf;
}

std::vector<SweepFacts> Log(const std::vector<v1::AuditLeaf>& leaves) {
  std::vector<SweepFacts> sweeps;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    TakeRetentionLeaf(i, leaves[i], sweeps);
  }
  return sweeps;
}

TEST(ProveRetentionTest, ACaseThatIsDueWhenItComesIsToldUntilItIsDeleted) {
  const auto pushed =
      Log({SweepLeaf("2026-11-05", 20261201), PushLeaf(1, 20260101)});
  EXPECT_EQ(Standings(pushed, CivilDay(2026, 11, 5), CivilDay(2026, 11, 7)),
            (std::vector{kCameLate, kKeptOver, kKeptOver}));
  const auto swept =
      Log({SweepLeaf("2026-11-05", 20261201), PushLeaf(1, 20260101),
           SweepThatDeleted("2026-11-07", 20260101)});
  EXPECT_EQ(Standings(swept, CivilDay(2026, 11, 5), CivilDay(2026, 11, 7)),
            (std::vector{kCameLate, kKeptOver, kSwept}));
  EXPECT_FALSE(IsProven(kCameLate));
}

TEST(ProveRetentionTest, WhatASweepFindsLateIsToldThoughNoPushSaidSo) {
  const auto sweeps = Log({SweepLeaf("2026-11-05", 20261201),
                           SweepThatDeleted("2026-11-08", 20261107)});
  EXPECT_EQ(Standings(sweeps, CivilDay(2026, 11, 5), CivilDay(2026, 11, 8)),
            (std::vector{kSwept, kMadeUp, kKeptOver, kSwept}));
  const auto came = Log({SweepLeaf("2026-11-05", 20261201),
                         SweepThatDeleted("2026-11-06", 20260101)});
  EXPECT_EQ(Standings(came, CivilDay(2026, 11, 5), CivilDay(2026, 11, 6)),
            (std::vector{kCameLate, kSwept}));
}

TEST(ProveRetentionTest, APolicyWithShorterPeriodsAccusesNoDayBeforeIt) {
  v1::AuditLeaf shorter = SweepThatDeleted("2026-11-08", 20260101);
  shorter.set_digest(std::string(32, 'p'));
  EXPECT_EQ(Standings(Log({SweepLeaf("2026-11-05", 20261201), shorter}),
                      CivilDay(2026, 11, 5), CivilDay(2026, 11, 8)),
            (std::vector{kSwept, kMadeUp, kMadeUp, kSwept}));
}

TEST(ProveRetentionTest, ACaseWithdrawnBeforeItIsDueAccusesNobody) {
  const auto sweeps = Log({SweepLeaf("2026-11-12", 20261201), PushLeaf(0, 0),
                           SweepThatDeleted("2026-12-24", 0)});
  for (const DayFinding& day :
       ProveRetention(sweeps, CivilDay(2026, 11, 20), CivilDay(2026, 12, 24))) {
    EXPECT_TRUE(IsProven(day.standing)) << day.day;
  }
}

TEST(ProveRetentionTest, AnErasureBeforeTheDayAccusesNobody) {
  v1::AuditLeaf erased;
  erased.set_action(v1::AUDIT_ACTION_PERSON_ERASED);
  const auto gone = Log({SweepLeaf("2026-11-29", 20261201), erased,
                         SweepThatDeleted("2026-12-03", 0)});
  EXPECT_EQ(Standings(gone, CivilDay(2026, 11, 30), CivilDay(2026, 12, 3)),
            (std::vector{kMadeUp, kMadeUp, kMadeUp, kSwept}));
  const auto other = Log({SweepLeaf("2026-11-29", 20261201), erased,
                          SweepThatDeleted("2026-12-03", 20261201)});
  EXPECT_EQ(Standings(other, CivilDay(2026, 11, 30), CivilDay(2026, 12, 3)),
            (std::vector{kMadeUp, kKeptOver, kKeptOver, kSwept}));
}

// A thing that is due on a random day, and sweeps on random days: a day is
// proven exactly if the thing was not there on it beyond its time.
TEST(ProveRetentionTest, SaysOfRandomHistoriesWhatANaiveListSays) {
  const char* given = std::getenv("SAMKOER_SEED");
  const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10)
                                     : std::random_device{}();
  std::cout << "SAMKOER_SEED=" << seed << std::endl;
  std::mt19937_64 rng(seed);
  for (int round = 0; round < 200; ++round) {
    const CivilDay first(2026, 11, 1);
    const CivilDay due = first + 1 + static_cast<int>(rng() % 40);
    std::vector<SweepFacts> sweeps;
    std::vector<bool> kept_over;
    bool there = true;
    for (CivilDay day = first; day < first + 50; ++day) {
      if (day == first || rng() % 4 == 0) {
        if (day >= due) there = false;
        sweeps.push_back(
            Sweep(absl::FormatCivilTime(day),
                  there ? std::uint64_t(due.year() * 10000 + due.month() * 100 +
                                        due.day())
                        : 0));
      }
      kept_over.push_back(there && day >= due);
    }
    const auto days = ProveRetention(sweeps, first, first + 49);
    ASSERT_EQ(days.size(), kept_over.size());
    for (std::size_t i = 0; i < days.size(); ++i) {
      ASSERT_EQ(IsProven(days[i].standing), !kept_over[i])
          << "round " << round << " day " << i;
    }
  }
}

}  // namespace
}  // namespace samkoer::clients
