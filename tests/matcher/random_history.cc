#include "tests/matcher/random_history.h"

#include <algorithm>
#include <utility>

#include "tests/matcher/example_policy.h"

namespace samkoer::matcher {
namespace {

const std::vector<std::string> kDepartments = {"family", "jobs", "social",
                                               "shelter"};

struct UnitAndDomain {
  const char* unit;
  samkoer::v1::Domain domain;
};

std::vector<UnitAndDomain> UnitsOf(const std::string& department) {
  if (department == "family") {
    return {{"Rådgivning", samkoer::v1::DOMAIN_FAMILY},
            {"Tilbud", samkoer::v1::DOMAIN_FAMILY}};
  }
  if (department == "jobs") {
    return {{"Team Unge", samkoer::v1::DOMAIN_EMPLOYMENT}};
  }
  if (department == "social") {
    return {{"Voksne", samkoer::v1::DOMAIN_SOCIAL},
            {"Bolig", samkoer::v1::DOMAIN_SOCIAL},
            {"Bolig", samkoer::v1::DOMAIN_HOUSING_ECONOMY}};
  }
  return {{"Safranvej", samkoer::v1::DOMAIN_SOCIAL},
          {"Visitation", samkoer::v1::DOMAIN_SOCIAL}};
}

std::uint32_t MonthsEarlier(const std::string& day, int months) {
  const int count = std::stoi(day.substr(0, 4)) * 12 +
                    std::stoi(day.substr(5, 2)) - 1 - months;
  return static_cast<std::uint32_t>(count / 12 * 100 + count % 12 + 1);
}

std::string DayLater(const std::string& day, int days) {
  return Day::Parse(day).value().AddDays(days).ToString();
}

// ExamplePolicy, with rules that use more of what a rule can say.
samkoer::v1::Policy StartPolicy() {
  samkoer::v1::Policy policy = ExamplePolicy();
  samkoer::v1::PolicyRule criteria = policy.rules(0);
  criteria.set_id("kriterium");
  criteria.set_at_least(1);
  criteria.add_criteria("break");
  criteria.set_age_below(18);
  samkoer::v1::PolicyRule late = policy.rules(0);
  late.set_id("senere");
  late.set_effective_from("2027-02-10");
  late.set_effective_until("2027-09-01");
  late.set_age_from(13);
  const samkoer::v1::PolicyRule main = policy.rules(0);
  policy.clear_rules();
  *policy.add_rules() = criteria;
  *policy.add_rules() = main;
  *policy.add_rules() = late;
  return policy;
}

}  // namespace

RandomHistory::RandomHistory(std::uint64_t seed)
    : rng_(seed),
      installation_(StartPolicy()),
      reference_(StartPolicy(), installation_.day()) {
  SAMKOER_EXPECT_OK(installation_.Open());
}

std::string RandomHistory::RandomDepartment() {
  return kDepartments[Random(kDepartments.size())];
}

std::string RandomHistory::RandomPerson() {
  return "person " + std::to_string(Random(16));
}

RandomHistory::Record RandomHistory::RandomRecord(const std::string& department,
                                                  const std::string& ref) {
  const std::vector<UnitAndDomain> units = UnitsOf(department);
  const UnitAndDomain unit = units[Random(units.size())];
  const std::string person = RandomPerson();
  // A person's birth month is mostly what everybody says, and near the age
  // bounds of rules and legal bases for many.
  const std::uint32_t number =
      Chance(93) ? std::stoul(person.substr(7)) : Random(16);
  static constexpr int kAges[] = {13, 15, 15, 18, 22, 25, 29, 30};
  const int months =
      kAges[number % 8] * 12 - 9 + static_cast<int>(number * 5 % 23);
  Record record = MakeRecord(person, ref, unit.unit, unit.domain,
                             MonthsEarlier("2026-11-22", months));
  record.set_opened_month(
      Chance(80) ? MonthsEarlier(reference_.day(), Random(30)) : 0);
  record.set_contact("team " + std::to_string(Random(3)));
  record.set_coordinator_exists(Chance(10));
  record.set_protected_identity(Chance(10));
  if (Chance(25)) record.add_criteria("break");
  if (Chance(20)) record.mutable_plan()->set_exists(true);
  return record;
}

std::string RandomHistory::Mutate(const std::string& department) {
  std::vector<Record>& cases = truth_[department];
  const std::string ref =
      department.substr(0, 1) + "-" + std::to_string(Random(14));
  const auto of_case = [&](const Record& r) { return r.case_ref() == ref; };
  const auto found = std::find_if(cases.begin(), cases.end(), of_case);
  if (found == cases.end()) {
    cases.push_back(RandomRecord(department, ref));
    // Siblings on one case.
    if (Chance(20)) {
      Record sibling = RandomRecord(department, ref);
      if (sibling.pseudonym() != cases.back().pseudonym()) {
        cases.push_back(std::move(sibling));
      }
    }
    return ref;
  }
  switch (Random(6)) {
    case 0:
      std::erase_if(cases, of_case);
      break;
    case 1:  // a wrong number is corrected
    {
      const std::string pseudonym = PseudonymOf(RandomPerson());
      if (std::none_of(cases.begin(), cases.end(), [&](const Record& r) {
            return of_case(r) && r.pseudonym() == pseudonym;
          })) {
        found->set_pseudonym(pseudonym);
      }
      break;
    }
    case 2:
      if (found->status() == samkoer::v1::CASE_STATUS_OPEN) {
        found->set_status(samkoer::v1::CASE_STATUS_CLOSED);
        if (Chance(70)) {
          found->set_closed_month(MonthsEarlier(reference_.day(), 0));
        }
      } else {
        found->set_status(samkoer::v1::CASE_STATUS_OPEN);
        found->clear_closed_month();
      }
      break;
    case 3:
      found->set_coordinator_exists(!found->coordinator_exists());
      break;
    case 4:
      found->set_contact("team " + std::to_string(Random(3)));
      break;
    default: {
      const Record other = RandomRecord(department, ref);
      found->set_unit(other.unit());
      found->set_domain(other.domain());
      *found->mutable_criteria() = other.criteria();
    }
  }
  return ref;
}

std::vector<RandomHistory::Record> RandomHistory::Lawful(
    const std::string& department) {
  std::vector<Record> records;
  for (const Record& record : truth_[department]) {
    if (reference_.Lawful(department, record)) records.push_back(record);
  }
  std::stable_sort(records.begin(), records.end(),
                   [](const Record& a, const Record& b) {
                     return a.case_ref() < b.case_ref();
                   });
  return records;
}

void RandomHistory::MaybeFail() {
  // What comes while a write runs is made behind it.
  installation_.engine().Delay(std::chrono::microseconds(Random(2) * 500));
  if (!Chance(12)) return;
  failing_ = true;
  installation_.FailWrite(1 + Random(4),
                          Chance(50) ? storage::Fault::kNotPersisted
                                     : storage::Fault::kPersistedButError);
}

void RandomHistory::ReopenIfFailed() {
  if (!failing_) return;
  failing_ = false;
  what_ += " (with a write error)";
  SAMKOER_ASSERT_OK(installation_.Open());
}

void RandomHistory::PushThrough(const PushPlan& plan) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    const PushOutcome out = installation_.Push(plan);
    if (out.status.ok()) return;
    ASSERT_TRUE(failing_ && absl::IsUnavailable(out.status)) << out.status;
    ASSERT_TRUE(installation_.fatal());
    ReopenIfFailed();
  }
  FAIL() << "the push does not get through";
}

