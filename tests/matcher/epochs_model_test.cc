// A rotation in the middle of random histories, against a naive model that
// knows persons by name and nothing of keys. "family" follows at once, "jobs"
// late (during the window or after it), "social" never comes: what it has said
// stands, and it says nothing more once its key is closed. Writes fail and the
// store is opened anew on the way.
#include <map>
#include <random>
#include <set>

#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using Cases = std::set<std::string>;  // "family F-1"

class RotationHistory {
 public:
  RotationHistory(std::uint64_t seed, Installation& installation)
      : rng_(seed), in_(installation) {}

  void Run() {
    Steps(25);
    SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
    Compare("the rotation");
    epoch_["family"] = 5;
    const bool jobs_in_window = Chance(50);
    Steps(20);
    if (jobs_in_window) epoch_["jobs"] = 5;
    Steps(25);
    in_.SetDay("2026-12-24");
    if (Chance(50)) {
      SAMKOER_ASSERT_OK(in_.Sweep());
    } else {
      in_.Restart();
    }
    Compare("the window's end");
    gone_ = "social";
    epoch_["jobs"] = 5;
    // Before it pushes anything else, the late department says who is who.
    Push("jobs", samkoer::v1::PUSH_KIND_SNAPSHOT, {});
    Compare("the late department's coming");
    Steps(30);
  }

 private:
  std::uint32_t Random(std::uint32_t below) {
    return std::uniform_int_distribution<std::uint32_t>(0, below - 1)(rng_);
  }
  bool Chance(unsigned percent) { return Random(100) < percent; }

  samkoer::v1::CaseRecord MakeRecordOf(const std::string& department,
                                       const std::string& ref) {
    const std::string& person = truth_[department][ref];
    samkoer::v1::CaseRecord record =
        department == "family" ? Family(person, ref)
        : department == "jobs"
            ? Jobs(person, ref)
            : MakeRecord(person, ref, "Voksne", samkoer::v1::DOMAIN_SOCIAL);
    record.set_contact(contacts_[ref]);
    return epoch_[department] == 5 ? Rekeyed(record, person, 5) : record;
  }

  void Push(const std::string& department, samkoer::v1::PushKind kind,
            const std::set<std::string>& changed) {
    std::vector<samkoer::v1::CaseRecord> records;
    const bool snapshot = kind == samkoer::v1::PUSH_KIND_SNAPSHOT;
    for (const auto& [ref, person] : truth_[department]) {
      if (snapshot || changed.contains(ref)) {
        records.push_back(MakeRecordOf(department, ref));
      }
    }
    PushPlan plan = in_.Plan(department, kind, records, 1 + Random(4));
    for (const std::string& ref : changed) {
      if (snapshot || truth_[department].contains(ref)) continue;
      if (plan.batches.empty()) plan.batches.emplace_back().set_number(0);
      plan.batches.back().add_withdrawn_case_refs(ref);
    }
    plan.epoch = epoch_[department];
    plan.previous_epoch = plan.epoch == 5 ? 4 : 0;
    plan.digests = snapshot && Chance(50);
    plan.allow_shrink = true;
    const bool failing = Chance(20);
    if (failing) {
      in_.FailWrite(1 + Random(4), Chance(50)
                                       ? storage::Fault::kNotPersisted
                                       : storage::Fault::kPersistedButError);
    }
    for (int attempt = 0; attempt < 5; ++attempt) {
      const absl::Status status = in_.Push(plan).status;
      if (failing) in_.Restart();
      if (status.ok()) return;
      ASSERT_TRUE(failing && absl::IsUnavailable(status)) << status;
    }
    FAIL() << "the push does not get through";
  }

  void Steps(int count) {
    const std::vector<std::string> departments = {"family", "jobs", "social"};
    for (int i = 0; i < count && !testing::Test::HasFailure(); ++i) {
      const std::string department = departments[Random(3)];
      if (department == gone_) continue;
      std::set<std::string> changed;
      for (std::uint32_t n = 1 + Random(3); n > 0; --n) {
        auto& cases = truth_[department];
        if (!cases.empty() && Chance(45)) {
          const auto chosen = std::next(cases.begin(), Random(cases.size()));
          changed.insert(chosen->first);
          if (Chance(70)) {
            cases.erase(chosen);
          } else {
            contacts_[chosen->first] = "c" + std::to_string(i);
          }
        } else {
          const std::string ref =
              department.substr(0, 1) + "-" + std::to_string(next_ref_++);
          cases[ref] = "p" + std::to_string(Random(10));
          persons_[ref] = cases[ref];
          changed.insert(ref);
        }
      }
      const bool snapshot = Chance(50);
      Push(department,
           snapshot ? samkoer::v1::PUSH_KIND_SNAPSHOT
                    : samkoer::v1::PUSH_KIND_DELTA,
           changed);
      if (Chance(10)) in_.Restart();
      Compare((snapshot ? "a snapshot of " : "a delta of ") + department);
    }
  }

  void Compare(const std::string& what) {
    std::map<std::string, Cases> expected;
    std::map<std::string, std::set<std::string>> departments;
    for (const auto& [department, cases] : truth_) {
      for (const auto& [ref, person] : cases) {
        expected[person].insert(department + " " + ref);
        departments[person].insert(department);
      }
    }
    std::erase_if(expected, [&](const auto& entry) {
      return departments[entry.first].size() < 2;
    });
    std::map<std::string, Cases> found;
    for (const auto& alert : in_.ActiveAlerts()) {
      std::string person;
      Cases cases;
      for (const auto& participant : alert.participants()) {
        person = persons_[participant.case_ref()];
        cases.insert(participant.department() + " " + participant.case_ref());
      }
      EXPECT_TRUE(found.emplace(person, cases).second)
          << "after " << what << ": two alerts for one person";
      const auto id = ids_.try_emplace(person, alert.alert_id());
      EXPECT_EQ(id.first->second, alert.alert_id()) << "after " << what;
    }
    EXPECT_EQ(found, expected) << "after " << what;
    EXPECT_EQ(in_.AllAlerts().size(), ids_.size()) << "after " << what;
  }

  std::mt19937_64 rng_;
  Installation& in_;
  std::map<std::string, std::map<std::string, std::string>> truth_;
  std::map<std::string, std::string> persons_;   // by case reference, for ever
  std::map<std::string, std::string> contacts_;  // by case reference
  std::map<std::string, std::string> ids_;       // by person
  std::map<std::string, std::uint32_t> epoch_ = {
      {"family", 4}, {"jobs", 4}, {"social", 4}};
  std::string gone_;
  int next_ref_ = 1;
};

void RunSeed(std::uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "SAMKOER_SEED=" << seed);
  Installation installation(ExamplePolicy());
  SAMKOER_ASSERT_OK(installation.Open());
  RotationHistory(seed, installation).Run();
}

TEST(EpochsModelTest, ARotationChangesNoAlertOfARandomHistory) {
  RunSeed(storage::TestSeed());
}

TEST(EpochsModelTest, ARotationChangesNoAlertOfFixedHistories) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    RunSeed(seed);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace samkoer::matcher
