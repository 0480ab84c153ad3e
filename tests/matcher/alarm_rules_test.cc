#include "matcher/alarm_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>

namespace samkoer::matcher {
namespace {

using samkoer::v1::AlarmKind;
using samkoer::v1::AlarmThresholds;
using samkoer::v1::AuditLeaf;
using testing::IsEmpty;

constexpr char kAnna[] = "samkoer://viborg/coordinator/anna";

absl::TimeZone Zone() { return absl::FixedTimeZone(3600); }

// A Wednesday, local time.
absl::Time At(int day, int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilSecond(2026, 11, 4 + day, hour, minute),
                         Zone());
}

AuditLeaf Leaf(samkoer::v1::AuditAction action, absl::Time time,
               const std::string& actor = kAnna) {
  AuditLeaf leaf;
  leaf.mutable_time()->set_seconds(absl::ToUnixSeconds(time));
  leaf.set_action(action);
  leaf.set_actor(actor);
  return leaf;
}

AuditLeaf Read(absl::Time time, const std::vector<std::string>& subjects,
               const std::string& actor = kAnna) {
  AuditLeaf leaf = Leaf(samkoer::v1::AUDIT_ACTION_ALERTS_READ, time, actor);
  for (const std::string& subject : subjects) leaf.add_subjects(subject);
  return leaf;
}

AuditLeaf Sweep(const std::string& day) {
  AuditLeaf leaf = Leaf(samkoer::v1::AUDIT_ACTION_SWEEP, At(0, 1), "matcher");
  leaf.set_detail(day);
  return leaf;
}

AuditLeaf Commit(const std::string& department, std::uint64_t held) {
  AuditLeaf leaf = Leaf(samkoer::v1::AUDIT_ACTION_PUSH_COMMITTED, At(0, 2),
                        "samkoer://viborg/department/" + department);
  auto* count = leaf.add_counts();
  count->set_name("held");
  count->set_value(held);
  return leaf;
}

class AlarmRulesTest : public testing::Test {
 protected:
  AlarmRulesTest() { Configure({"family"}); }
  void Configure(std::vector<std::string> departments) {
    AlarmThresholds thresholds;
    thresholds.set_same_person_reads(3);
    thresholds.set_same_person_days(2);
    thresholds.set_off_hours_reads(2);
    thresholds.set_bulk_reads(10);
    thresholds.set_denied_attempts(4);
    rules_.Configure({thresholds, std::move(departments), {{"family", 100}}});
  }
  // "kind about count" of what the leaf raises.
  std::vector<std::string> Take(const AuditLeaf& leaf) {
    std::vector<AlarmSignal> signals;
    rules_.Take(leaf, signals);
    std::vector<std::string> out;
    for (const AlarmSignal& signal : signals) {
      out.push_back(samkoer::v1::AlarmKind_Name(signal.kind).substr(11) + " " +
                    signal.about + " " + std::to_string(signal.count));
    }
    return out;
  }

  AlarmRules rules_{Zone()};
};

TEST_F(AlarmRulesTest, LookingAtOnePersonAgainAndAgainWithinTheDays) {
  EXPECT_THAT(Take(Read(At(0, 10), {"a"})), IsEmpty());
  EXPECT_THAT(Take(Read(At(0, 11), {"a"})), IsEmpty());
  EXPECT_THAT(Take(Read(At(1, 10), {"a"})), IsEmpty());
  EXPECT_THAT(Take(Read(At(1, 11), {"b"})), IsEmpty());
  EXPECT_EQ(
      Take(Read(At(1, 12), {"a"})),
      std::vector<std::string>{std::string("SAME_PERSON ") + kAnna + " 4"});
  // The first day's are out of the window.
  EXPECT_THAT(Take(Read(At(2, 10), {"a"})), IsEmpty());
}

TEST_F(AlarmRulesTest, ListsAndOtherEmployeesAreNotThisPersonAgain) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_THAT(Take(Read(At(0, 10, i), {"a", "b"})), IsEmpty());
    EXPECT_THAT(Take(Read(At(i, 10), {"a"},
                          "samkoer://viborg/coordinator/" + std::to_string(i))),
                IsEmpty());
  }
}