void RandomHistory::PushSnapshot() {
  const std::string department = RandomDepartment();
  for (std::uint32_t n = Random(6); n > 0; --n) Mutate(department);
  PushPlan plan =
      installation_.Plan(department, samkoer::v1::PUSH_KIND_SNAPSHOT,
                         Lawful(department), 1 + Random(4));
  plan.allow_shrink = true;
  plan.digests = Chance(50);
  plan.commit = !Chance(10);
  what_ = "snapshot of " + department;
  if (reference_.policy().departments_size() < 4 && department == "shelter") {
    EXPECT_TRUE(absl::IsPermissionDenied(installation_.Push(plan).status));
    return;
  }
  MaybeFail();
  PushThrough(plan);
  if (plan.commit) reference_.Snapshot(department, Lawful(department));
}

void RandomHistory::PushDelta() {
  const std::string department = RandomDepartment();
  std::vector<std::string> refs;
  for (std::uint32_t n = 1 + Random(4); n > 0; --n) {
    refs.push_back(Mutate(department));
  }
  const std::vector<Record> lawful = Lawful(department);
  std::vector<Record> stated;
  samkoer::v1::RecordBatch withdrawals;
  std::sort(refs.begin(), refs.end());
  refs.erase(std::unique(refs.begin(), refs.end()), refs.end());
  for (const std::string& ref : refs) {
    const std::size_t before = stated.size();
    for (const Record& record : lawful) {
      if (record.case_ref() == ref) stated.push_back(record);
    }
    if (stated.size() == before) withdrawals.add_withdrawn_case_refs(ref);
  }
  PushPlan plan = installation_.Plan(department, samkoer::v1::PUSH_KIND_DELTA,
                                     stated, 1 + Random(3));
  if (withdrawals.withdrawn_case_refs_size() > 0) {
    withdrawals.set_number(plan.batches.size());
    plan.batches.push_back(withdrawals);
  }
  plan.commit = !Chance(20);
  what_ = "delta of " + department;
  if (reference_.policy().departments_size() < 4 && department == "shelter") {
    EXPECT_TRUE(absl::IsPermissionDenied(installation_.Push(plan).status));
    return;
  }
  MaybeFail();
  PushThrough(plan);
  for (const samkoer::v1::RecordBatch& batch : plan.batches) {
    reference_.Delta(department,
                     {batch.records().begin(), batch.records().end()},
                     {batch.withdrawn_case_refs().begin(),
                      batch.withdrawn_case_refs().end()});
  }
}

