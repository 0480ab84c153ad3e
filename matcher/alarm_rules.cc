#include "matcher/alarm_rules.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "crypto/absl_view.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AlarmKind;
using samkoer::v1::AlarmThresholds;
using samkoer::v1::AuditLeaf;

constexpr std::int64_t kMinuteSeconds = 60;
constexpr std::int64_t kHourMinutes = 60;
constexpr std::int64_t kWeekDays = 7;
constexpr std::int64_t kMonthDays = 30;

// What a refusal's detail has if somebody tried what is not theirs.
constexpr std::string_view kDenials[] = {" PERMISSION_DENIED",
                                         " UNAUTHENTICATED", " NOT_FOUND",
                                         " INVALID_ARGUMENT"};

std::uint64_t CountOf(const AuditLeaf& leaf, std::string_view name,
                      std::uint64_t otherwise) {
  for (const auto& count : leaf.counts()) {
    if (count.name() == name) return count.value();
  }
  return otherwise;
}

// The parts behind "samkoer://<municipality>/"; empty for a process.
struct Actor {
  std::string_view role;
  std::string_view name;
};
Actor ActorOf(const AuditLeaf& leaf) {
  std::string_view uri = leaf.actor();
  const std::size_t scheme = uri.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::size_t role = uri.find('/', scheme + 3);
  if (role == std::string_view::npos) return {};
  const std::size_t name = uri.find('/', role + 1);
  if (name == std::string_view::npos) return {};
  return {uri.substr(role + 1, name - role - 1), uri.substr(name + 1)};
}

bool IsPerson(const Actor& actor) {
  return actor.role == "coordinator" || actor.role == "privacy-officer";
}

std::int64_t DayNumber(absl::CivilDay day) {
  return day - absl::CivilDay(1970, 1, 1);
}

// Rounded down; more than a hundred times is as much.
std::uint64_t PercentOf(std::uint64_t part, std::uint64_t whole) {
  constexpr std::uint64_t kMost = 10'001;
  if (part / whole >= kMost / 100) return kMost;
  // No overflow for any whole that a count of persons has.
  return part * 100 / whole;
}

// How often a leaf says that a call was refused: the key service has a count,
// the matcher writes ", 12 times" behind the code.
std::uint64_t Refusals(const AuditLeaf& leaf) {
  std::string_view detail = leaf.detail();
  constexpr std::string_view kTimes = " times";
  const std::size_t comma = detail.rfind(", ");
  std::uint64_t times = 0;
  if (comma != std::string_view::npos && detail.ends_with(kTimes) &&
      absl::SimpleAtoi(
          crypto::AbslView(detail.substr(
              comma + 2, detail.size() - comma - 2 - kTimes.size())),
          &times)) {
    return times;
  }
  return CountOf(leaf, "refusals", 1);
}

// Forgets the counters of longest ago, a tenth of the span at once, if another
// one would be more than `most`.
template <typename Counter>
void MakeRoom(std::map<std::string, Counter>& counters, std::size_t most,
              const std::string& key, std::int64_t at, std::int64_t span) {
  if (counters.size() < most || counters.contains(key)) return;
  std::int64_t oldest = at;
  for (const auto& [other, counter] : counters) {
    oldest = std::min(oldest, counter.last());
  }
  const std::int64_t until =
      std::max(at - span, oldest + std::max<std::int64_t>(span / 10, 1) - 1);
  std::erase_if(counters, [&](const auto& entry) {
    return entry.second.last() <= until;
  });
}

}  // namespace

AlarmSignal WitnessSignal(std::string_view process, std::uint64_t hours,
                          std::uint64_t allowed) {
  return {samkoer::v1::ALARM_KIND_WITNESS, std::string(process), hours,
          allowed / 2};
}

std::uint64_t AlarmRules::Window::Add(std::int64_t at, std::int64_t span,
                                      std::uint64_t count) {
  while (!counts_.empty() && counts_.front().first <= at - span) {
    sum_ -= counts_.front().second;
    counts_.pop_front();
  }
  if (counts_.empty() || counts_.back().first < at) {
    counts_.emplace_back(at, count);
  } else {
    counts_.back().second += count;
  }
  sum_ += count;
  last_ = std::max(last_, at);
  return sum_;
}

std::uint64_t AlarmRules::Shown::Add(std::int64_t at, std::int64_t span,
                                     const AuditLeaf& leaf) {
  if (at > last_) {
    absl::erase_if(
        seen_, [&](const auto& entry) { return entry.second <= at - span; });
    last_ = at;
  }
  for (const std::string& subject : leaf.subjects()) {
    const auto found = seen_.find(subject);
    if (found != seen_.end()) {
      found->second = last_;
    } else if (seen_.size() <= kMaxBulkReads) {
      seen_.emplace(subject, last_);
    }
  }
  return seen_.size();
}

