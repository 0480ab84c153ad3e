// What the matcher should hold and say, worked out in the simplest way: all
// records in one list, everybody judged from scratch after every step, months
// counted on paper. Shares no code with matcher/.
#ifndef SAMKOER_TESTS_MATCHER_REFERENCE_MATCHER_H_
#define SAMKOER_TESTS_MATCHER_REFERENCE_MATCHER_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "samkoer/v1/intake.pb.h"
#include "samkoer/v1/policy.pb.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::matcher {

class ReferenceMatcher {
 public:
  using Record = samkoer::v1::CaseRecord;
  struct Held {
    std::string department;
    Record record;
    std::string taken_in;  // the day its content came
    std::string since;     // the day its person came into the case
  };
  // department, department name, unit, domain, case_ref, contact, since,
  // protected.
  using Case = std::tuple<std::string, std::string, std::string, int,
                          std::string, std::string, std::uint32_t, bool>;
  struct Alert {
    samkoer::v1::AlertState state = samkoer::v1::ALERT_STATE_IDENTIFIED;
    std::string rule;
    std::set<Case> cases;  // empty while no rule holds
    std::string changed;   // the day of the last change
    int serial = 0;        // another one for every alert there has been
  };

  ReferenceMatcher(samkoer::v1::Policy policy, std::string day)
      : policy_(std::move(policy)), day_(std::move(day)) {}

  // ---- Steps; each ends with everybody judged ----

  void Snapshot(const std::string& department,
                const std::vector<Record>& records) {
    std::vector<Held> before;
    std::erase_if(held_, [&](const Held& held) {
      if (held.department != department) return false;
      before.push_back(held);
      return true;
    });
    for (const Record& record : records) Add(department, record, before);
    JudgeAll();
  }

  // One batch of a delta.
  void Delta(const std::string& department, const std::vector<Record>& records,
             const std::vector<std::string>& withdrawn) {
    std::set<std::string> gone(withdrawn.begin(), withdrawn.end());
    for (const Record& record : records) gone.insert(record.case_ref());
    std::vector<Held> before;
    std::erase_if(held_, [&](const Held& held) {
      if (held.department != department ||
          !gone.contains(held.record.case_ref())) {
        return false;
      }
      before.push_back(held);
      return true;
    });
    for (const Record& record : records) Add(department, record, before);
    JudgeAll();
  }

  // What its retention ends goes at once.
  void SetPolicy(samkoer::v1::Policy policy) {
    SetPolicyAndSweep(std::move(policy), day_);
  }

  void Sweep(const std::string& day) {
    TakeDay(day);
    JudgeAll();
  }

  void SetPolicyAndSweep(samkoer::v1::Policy policy, const std::string& day) {
    day_ = day;
    TakePolicy(std::move(policy));
    TakeDay(day);
    JudgeAll();
  }

  // What a sweep on `day` deletes, by the names of its leaf's counts.
  std::map<std::string, std::uint64_t> DeletedOn(const std::string& day) const {
    std::map<std::string, std::uint64_t> deleted;
    for (const Held& held : held_) {
      if (!IsDue(GoneFrom(held), day)) continue;
      const std::string name = samkoer::v1::Domain_Name(held.record.domain());
      ++deleted["deleted.records." + name.substr(7)];
    }
    for (const auto& [person, alert] : alerts_) {
      if (!IsDue(GoneFrom(alert), day)) continue;
      const std::string name = samkoer::v1::AlertState_Name(
          static_cast<samkoer::v1::AlertState>(alert.state));
      ++deleted["deleted.alerts." + name.substr(12)];
    }
    return deleted;
  }
  // The next day on which something goes, YYYYMMDD; 0 if no day is set.
  std::uint64_t NextDue() const {
    int next = 0;
    const auto take = [&](int from) {
      if (from != 0 && (next == 0 || from < next)) next = from;
    };
    for (const Held& held : held_) take(GoneFrom(held));
    for (const auto& [person, alert] : alerts_) take(GoneFrom(alert));
    if (next == 0) return 0;
    return static_cast<std::uint64_t>((next - 1) / 12 * 10000 +
                                      ((next - 1) % 12 + 1) * 100 + 1);
  }

  // A person sets a state that is allowed.
  void SetState(const std::string& pseudonym, samkoer::v1::AlertState state) {
    Alert& alert = alerts_.at(pseudonym);
    alert.state = state;
    alert.changed = day_;
    JudgeAll();
  }

  // A person is erased, with or without objecting, or the objection is lifted.
  void Erase(const std::string& pseudonym, bool objection) {
    std::erase_if(held_, [&](const Held& held) {
      return held.record.pseudonym() == pseudonym;
    });
    alerts_.erase(pseudonym);
    if (objection) objectors_.insert(pseudonym);
    JudgeAll();
  }
  void Lift(const std::string& pseudonym) { objectors_.erase(pseudonym); }