TEST_F(AlarmRulesTest, NightsAndWeekendsCountByTheDay) {
  EXPECT_THAT(Take(Read(At(0, 5, 59), {"a"})), IsEmpty());
  EXPECT_THAT(Take(Read(At(0, 6), {"b"})), IsEmpty());
  EXPECT_THAT(Take(Read(At(0, 19), {"c"})), IsEmpty());
  EXPECT_EQ(Take(Read(At(0, 23), {"d"})).size(), 1u);
  EXPECT_THAT(Take(Read(At(1, 23), {"e"})), IsEmpty());
  // Saturday noon.
  EXPECT_THAT(Take(Read(At(3, 12), {"f"})), IsEmpty());
  EXPECT_THAT(Take(Read(At(3, 13), {"g"})), IsEmpty());
  EXPECT_EQ(Take(Read(At(3, 14), {"h"})).front(),
            std::string("OFF_HOURS ") + kAnna + " 3");
}

TEST_F(AlarmRulesTest, MachinesMayWorkAtNight) {
  for (int i = 0; i < 9; ++i) {
    EXPECT_THAT(Take(Leaf(samkoer::v1::AUDIT_ACTION_INBOX_READ, At(0, 2, i),
                          "samkoer://viborg/department/family")),
                IsEmpty());
    EXPECT_THAT(Take(Leaf(samkoer::v1::AUDIT_ACTION_FEED_READ, At(0, 3, i))),
                IsEmpty());
  }
}

TEST_F(AlarmRulesTest, ManyAlertsWithinAnHour) {
  EXPECT_THAT(Take(Read(At(0, 10), {"a", "b", "c", "d", "e", "f"})), IsEmpty());
  EXPECT_THAT(Take(Read(At(0, 11, 1), {"a", "b", "c", "d", "e"})), IsEmpty());
  // The same once more are no more than they were.
  EXPECT_THAT(Take(Read(At(0, 11, 30), {"a", "b", "c", "d", "e"})), IsEmpty());
  EXPECT_EQ(Take(Read(At(0, 11, 59), {"f", "g", "h", "i", "j", "k"})).front(),
            std::string("BULK_READING ") + kAnna + " 11");
}

TEST_F(AlarmRulesTest, ManyPersonsAreToldApartUpToALimit) {
  AlarmThresholds thresholds;
  thresholds.set_bulk_reads(kMaxBulkReads);
  rules_.Configure({.thresholds = thresholds});
  std::vector<std::string> persons;
  for (std::uint32_t i = 0; i < kMaxBulkReads; ++i) {
    persons.push_back("p" + std::to_string(i));
  }
  EXPECT_THAT(Take(Read(At(0, 10), persons)), IsEmpty());
  for (const char* person : {"one", "two"}) {
    EXPECT_EQ(Take(Read(At(0, 10), {person})).front(),
              std::string("BULK_READING ") + kAnna + " " +
                  std::to_string(kMaxBulkReads + 1));
  }
}

TEST_F(AlarmRulesTest, ConferencesShowPersonsToo) {
  AuditLeaf leaf = Leaf(samkoer::v1::AUDIT_ACTION_CONFERENCES_READ, At(0, 10));
  for (char c = 'a'; c < 'l'; ++c) leaf.add_subjects(std::string(1, c));
  EXPECT_EQ(Take(leaf).front(), std::string("BULK_READING ") + kAnna + " 11");
}

TEST_F(AlarmRulesTest, RefusalsAreCountedAsOftenAsTheyHappened) {
  AuditLeaf refused = Leaf(samkoer::v1::AUDIT_ACTION_REFUSED, At(0, 10));
  refused.set_detail("Alerts.GetAlert PERMISSION_DENIED");
  EXPECT_THAT(Take(refused), IsEmpty());
  refused.set_detail("Alerts.GetAlert PERMISSION_DENIED, 4 times");
  EXPECT_EQ(Take(refused).front(),
            std::string("DENIED_ATTEMPTS ") + kAnna + " 5");
}

