#include "matcher/alarm_book.h"

#include <sodium.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/alarm_table.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Alarm;
using samkoer::v1::AuditLeaf;

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds());
}

void SetTime(absl::Time time, google::protobuf::Timestamp& out) {
  out.set_seconds(absl::ToUnixSeconds(time));
}

void AddCount(AuditLeaf& leaf, const char* name, std::uint64_t value) {
  auto* count = leaf.add_counts();
  count->set_name(name);
  count->set_value(value);
}

// Whom an alarm is about when there are too many to name them.
constexpr char kOthers[] = "others";

// The index of the first leaf that is not older than `since`; the log's size if
// there is none. The times of a log ascend.
absl::StatusOr<std::uint64_t> FirstLeafSince(const storage::Reader& reader,
                                             const storage::AuditLog& audit,
                                             absl::Time since) {
  std::uint64_t low = 0, high = audit.size();
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    AuditLeaf leaf;
    absl::Status read = audit.ReadLeaves(
        reader, middle, middle + 1, [&](std::uint64_t, std::string_view bytes) {
          leaf.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
          return true;
        });
    if (!read.ok()) return read;
    if (TimeOf(leaf.time()) < since) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

std::string AlarmKindName(samkoer::v1::AlarmKind kind) {
  constexpr std::string_view kPrefix = "ALARM_KIND_";
  std::string name = samkoer::v1::AlarmKind_Name(kind);
  if (name.size() <= kPrefix.size()) return "unknown";
  name.erase(0, kPrefix.size());
  for (char& c : name) c = c == '_' ? '-' : absl::ascii_tolower(c);
  return name;
}

std::string AlarmDetail(const Alarm& alarm) {
  return absl::StrCat(AlarmKindName(alarm.kind()), " ",
                      absl::BytesToHexString(alarm.alarm_id()));
}

void AlarmBook::Configure(AlarmSetup setup) {
  thresholds_ = WithDefaults(setup.thresholds);
  rules_.Configure(std::move(setup));
}

absl::Status AlarmBook::Load(const storage::Reader& reader,
                             const storage::AuditLog& audit, absl::Time now) {
  absl::Status status;
  absl::Status scanned =
      reader.Scan(storage::TablePrefix(storage::Table::kAlarm), "",
                  [&](std::string_view key, std::string_view value) {
                    auto plaintext = sealer_.Open(key, value);
                    status = plaintext.status();
                    if (!status.ok()) return false;
                    auto alarm = storage::DecodeAlarm(*plaintext);
                    status = alarm.status();
                    if (!status.ok()) return false;
                    alarms_[alarm->alarm_id()] = *std::move(alarm);
                    return true;
                  });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  for (const auto& [id, alarm] : alarms_) {
    std::string& newest = newest_[{alarm.kind(), alarm.about()}];
    if (newest.empty() || alarms_[newest].leaf_index() < alarm.leaf_index()) {
      newest = id;
    }
  }
  CountOpen();
  auto first = FirstLeafSince(reader, audit, now - kAlarmMemory);
  if (!first.ok()) return first.status();
  std::vector<AlarmSignal> told;  // when they were written
  return audit.ReadLeaves(
      reader, *first, audit.size(), [&](std::uint64_t, std::string_view bytes) {
        AuditLeaf leaf;
        if (leaf.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          rules_.Take(leaf, told);
          told.clear();
        }
        return true;
      });
}

void AlarmBook::BeforeWrite(std::vector<AuditLeaf>& leaves,
                            std::uint64_t first_index,
                            const LeafMaker& make_leaf, const Writer& write) {
  const auto apply = [&](const AlarmSignal& signal, absl::Time now) {
    const Alarm* raised = Apply(signal, now, first_index + leaves.size());
    if (raised == nullptr) return;
    AuditLeaf leaf = make_leaf(samkoer::v1::AUDIT_ACTION_ALARM_RAISED);
    AddCount(leaf, "count", raised->count());
    AddCount(leaf, "threshold", raised->threshold());
    leaf.set_detail(AlarmDetail(*raised));
    leaves.push_back(std::move(leaf));
  };
  const std::size_t given = leaves.size();
  std::vector<AlarmSignal> signals;
  for (std::size_t i = 0; i < given; ++i) {
    signals.clear();
    rules_.Take(leaves[i], signals);
    const absl::Time now = TimeOf(leaves[i].time());
    for (const AlarmSignal& signal : signals) apply(signal, now);
    DropOld(now);
  }
  if (!noted_.empty()) {
    const absl::Time now =
        TimeOf(make_leaf(samkoer::v1::AUDIT_ACTION_ALARM_RAISED).time());
    for (const AlarmSignal& signal : noted_) apply(signal, now);
    noted_.clear();
  }
  for (const std::string& id : changed_) {
    std::string key = storage::AlarmKey(id);
    const auto found = alarms_.find(id);
    std::string value;
    if (found != alarms_.end()) {
      value = sealer_.Seal(key, storage::EncodeAlarm(found->second));
    }
    write(std::move(key), std::move(value));
  }
  changed_.clear();
}

const Alarm* AlarmBook::Apply(const AlarmSignal& signal, absl::Time now,
                              std::uint64_t index) {
  Subject subject{signal.kind, signal.about};
  auto found = newest_.find(subject);
  if (found == newest_.end() && open_total_ >= kMaxOpenAlarms) {
    subject.second = kOthers;
    found = newest_.find(subject);
  }
  if (found != newest_.end()) {
    Alarm& alarm = alarms_[found->second];
    if (!alarm.has_acknowledged()) {
      SetTime(now, *alarm.mutable_last());
      alarm.set_count(std::max(alarm.count(), signal.count));
      changed_.insert(alarm.alarm_id());
      return nullptr;
    }
    if (now <
        TimeOf(alarm.acknowledged()) + QuietAfter(signal.kind, thresholds_)) {
      return nullptr;
    }
  }
  std::string id(storage::kAlarmIdBytes, '\0');
  randombytes_buf(id.data(), id.size());
  Alarm& raised = alarms_[id];
  raised.set_alarm_id(id);
  raised.set_kind(signal.kind);
  raised.set_about(subject.second);
  SetTime(now, *raised.mutable_first());
  SetTime(now, *raised.mutable_last());
  raised.set_count(signal.count);
  raised.set_threshold(signal.threshold);
  raised.set_leaf_index(index);
  newest_[subject] = id;
  changed_.insert(id);
  CountOpen();
  return &raised;
}

void AlarmBook::Drop(const std::string& id) {
  const auto found = alarms_.find(id);
  const auto newest =
      newest_.find({found->second.kind(), found->second.about()});
  if (newest != newest_.end() && newest->second == id) newest_.erase(newest);
  changed_.insert(id);
  alarms_.erase(found);
}

void AlarmBook::DropOld(absl::Time now) {
  if (now < dropped_ + absl::Hours(24) && alarms_.size() <= kMaxKeptAlarms) {
    return;
  }
  dropped_ = now;
  std::vector<std::pair<absl::Time, std::string>> acknowledged;
  for (const auto& [id, alarm] : alarms_) {
    if (alarm.has_acknowledged()) {
      acknowledged.emplace_back(TimeOf(alarm.acknowledged()), id);
    }
  }
  std::sort(acknowledged.begin(), acknowledged.end());
  for (const auto& [time, id] : acknowledged) {
    if (time + kAlarmKeep > now && alarms_.size() <= kMaxKeptAlarms) break;
    Drop(id);
  }
}

std::vector<Alarm> AlarmBook::List(bool include_acknowledged) const {
  std::vector<Alarm> list;
  for (const auto& [id, alarm] : alarms_) {
    if (include_acknowledged || !alarm.has_acknowledged()) {
      list.push_back(alarm);
    }
  }
  std::sort(list.begin(), list.end(), [](const Alarm& a, const Alarm& b) {
    return a.leaf_index() > b.leaf_index();
  });
  if (list.size() > kMaxListedAlarms) list.resize(kMaxListedAlarms);
  return list;
}

absl::StatusOr<Alarm> AlarmBook::Acknowledge(std::string_view id,
                                             std::string_view actor,
                                             std::string_view reason,
                                             absl::Time now, bool& changed) {
  changed = false;
  const auto found = alarms_.find(std::string(id));
  if (found == alarms_.end()) {
    return absl::NotFoundError("there is no such alarm");
  }
  Alarm& alarm = found->second;
  if (alarm.has_acknowledged()) return alarm;
  alarm.set_acknowledged_by(std::string(actor));
  SetTime(now, *alarm.mutable_acknowledged());
  alarm.set_reason(std::string(reason));
  changed_.insert(alarm.alarm_id());
  CountOpen();
  changed = true;
  return alarm;
}

void AlarmBook::CountOpen() {
  std::array<std::uint64_t, samkoer::v1::AlarmKind_ARRAYSIZE> open{};
  open_total_ = 0;
  for (const auto& [id, alarm] : alarms_) {
    if (alarm.has_acknowledged()) continue;
    ++open_total_;
    // A kind that a newer program wrote is counted with the others alone.
    const auto kind = static_cast<std::size_t>(alarm.kind());
    if (kind < open.size()) ++open[kind];
  }
  for (std::size_t kind = 0; kind < open.size(); ++kind) {
    open_[kind].store(open[kind]);
  }
}

}  // namespace samkoer::matcher