std::uint64_t AlarmRules::Count(Windows& windows, const std::string& key,
                                std::int64_t at, std::int64_t span,
                                std::uint64_t count) {
  MakeRoom(windows, kMaxAlarmCounters, key, at, span);
  return windows[key].Add(at, span, count);
}

void AlarmRules::Configure(AlarmSetup setup) {
  setup_ = std::move(setup);
  setup_.thresholds = WithDefaults(setup_.thresholds);
  for (const std::string& name : setup_.suspended) {
    departments_[name].suspended = true;
  }
}

void AlarmRules::TakeRead(const AuditLeaf& leaf, absl::Time time,
                          std::vector<AlarmSignal>& out) {
  const Actor actor = ActorOf(leaf);
  if (!IsPerson(actor)) return;
  const AlarmThresholds& limits = setup_.thresholds;
  const auto raise_over = [&](AlarmKind kind, std::uint64_t count,
                              std::uint64_t threshold) {
    if (count > threshold) {
      out.push_back({kind, leaf.actor(), count, threshold});
    }
  };
  const absl::CivilSecond local = absl::ToCivilSecond(time, zone_);
  const std::int64_t day = DayNumber(absl::CivilDay(local));
  // A feed is read by a program.
  const bool by_hand = leaf.action() != samkoer::v1::AUDIT_ACTION_FEED_READ;
  // A list shows whoever is on it; somebody in particular is looked at alone.
  if (by_hand && leaf.subjects_size() == 1) {
    raise_over(samkoer::v1::ALARM_KIND_SAME_PERSON,
               Count(same_person_, leaf.actor() + " " + leaf.subjects(0), day,
                     limits.same_person_days(), 1),
               limits.same_person_reads());
  }
  const absl::Weekday weekday = absl::GetWeekday(local);
  const auto hour = static_cast<std::uint32_t>(local.hour());
  if (by_hand &&
      (hour < limits.work_from_hour() || hour >= limits.work_until_hour() ||
       weekday == absl::Weekday::saturday ||
       weekday == absl::Weekday::sunday)) {
    raise_over(samkoer::v1::ALARM_KIND_OFF_HOURS,
               Count(off_hours_, leaf.actor(), day, 1, 1),
               limits.off_hours_reads());
  }
  if (leaf.subjects().empty()) return;
  const std::int64_t minute = absl::ToUnixSeconds(time) / kMinuteSeconds;
  MakeRoom(shown_, kMaxShownActors, leaf.actor(), minute, kHourMinutes);
  raise_over(samkoer::v1::ALARM_KIND_BULK_READING,
             shown_[leaf.actor()].Add(minute, kHourMinutes, leaf),
             limits.bulk_reads());
}

void AlarmRules::TakeRefusal(const AuditLeaf& leaf, std::int64_t second,
                             std::vector<AlarmSignal>& out) {
  const std::string_view detail = leaf.detail();
  if (detail.ends_with(kOwnApproval)) {
    out.push_back({samkoer::v1::ALARM_KIND_OWN_APPROVAL, leaf.actor(), 1, 0});
    return;
  }
  // A quota that is used up has its own alarm, and that a server is not ready
  // for a call is nobody's attempt.
  if (!std::any_of(std::begin(kDenials), std::end(kDenials),
                   [&](std::string_view code) {
                     return detail.find(code) != std::string_view::npos;
                   })) {
    return;
  }
  const std::uint64_t refusals =
      Count(denied_, leaf.actor(), second / kMinuteSeconds, kHourMinutes,
            Refusals(leaf));
  const std::uint64_t limit = setup_.thresholds.denied_attempts();
  if (refusals > limit) {
    out.push_back({samkoer::v1::ALARM_KIND_DENIED_ATTEMPTS, leaf.actor(),
                   refusals, limit});
  }
}

void AlarmRules::TakeEvaluation(const AuditLeaf& leaf, std::int64_t day,
                                std::vector<AlarmSignal>& out) {
  const bool refused =
      leaf.action() == samkoer::v1::AUDIT_ACTION_QUOTA_EXCEEDED;
  const std::uint64_t used = refused ? 100 : CountOf(leaf, kQuotaUsedCount, 0);
  const std::uint64_t quota_limit = setup_.thresholds.quota_used_percent();
  if (used >= quota_limit) {
    out.push_back(
        {samkoer::v1::ALARM_KIND_QUOTA, leaf.actor(), used, quota_limit});
  }
  if (refused) return;
  const Actor actor = ActorOf(leaf);
  if (actor.role != "department") return;
  const auto size = setup_.sizes.find(std::string(actor.name));
  if (size == setup_.sizes.end() || size->second == 0) return;
  // Under another key every number is new once more.
  const std::string counter = absl::StrCat(leaf.actor(), " ", leaf.purpose(),
                                           "/", CountOf(leaf, "epoch", 0));
  const std::uint64_t numbers = Count(new_numbers_, counter, day, kMonthDays,
                                      CountOf(leaf, "elements", 0));
  const std::uint64_t percent = PercentOf(numbers, size->second);
  const std::uint64_t limit = setup_.thresholds.new_numbers_percent();
  if (percent > limit) {
    out.push_back(
        {samkoer::v1::ALARM_KIND_NEW_NUMBERS, leaf.actor(), percent, limit});
  }
}

