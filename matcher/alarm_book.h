// The alarms of one server: raised by the rules as leaves are written, kept in
// the store, acknowledged by the privacy officer.
//
// An alarm is written together with the leaf that raised it and its own
// (ALARM_RAISED), so that a restart neither loses nor doubles one. Nothing is
// sealed but in BeforeWrite, when the write's other values are.
//
// Thread safety: none but open(); belongs to the thread of whoever makes the
// writes (the matcher's commit loop, the key service's ledger). open() may tell
// of what is not durable yet.
#ifndef SAMKOER_MATCHER_ALARM_BOOK_H_
#define SAMKOER_MATCHER_ALARM_BOOK_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "matcher/alarm_rules.h"
#include "storage/audit_log.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"

namespace samkoer::matcher {

// Alarms that are open at once; one more is gathered under "others".
inline constexpr std::size_t kMaxOpenAlarms = 1000;
// So many are listed.
inline constexpr std::size_t kMaxListedAlarms = 1000;
// Acknowledged alarms are kept for so long, and as many with the open ones;
// beyond that those that were acknowledged the longest ago go.
inline constexpr absl::Duration kAlarmKeep = absl::Hours(24 * 365);
inline constexpr std::size_t kMaxKeptAlarms = 10'000;

// "same-person"; "unknown" for a number that is no kind.
std::string AlarmKindName(samkoer::v1::AlarmKind kind);
// The detail of an alarm's leaves: its kind and its id in hex.
std::string AlarmDetail(const samkoer::v1::Alarm& alarm);

class AlarmBook {
 public:
  // A leaf of `action` by the process itself, of now, without detail and
  // counts.
  using LeafMaker =
      std::function<samkoer::v1::AuditLeaf(samkoer::v1::AuditAction)>;
  // Puts a value, or deletes it (an empty value), sealed by the book.
  using Writer = std::function<void(std::string key, std::string value)>;

  AlarmBook(absl::TimeZone zone, const storage::ValueSealer& sealer)
      : sealer_(sealer), rules_(zone) {}

  // As AlarmRules::Configure.
  void Configure(AlarmSetup setup);

  // Takes in what the store holds, and counts the leaves of the last
  // kAlarmMemory before `now` again. Configure first. Errors of the reader;
  // DATA_LOSS for an alarm that is malformed.
  absl::Status Load(const storage::Reader& reader,
                    const storage::AuditLog& audit, absl::Time now);

  // A condition that holds and that no leaf tells of: counts with the next
  // write.
  void Note(AlarmSignal signal) { noted_.push_back(std::move(signal)); }

  // Counts `leaves`, the first of which will stand at `first_index`, adds the
  // leaves of the alarms that they and what was noted raise behind them, and
  // writes every alarm that changed. To be called once for each write, before
  // it.
  void BeforeWrite(std::vector<samkoer::v1::AuditLeaf>& leaves,
                   std::uint64_t first_index, const LeafMaker& make_leaf,
                   const Writer& write);

  // Newest first, at most kMaxListedAlarms.
  std::vector<samkoer::v1::Alarm> List(bool include_acknowledged) const;
  // The alarm as it stands then; the next write has it. NOT_FOUND: there is no
  // such alarm. One that was acknowledged before stays as it is, and `changed`
  // is false.
  absl::StatusOr<samkoer::v1::Alarm> Acknowledge(std::string_view id,
                                                 std::string_view actor,
                                                 std::string_view reason,
                                                 absl::Time now, bool& changed);

  // How many of a kind are open; from any thread.
  std::uint64_t open(samkoer::v1::AlarmKind kind) const {
    return open_[static_cast<std::size_t>(kind)].load();
  }

 private:
  using Subject = std::pair<int, std::string>;  // kind, about

  // The alarm that is due by a signal; null if none is. `index` is where its
  // leaf would stand.
  const samkoer::v1::Alarm* Apply(const AlarmSignal& signal, absl::Time now,
                                  std::uint64_t index);
  // Forgets what has been kept long enough, once a day.
  void DropOld(absl::Time now);
  void Drop(const std::string& id);
  void CountOpen();

  const storage::ValueSealer& sealer_;
  AlarmRules rules_;
  samkoer::v1::AlarmThresholds thresholds_ = WithDefaults({});
  std::map<std::string, samkoer::v1::Alarm> alarms_;  // by id
  // The newest alarm of each kind and subject: its id.
  std::map<Subject, std::string> newest_;
  std::vector<AlarmSignal> noted_;
  // Alarms that the next write puts, or deletes if they are gone: their ids.
  std::set<std::string> changed_;
  absl::Time dropped_ = absl::InfinitePast();
  std::size_t open_total_ = 0;
  std::array<std::atomic<std::uint64_t>, samkoer::v1::AlarmKind_ARRAYSIZE>
      open_{};
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ALARM_BOOK_H_