  // ---- What must be seen ----

  const std::map<std::string, Alert>& alerts() const { return alerts_; }
  const std::vector<Held>& held() const { return held_; }
  std::vector<Held> HeldOf(const std::string& pseudonym) const {
    std::vector<Held> out;
    for (const Held& held : held_) {
      if (held.record.pseudonym() == pseudonym) out.push_back(held);
    }
    return out;
  }
  std::set<std::string> Persons() const {
    std::set<std::string> persons;
    for (const Held& held : held_) persons.insert(held.record.pseudonym());
    for (const auto& [person, alert] : alerts_) persons.insert(person);
    return persons;
  }
  // May `department` send this today?
  bool Lawful(const std::string& department, const Record& record) const {
    const auto* d = Department(department);
    if (d == nullptr || Unit(*d, record.unit()) == nullptr ||
        std::find(d->domains().begin(), d->domains().end(), record.domain()) ==
            d->domains().end()) {
      return false;
    }
    for (const auto& basis : policy_.legal_bases()) {
      const bool domain =
          std::find(basis.domains().begin(), basis.domains().end(),
                    record.domain()) != basis.domains().end();
      const bool covers =
          basis.departments().empty() ||
          std::find(basis.departments().begin(), basis.departments().end(),
                    department) != basis.departments().end();
      if (domain && covers &&
          AgeWithin(record, basis.age_from(), basis.age_below())) {
        return true;
      }
    }
    return false;
  }
  const std::set<std::string>& objectors() const { return objectors_; }
  const samkoer::v1::Policy& policy() const { return policy_; }
  const std::string& day() const { return day_; }

 private:
  static int Months(std::uint32_t yyyymm) {
    return static_cast<int>(yyyymm / 100 * 12 + yyyymm % 100);
  }
  static int MonthsOfDay(const std::string& day) {
    return std::stoi(day.substr(0, 4)) * 12 + std::stoi(day.substr(5, 2));
  }
  bool AgeWithin(const Record& record, std::uint32_t from,
                 std::uint32_t below) const {
    const int age = MonthsOfDay(day_) - Months(record.birth_month());
    return age >= static_cast<int>(from) * 12 &&
           age <= static_cast<int>(below) * 12;
  }

  void TakePolicy(samkoer::v1::Policy policy) {
    policy_ = std::move(policy);
    std::erase_if(held_, [&](const Held& held) {
      return !Lawful(held.department, held.record);
    });
  }

  // The month (Months) from whose first day on it is gone; 0: no day is set.
  int GoneFrom(const Held& held) const {
    if (held.record.status() != samkoer::v1::CASE_STATUS_CLOSED) return 0;
    const int closed = held.record.closed_month() != 0
                           ? Months(held.record.closed_month())
                           : MonthsOfDay(held.taken_in);
    std::uint32_t months = policy_.retention().closed_case_months();
    for (const auto& own : policy_.retention().domains()) {
      if (own.domain() == held.record.domain()) {
        months = own.closed_case_months();
      }
    }
    return closed + static_cast<int>(months) + 1;
  }
  int GoneFrom(const Alert& alert) const {
    if (alert.state < samkoer::v1::ALERT_STATE_CLOSED || !alert.cases.empty()) {
      return 0;
    }
    std::uint32_t months = policy_.retention().ended_alert_months();
    for (const auto& own : policy_.retention().states()) {
      if (own.state() == alert.state) months = own.ended_alert_months();
    }
    return MonthsOfDay(alert.changed) + static_cast<int>(months) + 1;
  }
  static bool IsDue(int gone_from, const std::string& day) {
    return gone_from != 0 && MonthsOfDay(day) >= gone_from;
  }

  void TakeDay(const std::string& day) {
    const bool new_month = MonthsOfDay(day) != MonthsOfDay(day_);
    day_ = day;
    std::erase_if(
        held_, [&](const Held& held) { return IsDue(GoneFrom(held), day_); });
    std::erase_if(alerts_, [&](const auto& entry) {
      return IsDue(GoneFrom(entry.second), day_);
    });
    // Ages are counted in months.
    if (!new_month) return;
    std::erase_if(held_, [&](const Held& held) {
      return !Lawful(held.department, held.record);
    });
  }