void RandomHistory::PassTime() {
  const int days = Chance(50) ? 1 : static_cast<int>(1 + Random(70));
  installation_.SetDay(DayLater(reference_.day(), days));
  what_ = "the day " + installation_.day();
  MaybeFail();
  const auto deleted = reference_.DeletedOn(installation_.day());
  const absl::Status status = installation_.Sweep();
  ASSERT_TRUE(status.ok() || failing_) << status;
  reference_.Sweep(installation_.day());
  if (status.ok()) CompareSweep(deleted);
}

void RandomHistory::RandomRetention(samkoer::v1::Retention& retention) {
  retention.Clear();
  retention.set_closed_case_months(Random(9));
  retention.set_ended_alert_months(1 + Random(12));
  for (int domain = 1; domain < samkoer::v1::Domain_ARRAYSIZE; ++domain) {
    if (!Chance(30)) continue;
    auto& own = *retention.add_domains();
    own.set_domain(static_cast<samkoer::v1::Domain>(domain));
    own.set_closed_case_months(Random(9));
  }
  for (const auto state :
       {samkoer::v1::ALERT_STATE_CLOSED, samkoer::v1::ALERT_STATE_DECLINED,
        samkoer::v1::ALERT_STATE_WITHDRAWN}) {
    if (!Chance(30)) continue;
    auto& own = *retention.add_states();
    own.set_state(state);
    own.set_ended_alert_months(1 + Random(12));
  }
}

void RandomHistory::WriteNewPolicy() {
  samkoer::v1::Policy& policy = installation_.policy();
  policy.set_version(policy.version() + 1);
  what_ = "policy " + std::to_string(policy.version());
  auto& main = *policy.mutable_rules(1);
  switch (Random(12)) {
    case 0:
      main.set_at_least(main.at_least() == 2 ? 3 : 2);
      break;
    case 1:
      main.set_count(main.count() == samkoer::v1::COUNT_BASIS_DOMAINS
                         ? samkoer::v1::COUNT_BASIS_AUTHORITY_UNITS
                         : samkoer::v1::COUNT_BASIS_DOMAINS);
      break;
    case 2:
      main.set_exclude_coordinator_exists(!main.exclude_coordinator_exists());
      break;
    case 3:
      main.set_age_below(main.age_below() == 30 ? 25 : 30);
      break;
    case 4:
      policy.mutable_departments(0)->set_name("Familie " +
                                              std::to_string(Random(3)));
      break;
    case 5:  // a department leaves, or comes back
      if (policy.departments_size() == 4) {
        policy.mutable_departments()->RemoveLast();
      } else {
        *policy.add_departments() = ExamplePolicy().departments(3);
      }
      break;
    case 6:  // a domain loses its legal basis, or has it again
    case 7: {
      auto& domains = *policy.mutable_legal_bases(0)->mutable_domains();
      if (domains.size() == 3) {
        domains.erase(domains.begin() + static_cast<int>(Random(3)));
      } else {
        domains = ExamplePolicy().legal_bases(0).domains();
      }
      break;
    }
    case 8:  // fewer ages, or all of them again
      policy.mutable_legal_bases(0)->set_age_from(
          policy.legal_bases(0).age_from() == 13 ? 18 : 13);
      break;
    case 9: {  // a unit closes, or opens again
      auto& units = *policy.mutable_departments(2)->mutable_units();
      if (units.size() == 2) {
        units.RemoveLast();
      } else {
        *units.Add() = ExamplePolicy().departments(2).units(1);
      }
      break;
    }
    case 10:  // ended alerts and closed cases are kept for longer or shorter
      RandomRetention(*policy.mutable_retention());
      break;
    default:
      break;  // another version, the same contents
  }
}

