#include "matcher/month_book.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "matcher/alert_lifecycle.h"
#include "matcher/alert_store.h"
#include "matcher/timestamps.h"
#include "proto/limits.h"
#include "storage/alert_table.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AlertState;
using storage::NumberKey;
using storage::StoredMonth;
using storage::Table;

// Of a store that kept no months: the number of the first alert made in `month`
// or later. Alerts are numbered in the order of their making, so the newest are
// opened until one is older.
absl::StatusOr<std::uint64_t> FirstAlertOf(const LoopState& state,
                                           const Transaction& tx, Month month) {
  std::vector<std::pair<std::uint64_t, PersonNo>> newest;
  for (const auto& [person, alert] : state.index.alerts()) {
    newest.emplace_back(alert.number, person);
  }
  std::sort(newest.rbegin(), newest.rend());
  AlertLoader loader(state, tx);
  std::uint64_t first = state.state.next_alert;
  for (const auto& [number, person] : newest) {
    samkoer::v1::Alert alert;
    if (absl::Status s = loader.Load(person, alert); !s.ok()) return s;
    if (DayOf(alert.created()).InMonth() < month) break;
    first = number;
  }
  return first;
}

void Begin(const LoopState& state, Transaction& tx, Month month,
           std::uint64_t first_alert) {
  StoredMonth begun;
  begun.first_alert = first_alert;
  PutMonth(state, tx, month, begun);
}

void End(const LoopState& state, Transaction& tx, Month month,
         StoredMonth& held) {
  const GuideCounts counts = CountGuides(state.index);
  held.ended = true;
  held.end_alert = state.state.next_alert;
  held.assigned = counts.assigned;
  held.backlog = counts.backlog;
  PutMonth(state, tx, month, held);
}

void Prune(const LoopState& state, Transaction& tx, Month running,
           const std::map<std::uint64_t, StoredMonth>& ended) {
  for (const auto& [number, held] : ended) {
    const Month month = Month::FromCount(static_cast<int>(number));
    const int age = running - month;
    if (age > static_cast<int>(proto::kMaxOverviewMonths)) {
      tx.writes().Delete(NumberKey(Table::kMonth, number));
    } else if (age >= static_cast<int>(proto::kMaxStatisticsMonths) &&
               !held.statistics.empty()) {
      StoredMonth older = held;
      older.statistics.clear();
      PutMonth(state, tx, month, older);
    }
  }
}

}  // namespace

GuideCounts CountGuides(const Index& index) {
  GuideCounts counts;
  for (const auto& [person, alert] : index.alerts()) {
    if (!IsActive(static_cast<AlertState>(alert.state))) continue;
    ++((alert.flags & storage::kAlertGuideAccepted) != 0 ? counts.assigned
                                                         : counts.backlog);
  }
  return counts;
}

absl::Status TurnMonth(
    LoopState& state, Transaction& tx, Day day,
    const std::function<absl::StatusOr<std::string>()>& statistics) {
  auto months = ReadMonths(*state.store, *state.sealer);
  if (!months.ok()) return months.status();
  const Month month = day.InMonth();
  if (months->empty()) {
    const Month first = state.state.day.empty() ? month : state.day.InMonth();
    auto alert = FirstAlertOf(state, tx, first);
    if (!alert.ok()) return alert.status();
    Begin(state, tx, first, *alert);
    (*months)[first.count()].first_alert = *alert;
  }
  auto& [number, running] = *months->rbegin();
  const Month before = Month::FromCount(static_cast<int>(number));
  if (month <= before) return absl::OkStatus();
  if (running.statistics.empty()) {
    auto counted = statistics();
    if (!counted.ok()) return counted.status();
    running.statistics = *std::move(counted);
  }
  End(state, tx, before, running);
  // While nobody was here nothing changed. Of a long absence the end counts.
  const int passed = month - before;
  const int kept = static_cast<int>(proto::kMaxOverviewMonths);
  for (int i = std::max(1, passed - kept); i < passed; ++i) {
    StoredMonth idle;
    idle.first_alert = state.state.next_alert;
    End(state, tx, Month::FromCount(before.count() + i), idle);
  }
  Begin(state, tx, month, state.state.next_alert);
  Prune(state, tx, month, *months);
  return absl::OkStatus();
}

absl::StatusOr<StoredMonth> LoadMonth(const LoopState& state,
                                      const Transaction& tx, Month month) {
  const std::string key = NumberKey(Table::kMonth, month.count());
  auto value = tx.writes().Get(key);
  if (!value.ok()) return value.status();
  auto plaintext = state.sealer->Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  return storage::DecodeMonth(*plaintext);
}

void PutMonth(const LoopState& state, Transaction& tx, Month month,
              const StoredMonth& held) {
  std::string key = NumberKey(Table::kMonth, month.count());
  std::string value = state.sealer->Seal(key, storage::EncodeMonth(held));
  tx.writes().Put(std::move(key), std::move(value));
}

absl::StatusOr<std::map<std::uint64_t, StoredMonth>> ReadMonths(
    const storage::Reader& reader, const storage::ValueSealer& sealer) {
  std::map<std::uint64_t, StoredMonth> months;
  absl::Status status;
  absl::Status scanned = reader.Scan(
      storage::TablePrefix(Table::kMonth), "",
      [&](std::string_view key, std::string_view value) {
        auto plaintext = sealer.Open(key, value);
        status = plaintext.status();
        if (!status.ok()) return false;
        auto month = storage::DecodeMonth(*plaintext);
        status = month.status();
        const auto number = storage::ParseNumberKey(Table::kMonth, key);
        if (status.ok() && number) months.emplace(*number, *std::move(month));
        return status.ok();
      });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  return months;
}

std::vector<samkoer::v1::MonthCount> MonthSeries(
    const std::map<std::uint64_t, StoredMonth>& months,
    std::uint64_t next_alert, const GuideCounts& now) {
  std::vector<samkoer::v1::MonthCount> series;
  for (const auto& [number, held] : months) {
    samkoer::v1::MonthCount& count = series.emplace_back();
    count.set_month(Month::FromCount(static_cast<int>(number)).ToYyyymm());
    count.set_added((held.ended ? held.end_alert : next_alert) -
                    held.first_alert);
    count.set_assigned(held.ended ? held.assigned : now.assigned);
    count.set_backlog(held.ended ? held.backlog : now.backlog);
  }
  return series;
}

}  // namespace samkoer::matcher