  void Add(const std::string& department, const Record& record,
           const std::vector<Held>& before) {
    if (objectors_.contains(record.pseudonym())) return;
    std::string taken_in = day_, since = day_;
    for (const Held& held : before) {
      if (held.record.SerializeAsString() == record.SerializeAsString()) {
        taken_in = held.taken_in;  // an unchanged record is not taken in again
      }
      if (held.record.pseudonym() == record.pseudonym() &&
          held.record.case_ref() == record.case_ref()) {
        since = held.since;
      }
    }
    held_.push_back({department, record, taken_in, since});
  }

  const samkoer::v1::PolicyDepartment* Department(const std::string& id) const {
    for (const auto& department : policy_.departments()) {
      if (department.id() == id) return &department;
    }
    return nullptr;
  }
  static const samkoer::v1::PolicyUnit* Unit(
      const samkoer::v1::PolicyDepartment& department,
      const std::string& name) {
    for (const auto& unit : department.units()) {
      if (unit.name() == name) return &unit;
    }
    return nullptr;
  }

  bool Running(const Held& held) const {
    return held.record.status() == samkoer::v1::CASE_STATUS_OPEN &&
           (held.record.opened_month() == 0 ||
            Months(held.record.opened_month()) <= MonthsOfDay(day_)) &&
           Lawful(held.department, held.record);
  }
  bool Authority(const Held& held) const {
    const auto* department = Department(held.department);
    const auto kind = Unit(*department, held.record.unit())->kind();
    return (kind == samkoer::v1::UNIT_KIND_UNSPECIFIED
                ? department->kind()
                : kind) == samkoer::v1::UNIT_KIND_AUTHORITY;
  }

  // The cases by which the rule holds; none if it does not.
  std::set<Case> Holds(const samkoer::v1::PolicyRule& rule,
                       const std::vector<Held>& cases) const {
    if (!rule.effective_from().empty() && day_ < rule.effective_from()) {
      return {};
    }
    if (!rule.effective_until().empty() && day_ >= rule.effective_until()) {
      return {};
    }
    std::set<Case> counting;
    std::set<std::string> different;
    bool criterion = rule.criteria().empty();
    for (const Held& held : cases) {
      if (!Running(held)) continue;
      const Record& r = held.record;
      if (rule.exclude_coordinator_exists() && r.coordinator_exists())
        return {};
      if (!Authority(held) ||
          !AgeWithin(r, rule.age_from(), rule.age_below())) {
        continue;
      }
      switch (rule.count()) {
        case samkoer::v1::COUNT_BASIS_DOMAINS:
          different.insert(std::to_string(r.domain()));
          break;
        case samkoer::v1::COUNT_BASIS_AUTHORITY_UNITS:
          different.insert(held.department + "/" + r.unit());
          break;
        default:
          different.insert(held.department);
      }
      for (const auto& code : r.criteria()) {
        criterion |= std::find(rule.criteria().begin(), rule.criteria().end(),
                               code) != rule.criteria().end();
      }
      counting.insert({held.department, Department(held.department)->name(),
                       r.unit(), r.domain(), r.case_ref(), r.contact(),
                       r.opened_month(), r.protected_identity()});
    }
    if (!criterion || different.size() < rule.at_least()) return {};
    return counting;
  }

  void Judge(const std::string& person) {
    const std::vector<Held> cases = HeldOf(person);
    std::string rule;
    std::set<Case> counting;
    for (const auto& candidate : policy_.rules()) {
      counting = Holds(candidate, cases);
      if (!counting.empty()) {
        rule = candidate.id();
        break;
      }
    }
    const auto found = alerts_.find(person);
    if (found == alerts_.end()) {
      if (!counting.empty()) {
        alerts_[person] = {samkoer::v1::ALERT_STATE_IDENTIFIED, rule, counting,
                           day_, ++serials_};
      }
      return;
    }
    Alert& alert = found->second;
    const bool active = alert.state < samkoer::v1::ALERT_STATE_CLOSED;
    if (counting.empty()) {
      if (alert.cases.empty()) return;
      alert.cases.clear();
      if (active) alert.state = samkoer::v1::ALERT_STATE_WITHDRAWN;
      alert.changed = day_;
    } else if (alert.cases.empty()) {
      alert = {samkoer::v1::ALERT_STATE_IDENTIFIED, rule, counting, day_,
               alert.serial};
    } else if (active && (alert.rule != rule || alert.cases != counting)) {
      alert.rule = rule;
      alert.cases = counting;
      alert.changed = day_;
    }
  }

  void JudgeAll() {
    for (const std::string& person : Persons()) Judge(person);
  }

  samkoer::v1::Policy policy_;
  std::string day_;
  std::vector<Held> held_;
  std::map<std::string, Alert> alerts_;  // by pseudonym
  std::set<std::string> objectors_;
  int serials_ = 0;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_TESTS_MATCHER_REFERENCE_MATCHER_H_
