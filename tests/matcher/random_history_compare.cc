#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "matcher/alert_reader.h"
#include "matcher/calendar.h"
#include "matcher/store_view.h"
#include "storage/key_layout.h"
#include "tests/matcher/random_history.h"

namespace samkoer::matcher {
namespace {

using Case = ReferenceMatcher::Case;

std::set<Case> CasesOf(const samkoer::v1::Alert& alert) {
  std::set<Case> cases;
  for (const auto& p : alert.participants()) {
    const auto [it, inserted] = cases.insert(
        {p.department(), p.department_name(), p.unit(), p.domain(),
         p.case_ref(), p.contact(), p.since_month(), p.protected_identity()});
    EXPECT_TRUE(inserted) << "a participant twice";
  }
  return cases;
}

// What is compared of an alert.
using Seen = std::tuple<int, std::string, std::set<Case>>;

Seen See(const samkoer::v1::Alert& alert) {
  return {alert.state(), alert.rule(), CasesOf(alert)};
}
Seen See(const ReferenceMatcher::Alert& alert) {
  return {alert.state, alert.rule, alert.cases};
}

std::string DayOf(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d", absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

std::string Text(const Seen& seen) {
  std::string text =
      std::to_string(std::get<0>(seen)) + " " + std::get<1>(seen) + ":";
  for (const Case& c : std::get<2>(seen)) {
    text += " " + std::get<0>(c) + "/" + std::get<2>(c) + "/" + std::get<4>(c);
  }
  return text;
}

}  // namespace

void RandomHistory::Compare(bool everybody) {
  const MatcherStats stats = installation_.matcher().Stats();
  EXPECT_EQ(stats.records_held, reference_.held().size());
  EXPECT_EQ(stats.persons_held, reference_.Persons().size());
  EXPECT_EQ(stats.alerts_held, reference_.alerts().size());
  CompareAlerts();
  CompareHeads();
  CompareFeed();
  for (int n = 0; n < 16; ++n) {
    if (everybody || Chance(12)) {
      ComparePerson(PseudonymOf("person " + std::to_string(n)));
    }
  }
}

void RandomHistory::CompareAlerts() {
  std::vector<std::string> seen, expected;
  std::string last_time;
  for (const auto& alert : installation_.AllAlerts(1 + Random(7))) {
    seen.push_back(Text(See(alert)));
    // Newest first.
    const std::string time =
        std::to_string(alert.created().seconds()) + "." +
        std::to_string(1000000000 + alert.created().nanos());
    EXPECT_TRUE(last_time.empty() || time <= last_time);
    last_time = time;
  }
  for (const auto& [person, alert] : reference_.alerts()) {
    expected.push_back(Text(See(alert)));
  }
  std::sort(seen.begin(), seen.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(seen, expected);
}

// What lists look through is what the store has.
void RandomHistory::CompareHeads() {
  const auto view = storage::ValueOf(OpenView(installation_.matcher().core()));
  ASSERT_NE(view.heads, nullptr);
  const auto read = [&](const AlertHeads* heads) {
    std::vector<std::string> seen;
    AlertReader reader(*view.reader, installation_.sealer(), heads);
    SAMKOER_EXPECT_OK(reader.Scan(0, [&](const storage::StoredAlert& head) {
      seen.push_back(storage::EncodeAlertBlock({&head, 1}));
      return true;
    }));
    return seen;
  };
  EXPECT_EQ(read(view.heads.get()), read(nullptr));
}

// Gapless, and the last word about every alert is what the list says.
void RandomHistory::CompareFeed() {
  std::map<std::string, std::string> last;
  std::set<std::string> deleted;
  std::uint64_t sequence = 0;
  for (const auto& entry : installation_.Feed(1 + Random(50))) {
    EXPECT_EQ(entry.sequence(), ++sequence);
    if (entry.has_alert()) {
      last[entry.alert().alert_id()] = entry.alert().SerializeAsString();
      seen_alerts_.insert(entry.alert().alert_id());
    }
    if (entry.has_tombstone()) {
      EXPECT_TRUE(deleted.insert(entry.tombstone().alert_id()).second);
    }
  }
  std::map<std::string, std::string> listed;
  for (const auto& alert : installation_.AllAlerts()) {
    listed[alert.alert_id()] = alert.SerializeAsString();
  }
  EXPECT_EQ(last.size(), listed.size());
  EXPECT_TRUE(last == listed);
  // Whoever saw an alert that is gone has been told.
  for (const std::string& id : seen_alerts_) {
    EXPECT_EQ(deleted.contains(id), !listed.contains(id)) << id;
  }
}

void RandomHistory::CompareSweep(
    const std::map<std::string, std::uint64_t>& deleted) {
  std::map<std::string, std::uint64_t> seen_deleted, counts;
  std::string day;
  for (const samkoer::v1::AuditLeaf& leaf : installation_.Leaves()) {
    if (leaf.action() != samkoer::v1::AUDIT_ACTION_SWEEP) continue;
    day = leaf.detail();
    counts.clear();
    seen_deleted.clear();
    for (const auto& count : leaf.counts()) {
      (count.name().starts_with("deleted.") ? seen_deleted
                                            : counts)[count.name()] =
          count.value();
    }
  }
  EXPECT_EQ(day, reference_.day());
  EXPECT_EQ(seen_deleted, deleted);
  EXPECT_EQ(counts.at("kept.records"), reference_.held().size());
  EXPECT_EQ(counts.at("kept.alerts"), reference_.alerts().size());
  EXPECT_EQ(counts.at("overdue.records"), 0u);
  EXPECT_EQ(counts.at("overdue.alerts"), 0u);
  EXPECT_EQ(counts.at("next-due"), reference_.NextDue());
}

void RandomHistory::ComparePerson(const std::string& person) {
  const auto looked_up = installation_.LookUp(person);
  EXPECT_EQ(looked_up.known(), reference_.Persons().contains(person));
  using Row =
      std::tuple<std::string, std::string, std::string, int, int, std::uint32_t,
                 std::uint32_t, std::string, bool, std::string, std::string>;
  std::multiset<Row> seen, expected;
  for (const auto& held : looked_up.records()) {
    seen.insert({held.department(), held.participant().case_ref(),
                 held.participant().unit(), held.participant().domain(),
                 held.status(), held.closed_month(), held.birth_month(),
                 held.participant().contact(), held.coordinator_exists(),
                 DayOf(held.received()),
                 DayOf(held.has_changed() ? held.changed() : held.received())});
  }
  for (const auto& held : reference_.HeldOf(person)) {
    const auto& r = held.record;
    expected.insert({held.department, r.case_ref(), r.unit(), r.domain(),
                     r.status(), r.closed_month(), r.birth_month(), r.contact(),
                     r.coordinator_exists(), held.since, held.taken_in});
  }
  EXPECT_TRUE(seen == expected) << "records of a person";

  const auto alert = reference_.alerts().find(person);
  ASSERT_EQ(looked_up.has_alert(), alert != reference_.alerts().end());
  if (!looked_up.has_alert()) return;
  EXPECT_EQ(Text(See(looked_up.alert())), Text(See(alert->second)));
  // It keeps its id for life.
  const auto [id, first] =
      alert_ids_.emplace(alert->second.serial, looked_up.alert().alert_id());
  EXPECT_EQ(id->second, looked_up.alert().alert_id());
}

void RandomHistory::EndAll() {
  what_ = "the end";
  for (const char* department : {"family", "jobs", "social", "shelter"}) {
    if (reference_.policy().departments_size() < 4 &&
        std::string_view(department) == "shelter") {
      samkoer::v1::Policy& policy = installation_.policy();
      policy.set_version(policy.version() + 1);
      *policy.add_departments() = policy.departments(0);
      policy.mutable_departments(3)->set_id("shelter");
      SAMKOER_ASSERT_OK(installation_.ApplyPolicy());
      reference_.SetPolicy(policy);
    }
    installation_.MustSnapshot(department, {});
    reference_.Snapshot(department, {});
  }
  Compare(/*everybody=*/true);
  installation_.SetDay(
      Day::Parse(reference_.day()).value().AddDays(5 * 366).ToString());
  SAMKOER_ASSERT_OK(installation_.Sweep());
  reference_.Sweep(installation_.day());
  Compare(/*everybody=*/true);
  // Nothing about anybody is left, not even sealed.
  for (const storage::Table table :
       {storage::Table::kPersonBlock, storage::Table::kSegment,
        storage::Table::kAlert, storage::Table::kStagedBatch}) {
    SAMKOER_EXPECT_OK(installation_.store().Scan(
        storage::TablePrefix(table), "",
        [&](std::string_view, std::string_view) {
          ADD_FAILURE() << "table " << static_cast<char>(table)
                        << " is not empty";
          return false;
        }));
  }
  for (const auto& entry : installation_.Feed()) {
    EXPECT_FALSE(entry.has_alert());
  }
  SAMKOER_EXPECT_OK(installation_.audit().VerifyLeaves(installation_.store()));
}

}  // namespace samkoer::matcher