TEST_F(AlarmRulesTest, ThatAServerIsNotReadyIsNobodysAttempt) {
  AuditLeaf refused = Leaf(samkoer::v1::AUDIT_ACTION_REFUSED, At(0, 10));
  for (const char* code : {"FAILED_PRECONDITION", "RESOURCE_EXHAUSTED"}) {
    refused.set_detail(std::string("CaseIntake.Push ") + code + ", 99 times");
    EXPECT_THAT(Take(refused), IsEmpty());
  }
  // As the key service writes it.
  refused.set_detail("/samkoer.v1.KeyService/BlindEvaluate INVALID_ARGUMENT");
  auto* count = refused.add_counts();
  count->set_name("refusals");
  count->set_value(5);
  EXPECT_EQ(Take(refused).front(),
            std::string("DENIED_ATTEMPTS ") + kAnna + " 5");
}

TEST_F(AlarmRulesTest, AnOwnApprovalIsToldAtOnce) {
  AuditLeaf refused = Leaf(samkoer::v1::AUDIT_ACTION_REFUSED, At(0, 10));
  refused.set_detail("Governance.Approve own-approval");
  EXPECT_EQ(Take(refused).front(), std::string("OWN_APPROVAL ") + kAnna + " 1");
}

TEST_F(AlarmRulesTest, ADepartmentIsSilentFromTheDayItWasLastHeardOf) {
  EXPECT_THAT(Take(Sweep("2026-11-04")), IsEmpty());
  Take(Commit("family", 100));
  EXPECT_THAT(Take(Sweep("2026-11-06")), IsEmpty());
  EXPECT_EQ(Take(Sweep("2026-11-07")),
            std::vector<std::string>{"SILENT_DEPARTMENT family 3"});
  Take(Commit("family", 100));
  EXPECT_THAT(Take(Sweep("2026-11-08")), IsEmpty());
}

TEST_F(AlarmRulesTest, ASuspendedDepartmentIsNotMissed) {
  Take(Sweep("2026-11-04"));
  AuditLeaf suspended =
      Leaf(samkoer::v1::AUDIT_ACTION_DEPARTMENT_SUSPENDED, At(0, 10));
  suspended.set_detail("family do-not-count");
  Take(suspended);
  EXPECT_THAT(Take(Sweep("2026-11-20")), IsEmpty());
  AuditLeaf resumed =
      Leaf(samkoer::v1::AUDIT_ACTION_DEPARTMENT_RESUMED, At(0, 10));
  resumed.set_detail("family");
  Take(resumed);
  // From then on it is expected anew.
  EXPECT_THAT(Take(Sweep("2026-11-22")), IsEmpty());
  EXPECT_EQ(Take(Sweep("2026-11-23")),
            std::vector<std::string>{"SILENT_DEPARTMENT family 3"});
}

TEST_F(AlarmRulesTest, ADepartmentSuspendedLongAgoIsNotMissedAfterARestart) {
  rules_.Configure({.departments = {"family"}, .suspended = {"family"}});
  Take(Sweep("2026-11-04"));
  EXPECT_THAT(Take(Sweep("2026-11-30")), IsEmpty());
  AuditLeaf resumed =
      Leaf(samkoer::v1::AUDIT_ACTION_DEPARTMENT_RESUMED, At(0, 10));
  resumed.set_detail("family");
  Take(resumed);
  EXPECT_EQ(Take(Sweep("2026-12-20")),
            std::vector<std::string>{"SILENT_DEPARTMENT family 20"});
}

// A restart begins with the departments of today's policy.
TEST_F(AlarmRulesTest, ADepartmentThatNeverSentIsExpectedFromThePolicysDay) {
  Take(Sweep("2026-11-04"));
  Take(Sweep("2026-11-06"));
  Take(Leaf(samkoer::v1::AUDIT_ACTION_POLICY_APPLIED, At(0, 10), "matcher"));
  EXPECT_THAT(Take(Sweep("2026-11-08")), IsEmpty());
  EXPECT_EQ(Take(Sweep("2026-11-09")),
            std::vector<std::string>{"SILENT_DEPARTMENT family 3"});
}