void RandomHistory::ChangePolicy() {
  WriteNewPolicy();
  MaybeFail();
  const absl::Status status = installation_.ApplyPolicy();
  ASSERT_TRUE(status.ok() || failing_) << status;
  reference_.SetPolicy(installation_.policy());
}

void RandomHistory::Restart() {
  what_ = "a restart";
  if (Chance(50)) {
    installation_.Restart();
    return;
  }
  installation_.Close();
  WriteNewPolicy();
  installation_.SetDay(DayLater(reference_.day(), 1 + Random(70)));
  what_ += " on " + installation_.day();
  SAMKOER_ASSERT_OK(installation_.Open());
  reference_.SetPolicyAndSweep(installation_.policy(), installation_.day());
}

void RandomHistory::SetState() {
  if (reference_.alerts().empty()) return;
  auto it = reference_.alerts().begin();
  std::advance(it, Random(reference_.alerts().size()));
  const std::string person = it->first;
  samkoer::v1::SetAlertStateRequest request;
  request.set_alert_id(installation_.LookUp(person).alert().alert_id());
  request.set_state(static_cast<samkoer::v1::AlertState>(1 + Random(8)));
  request.set_note("note");
  what_ = "a state is set";
  const auto set = installation_.matcher().SetAlertState(
      Installation::Coordinator(), request);
  if (set.ok()) {
    reference_.SetState(person, request.state());
  } else {
    EXPECT_TRUE(absl::IsFailedPrecondition(set.status())) << set.status();
  }
}

void RandomHistory::RotateKek() {
  what_ = "a step of a key rotation";
  MaybeFail();
  const absl::Status status = installation_.RotateKekStep(1 + Random(400));
  ASSERT_TRUE(status.ok() || failing_) << status;
}

void RandomHistory::Erase() {
  const std::string person = RandomPerson();
  const std::string pseudonym = PseudonymOf(person);
  if (Chance(30)) {
    what_ = "an objection is lifted";
    const bool objected = reference_.objectors().contains(pseudonym);
    EXPECT_EQ(installation_.MustLift(person).lifted(), objected);
    reference_.Lift(pseudonym);
    return;
  }
  const bool objection = Chance(40);
  what_ = objection ? "an erasure with objection" : "an erasure";
  const std::string department = RandomDepartment();
  PushPlan open =
      installation_.Plan(department, samkoer::v1::PUSH_KIND_SNAPSHOT,
                         Lawful(department), 1 + Random(4));
  open.allow_shrink = true;
  open.commit = false;
  const bool half_sent =
      Chance(40) && reference_.policy().departments_size() == 4;
  if (half_sent) SAMKOER_EXPECT_OK(installation_.Push(open).status);
  std::uint64_t records = reference_.HeldOf(pseudonym).size();
  MaybeFail();
  auto erased = installation_.Erase(person, objection);
  if (failing_ && !erased.ok()) {
    // Perhaps it is done all the same: it is safe to repeat.
    ReopenIfFailed();
    const bool done = !installation_.LookUp(pseudonym).known();
    if (done) records = 0;
    erased = installation_.Erase(person, objection);
  }
  SAMKOER_ASSERT_OK(erased.status());
  EXPECT_EQ(erased->records(), records);
  reference_.Erase(pseudonym, objection);
  ReopenIfFailed();
  if (half_sent && Chance(50)) {
    // The push that was open begins again, and goes through.
    open.commit = true;
    const PushOutcome out = installation_.Push(open);
    SAMKOER_EXPECT_OK(out.status);
    EXPECT_EQ(out.begun.next_batch(), 0u);
    reference_.Snapshot(department, Lawful(department));
  }
}

void RandomHistory::Step() {
  const std::uint32_t kind = Random(100);
  if (kind < 28) {
    PushSnapshot();
  } else if (kind < 66) {
    PushDelta();
  } else if (kind < 76) {
    PassTime();
  } else if (kind < 84) {
    ChangePolicy();
  } else if (kind < 88) {
    SetState();
  } else if (kind < 92) {
    RotateKek();
  } else if (kind < 96) {
    Erase();
  } else {
    Restart();
  }
  ReopenIfFailed();
}

}  // namespace samkoer::matcher