void AlarmRules::TakeCommit(const AuditLeaf& leaf) {
  const Actor actor = ActorOf(leaf);
  if (actor.role != "department") return;
  Department& department = departments_[std::string(actor.name)];
  if (department.known_since == 0) department.known_since = day_;
  department.last_commit = day_;
  department.held[day_] = CountOf(leaf, "held", 0);
  std::erase_if(department.held, [&](const auto& entry) {
    return entry.first < day_ - kAlarmMemoryDays;
  });
}

void AlarmRules::TakeSwitch(const AuditLeaf& leaf, bool suspended) {
  const std::string& detail = leaf.detail();
  Department& department =
      departments_[detail.substr(0, detail.find_first_of(" ,:;"))];
  department.suspended = suspended;
  // From now on it is expected again.
  department.known_since = day_;
}

void AlarmRules::TakeDay(const AuditLeaf& leaf, std::vector<AlarmSignal>& out) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(leaf.detail(), &day)) return;
  day_ = DayNumber(day);
  const AlarmThresholds& limits = setup_.thresholds;
  for (const std::string& name : setup_.departments) {
    Department& department = departments_[name];
    if (department.known_since == 0) department.known_since = day_;
    if (department.suspended) continue;
    const std::int64_t since =
        std::max(department.last_commit, department.known_since);
    const auto silent = static_cast<std::uint64_t>(
        std::clamp<std::int64_t>(day_ - since, 0, kAlarmMemoryDays));
    if (silent >= limits.silent_days()) {
      out.push_back({samkoer::v1::ALARM_KIND_SILENT_DEPARTMENT, name, silent,
                     limits.silent_days()});
    }
    // What it held a week ago is what the newest commit by then left.
    auto before = department.held.upper_bound(day_ - kWeekDays);
    if (before == department.held.begin()) continue;
    const std::uint64_t then = std::prev(before)->second;
    const std::uint64_t now = department.held.rbegin()->second;
    if (then == 0 || now >= then) continue;
    const std::uint64_t percent = PercentOf(then - now, then);
    if (percent >= limits.shrunk_percent()) {
      out.push_back({samkoer::v1::ALARM_KIND_SHRUNK_DEPARTMENT, name, percent,
                     limits.shrunk_percent()});
    }
  }
}

void AlarmRules::Take(const AuditLeaf& leaf, std::vector<AlarmSignal>& out) {
  const absl::Time time = absl::FromUnixSeconds(leaf.time().seconds());
  const std::int64_t today = DayNumber(absl::ToCivilDay(time, zone_));
  if (day_ == 0) day_ = today;
  switch (leaf.action()) {
    case samkoer::v1::AUDIT_ACTION_ALERTS_READ:
    case samkoer::v1::AUDIT_ACTION_PERSON_LOOKED_UP:
    case samkoer::v1::AUDIT_ACTION_FEED_READ:
    case samkoer::v1::AUDIT_ACTION_CONFERENCES_READ:
      TakeRead(leaf, time, out);
      break;
    case samkoer::v1::AUDIT_ACTION_REFUSED:
      TakeRefusal(leaf, leaf.time().seconds(), out);
      break;
    case samkoer::v1::AUDIT_ACTION_EVALUATED:
    case samkoer::v1::AUDIT_ACTION_QUOTA_EXCEEDED:
      TakeEvaluation(leaf, today, out);
      break;
    case samkoer::v1::AUDIT_ACTION_PUSH_COMMITTED:
      TakeCommit(leaf);
      break;
    case samkoer::v1::AUDIT_ACTION_SWEEP:
      TakeDay(leaf, out);
      break;
    case samkoer::v1::AUDIT_ACTION_POLICY_APPLIED:
      // The leaf does not say which departments are new in it.
      for (auto& [name, department] : departments_) {
        if (department.last_commit == 0) department.known_since = day_;
      }
      break;
    case samkoer::v1::AUDIT_ACTION_DEPARTMENT_SUSPENDED:
      TakeSwitch(leaf, true);
      break;
    case samkoer::v1::AUDIT_ACTION_DEPARTMENT_RESUMED:
      TakeSwitch(leaf, false);
      break;
    case samkoer::v1::AUDIT_ACTION_WITNESS_OVERDUE: {
      const std::uint64_t hours = CountOf(leaf, "hours", 1);
      out.push_back(WitnessSignal(leaf.actor(), hours, hours));
      break;
    }
    default:
      break;
  }
}

}  // namespace samkoer::matcher