TEST_F(AlarmRulesTest, ADepartmentHasShrunkSinceAWeekAgo) {
  Take(Sweep("2026-11-04"));
  Take(Commit("family", 100));
  Take(Sweep("2026-11-10"));
  Take(Commit("family", 70));
  EXPECT_THAT(Take(Sweep("2026-11-10")), IsEmpty());
  EXPECT_EQ(Take(Sweep("2026-11-11")),
            std::vector<std::string>{"SHRUNK_DEPARTMENT family 30"});
}

TEST_F(AlarmRulesTest, AnOverdueWitnessIsAnAlarm) {
  AuditLeaf overdue =
      Leaf(samkoer::v1::AUDIT_ACTION_WITNESS_OVERDUE, At(0, 1), "matcher");
  auto* count = overdue.add_counts();
  count->set_name("hours");
  count->set_value(24);
  EXPECT_EQ(Take(overdue).front(), "WITNESS matcher 24");
}

AuditLeaf Evaluated(int day, std::uint64_t elements, std::uint64_t used,
                    std::uint64_t epoch = 1) {
  AuditLeaf leaf = Leaf(samkoer::v1::AUDIT_ACTION_EVALUATED, At(day, 10),
                        "samkoer://viborg/department/family");
  leaf.set_purpose("ungeindsats");
  for (const auto& [name, value] : {std::pair{"elements", elements},
                                    {"epoch", epoch},
                                    {"quota-used-percent", used}}) {
    auto* count = leaf.add_counts();
    count->set_name(name);
    count->set_value(value);
  }
  return leaf;
}

TEST_F(AlarmRulesTest, AQuotaThatIsNearlyUsedUpOrExceeded) {
  EXPECT_THAT(Take(Evaluated(0, 1, 89)), IsEmpty());
  EXPECT_EQ(Take(Evaluated(0, 1, 90)).front(),
            "QUOTA samkoer://viborg/department/family 90");
  EXPECT_EQ(
      Take(Leaf(samkoer::v1::AUDIT_ACTION_QUOTA_EXCEEDED, At(0, 10))).front(),
      std::string("QUOTA ") + kAnna + " 100");
}

TEST_F(AlarmRulesTest, FarMoreNewNumbersThanADepartmentHasPersons) {
  EXPECT_THAT(Take(Evaluated(0, 100, 0)), IsEmpty());
  EXPECT_THAT(Take(Evaluated(10, 50, 0)), IsEmpty());
  // Under another key every number is new once more.
  EXPECT_THAT(Take(Evaluated(11, 150, 0, 2)), IsEmpty());
  EXPECT_EQ(Take(Evaluated(29, 1, 0)).front(),
            "NEW_NUMBERS samkoer://viborg/department/family 151");
  // The first day's are out of the window.
  EXPECT_THAT(Take(Evaluated(30, 1, 0)), IsEmpty());
}

TEST_F(AlarmRulesTest, OfADepartmentWithoutASizeNothingIsKnown) {
  AuditLeaf leaf = Evaluated(0, 1'000'000, 0);
  leaf.set_actor("samkoer://viborg/department/jobs");
  EXPECT_THAT(Take(leaf), IsEmpty());
  leaf.set_actor("samkoer://viborg/privacy-officer/family");
  EXPECT_THAT(Take(leaf), IsEmpty());
}

