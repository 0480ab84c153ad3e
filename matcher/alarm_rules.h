// When an alarm is raised: sliding counters over the leaves of the audit log,
// for both servers. Knows no clock: time is the leaf's, and the day that of the
// last sweep. What the kinds mean: proto/samkoer/v1/alarms.proto,
// docs/runbooks/.
//
// Memory is bounded (below). What is counted can be had again by giving the
// leaves of the last kAlarmMemory to a new object.
//
// Thread safety: none; belongs to one thread.
#ifndef SAMKOER_MATCHER_ALARM_RULES_H_
#define SAMKOER_MATCHER_ALARM_RULES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "matcher/alarm_thresholds.h"
#include "samkoer/v1/alarms.pb.h"
#include "samkoer/v1/audit.pb.h"
#include "samkoer/v1/policy.pb.h"

namespace samkoer::matcher {

// The longest that any rule looks back, with the rest of the first day.
inline constexpr absl::Duration kAlarmMemory =
    absl::Hours(24 * (kAlarmMemoryDays + 1));
// Pairs of employee and person, and actors of every other counter, that are
// counted at once: a hundred employees who look at a hundred each. Beyond that
// those who did something last the longest ago are forgotten.
inline constexpr std::size_t kMaxAlarmCounters = 10'000;
// Actors whose reading within an hour is counted by the person (kMaxBulkReads
// and one of them each): 100 MB at the very most.
inline constexpr std::size_t kMaxShownActors = 200;

// How the detail of the REFUSED leaf of an own approval ends.
inline constexpr std::string_view kOwnApproval = " own-approval";
// The count of an EVALUATED leaf that says how much of the quota is used up, in
// percent.
inline constexpr std::string_view kQuotaUsedCount = "quota-used-percent";

// What the rules are set by. Departments that are not named are not missed;
// those without a size (persons) are not looked at for new numbers.
struct AlarmSetup {
  samkoer::v1::AlarmThresholds thresholds = {};
  std::vector<std::string> departments = {};
  std::map<std::string, std::uint64_t> sizes = {};
  // Of the departments, those that are switched off now: the leaf that says so
  // may be older than kAlarmMemory.
  std::vector<std::string> suspended = {};
};

// A condition that holds.
struct AlarmSignal {
  samkoer::v1::AlarmKind kind = samkoer::v1::ALARM_KIND_UNSPECIFIED;
  std::string about;
  std::uint64_t count = 0;
  std::uint64_t threshold = 0;
};

// The signal for a log that no witness has cosigned for `hours`, where changes
// are refused after `allowed`; for what is no leaf's to say.
AlarmSignal WitnessSignal(std::string_view process, std::uint64_t hours,
                          std::uint64_t allowed);

class AlarmRules {
 public:
  // `zone`: where people work.
  explicit AlarmRules(absl::TimeZone zone) : zone_(zone) {}

  // From the next leaf on.
  void Configure(AlarmSetup setup);

  // Counts a leaf and adds the conditions that hold by it to `out`; leaves come
  // in the order of the log.
  void Take(const samkoer::v1::AuditLeaf& leaf, std::vector<AlarmSignal>& out);

 private:
  // Counts at times, as many as lie within a window.
  class Window {
   public:
    // Forgets what is older than `span` before `at`; the sum of the rest with
    // `count` more.
    std::uint64_t Add(std::int64_t at, std::int64_t span, std::uint64_t count);
    std::int64_t last() const { return last_; }

   private:
    std::deque<std::pair<std::int64_t, std::uint64_t>> counts_;
    std::uint64_t sum_ = 0;
    std::int64_t last_ = 0;
  };
  // Different persons within a window, kMaxBulkReads and one at most.
  class Shown {
   public:
    // As Window::Add, of the leaf's subjects.
    std::uint64_t Add(std::int64_t at, std::int64_t span,
                      const samkoer::v1::AuditLeaf& leaf);
    std::int64_t last() const { return last_; }

   private:
    absl::flat_hash_map<std::string, std::int64_t> seen_;  // when last
    std::int64_t last_ = 0;
  };
  using Windows = std::map<std::string, Window>;
  struct Department {
    std::int64_t known_since = 0;  // the day's number
    std::int64_t last_commit = 0;  // the day's number; 0: none
    bool suspended = false;
    // Records held by day, of the last 31.
    std::map<std::int64_t, std::uint64_t> held;
  };

  std::uint64_t Count(Windows& windows, const std::string& key, std::int64_t at,
                      std::int64_t span, std::uint64_t count);
  void TakeRead(const samkoer::v1::AuditLeaf& leaf, absl::Time time,
                std::vector<AlarmSignal>& out);
  void TakeRefusal(const samkoer::v1::AuditLeaf& leaf, std::int64_t second,
                   std::vector<AlarmSignal>& out);
  void TakeEvaluation(const samkoer::v1::AuditLeaf& leaf, std::int64_t day,
                      std::vector<AlarmSignal>& out);
  void TakeDay(const samkoer::v1::AuditLeaf& leaf,
               std::vector<AlarmSignal>& out);
  void TakeCommit(const samkoer::v1::AuditLeaf& leaf);
  void TakeSwitch(const samkoer::v1::AuditLeaf& leaf, bool suspended);

  const absl::TimeZone zone_;
  AlarmSetup setup_{.thresholds = WithDefaults({})};
  std::int64_t day_ = 0;  // of the last sweep, since 1970; 0: none
  Windows same_person_, off_hours_, denied_, new_numbers_;
  std::map<std::string, Shown> shown_;
  std::map<std::string, Department> departments_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ALARM_RULES_H_
