#include "storage/month_check.h"

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "samkoer/v1/reports.pb.h"
#include "storage/feed_id.h"
#include "storage/key_layout.h"
#include "storage/matcher_state.h"
#include "storage/month_table.h"
#include "storage/table_check.h"

namespace samkoer::storage {
namespace {

std::string MonthName(std::uint64_t month) {
  return absl::StrCat("month ", month / 12, "-", month % 12 + 1);
}

// The value of a meta word, opened; an error if it is missing or does not open.
absl::StatusOr<std::string> MetaValue(const CheckedStore& store,
                                      std::string_view word) {
  const std::string key = MetaKey(word);
  const auto value = store.reader.Get(key);
  if (!value.ok()) return value.status();
  return store.sealer.Open(key, *value);
}

absl::Status CheckEachMonth(const CheckedStore& store, Findings& findings) {
  std::map<std::uint64_t, StoredMonth> months;
  const absl::Status scanned = ForEachRow(
      store, Table::kMonth,
      [&](std::string_view key, std::string_view plaintext) {
        const auto number = ParseNumberKey(Table::kMonth, key);
        if (!number) return;
        auto month = DecodeMonth(plaintext);
        samkoer::v1::GetStatisticsResponse statistics;
        if (!month.ok() || !statistics.ParseFromString(month->statistics)) {
          findings.Add(MonthName(*number), "is malformed");
        } else {
          months.emplace(*number, *std::move(month));
        }
      });
  if (!scanned.ok()) return scanned;
  std::uint64_t next_alert = 0;
  if (const auto bytes = MetaValue(store, kMatcherStateWord); bytes.ok()) {
    const auto state = DecodeMatcherState(*bytes);
    if (state.ok()) next_alert = state->next_alert;
  }
  const StoredMonth* before = nullptr;
  std::uint64_t last = 0;
  for (const auto& [number, month] : months) {
    const std::string name = MonthName(number);
    if (before != nullptr && number != last + 1) {
      findings.Add(name, "the one before is missing");
    } else if (before != nullptr && !before->ended) {
      findings.Add(MonthName(last), "has not ended, and another has begun");
    } else if (before != nullptr && before->end_alert != month.first_alert) {
      findings.Add(name, "begins with another alert than the one before ended");
    }
    if ((month.ended ? month.end_alert : month.first_alert) > next_alert) {
      findings.Add(name, absl::StrCat("counts alerts that were not made; the "
                                      "next is ",
                                      next_alert));
    }
    before = &month;
    last = number;
  }
  if (before != nullptr && before->ended) {
    findings.Add(MonthName(last), "has ended, and no other has begun");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckMonths(const CheckedStore& store, Findings& findings) {
  const absl::Status status = CheckEachMonth(store, findings);
  if (!status.ok()) return status;
  const auto id = MetaValue(store, kFeedIdWord);
  if (id.ok() && !DecodeFeedId(*id).ok()) {
    findings.Add("id of the feed", "is malformed");
  }
  return absl::OkStatus();
}

}  // namespace samkoer::storage