// Random histories against a model that keeps every leaf and counts anew.
TEST_F(AlarmRulesTest, CountAsSomebodyWhoReadsTheWholeLogAgain) {
  const char* given = std::getenv("SAMKOER_SEED");
  const std::uint64_t seed = given != nullptr
                                 ? std::strtoull(given, nullptr, 10)
                                 : std::random_device{}();
  std::cout << "SAMKOER_SEED=" << seed << std::endl;
  std::mt19937_64 rng(seed);
  for (int round = 0; round < 30; ++round) {
    AlarmRules rules(Zone());
    AlarmThresholds thresholds;
    thresholds.set_same_person_reads(1 + rng() % 4);
    thresholds.set_same_person_days(1 + rng() % 4);
    thresholds.set_off_hours_reads(1 + rng() % 4);
    thresholds.set_bulk_reads(1 + rng() % 5);
    rules.Configure({.thresholds = thresholds});
    std::vector<AuditLeaf> history;
    absl::Time now = At(0, 0);
    for (int i = 0; i < 300; ++i) {
      now += absl::Minutes(rng() % (i % 50 < 25 ? 20 : 400));
      std::vector<std::string> subjects;
      for (std::uint64_t n = rng() % 4; n > 0; --n) {
        subjects.push_back(std::string(1, static_cast<char>('a' + rng() % 7)));
      }
      std::sort(subjects.begin(), subjects.end());
      subjects.erase(std::unique(subjects.begin(), subjects.end()),
                     subjects.end());
      history.push_back(
          Read(now, subjects,
               rng() % 2 == 0 ? kAnna : "samkoer://viborg/coordinator/bo"));
      const AuditLeaf& last = history.back();
      std::uint64_t same = 0, off = 0;
      std::set<std::string> shown;
      const auto day_of = [](const AuditLeaf& leaf) {
        return absl::ToCivilDay(absl::FromUnixSeconds(leaf.time().seconds()),
                                Zone());
      };
      const auto is_off = [&](const AuditLeaf& leaf) {
        const absl::CivilSecond local = absl::ToCivilSecond(
            absl::FromUnixSeconds(leaf.time().seconds()), Zone());
        const absl::Weekday weekday = absl::GetWeekday(local);
        return local.hour() < 6 || local.hour() >= 19 ||
               weekday == absl::Weekday::saturday ||
               weekday == absl::Weekday::sunday;
      };
      for (const AuditLeaf& leaf : history) {
        if (leaf.actor() != last.actor()) continue;
        if (leaf.subjects_size() == 1 && last.subjects_size() == 1 &&
            leaf.subjects(0) == last.subjects(0) &&
            day_of(last) - day_of(leaf) <
                static_cast<int>(thresholds.same_person_days())) {
          ++same;
        }
        if (is_off(leaf) && is_off(last) && day_of(leaf) == day_of(last)) ++off;
        if (last.time().seconds() / 60 - leaf.time().seconds() / 60 < 60) {
          shown.insert(leaf.subjects().begin(), leaf.subjects().end());
        }
      }
      std::map<int, std::uint64_t> expected, found;
      if (same > thresholds.same_person_reads()) {
        expected[samkoer::v1::ALARM_KIND_SAME_PERSON] = same;
      }
      if (off > thresholds.off_hours_reads()) {
        expected[samkoer::v1::ALARM_KIND_OFF_HOURS] = off;
      }
      if (last.subjects_size() > 0 && shown.size() > thresholds.bulk_reads()) {
        expected[samkoer::v1::ALARM_KIND_BULK_READING] = shown.size();
      }
      std::vector<AlarmSignal> signals;
      rules.Take(last, signals);
      for (const AlarmSignal& signal : signals) {
        EXPECT_EQ(signal.about, last.actor());
        found[signal.kind] = signal.count;
      }
      ASSERT_EQ(found, expected)
          << "seed " << seed << " round " << round << " leaf " << i;
    }
  }
}

// A flood of different persons does not take memory for ever.
TEST_F(AlarmRulesTest, ForgetsTheOldestWhenThereAreTooMany) {
  for (std::size_t i = 0; i < kMaxAlarmCounters + 10; ++i) {
    Take(Read(At(0, 10), {"x" + std::to_string(i)},
              "samkoer://viborg/coordinator/c" + std::to_string(i % 50)));
  }
  EXPECT_THAT(Take(Read(At(1, 10), {"new"})), IsEmpty());
}

}  // namespace
}  // namespace samkoer::matcher
