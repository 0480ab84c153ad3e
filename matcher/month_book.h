// The municipality's effort by calendar month (storage/month_table.h): how many
// alerts were made, how many had a guide and how many had not, and the month's
// statistics. Months follow each other without a gap, and the last one runs.
// Belongs to the commit loop's thread but for ReadMonths.
#ifndef SAMKOER_MATCHER_MONTH_BOOK_H_
#define SAMKOER_MATCHER_MONTH_BOOK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/calendar.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/alerts.pb.h"
#include "storage/engine.h"
#include "storage/month_table.h"
#include "storage/sealed_value.h"

namespace samkoer::matcher {

// The active alerts with a guide who has accepted, and without.
struct GuideCounts {
  std::uint64_t assigned = 0;
  std::uint64_t backlog = 0;
};
GuideCounts CountGuides(const Index& index);

// Where no month is kept, begins the one of the state's day: of a store that
// has alerts already, with the first that was made in it. Then, before `day`
// becomes the state's: where it lies in a later month, ends the one that runs
// and all between as things stand now, with `statistics` (the serialized
// tables; empty: none) where the month has none yet, and begins the new one.
// Deletes what is older than proto/limits.h says. Everything before must be
// durable: the table is read from the store.
absl::Status TurnMonth(
    LoopState& state, Transaction& tx, Day day,
    const std::function<absl::StatusOr<std::string>()>& statistics);

// The month; NOT_FOUND if it is not kept.
absl::StatusOr<storage::StoredMonth> LoadMonth(const LoopState& state,
                                               const Transaction& tx,
                                               Month month);
void PutMonth(const LoopState& state, Transaction& tx, Month month,
              const storage::StoredMonth& held);

// Every month that is kept, ascending, by Month::count. Any thread.
absl::StatusOr<std::map<std::uint64_t, storage::StoredMonth>> ReadMonths(
    const storage::Reader& reader, const storage::ValueSealer& sealer);
// As GetOverviewResponse.months says: the running month with these numbers.
std::vector<samkoer::v1::MonthCount> MonthSeries(
    const std::map<std::uint64_t, storage::StoredMonth>& months,
    std::uint64_t next_alert, const GuideCounts& now);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_MONTH_BOOK_H_
