// The tables of Reports.GetStatistics, counted from the index and frozen for a
// calendar month.
#ifndef SAMKOER_MATCHER_STATISTICS_H_
#define SAMKOER_MATCHER_STATISTICS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/caller.h"
#include "matcher/loop_state.h"
#include "matcher/suppression.h"
#include "matcher/transaction.h"
#include "samkoer/v1/reports.pb.h"

namespace samkoer::matcher {

// The meta word under which programs before kept the month's tables; they stand
// with the month now (month_book.h). Plaintext: version (u8 = 1), the
// serialized samkoer.v1.GetStatisticsResponse.
inline constexpr std::string_view kStatisticsWord = "statistics";

// The numbers of the alerts that were made in a month: from `first` to one
// below `end`.
struct AlertRange {
  std::uint64_t first = 0, end = 0;
};

// What is counted, not yet fit to be shown: the tables that reports.proto
// names, and what must hold between them; `made_before` are the alerts of the
// month before. About 0.1 us a record.
struct Counted {
  std::vector<CountTable> tables;
  std::vector<CountRelation> relations;
  // Whose open alerts have a guide who has accepted.
  std::vector<PersonNo> guided;
};
Counted CountPersons(const LoopState& state, AlertRange made_before = {});

// Counts how long those in `guided` waited for their guide, which their alerts
// alone say (guide_wait.h): until then the table of it is empty, and what must
// hold of it does not. Opens each alert: some 30 us each. DATA_LOSS.
absl::Status CountWaits(const LoopState& state, const Transaction& tx,
                        Counted& counted);

// On the loop's thread: the tables of the month that is asked for, and the leaf
// of the read. Those of the month of state.day are counted when they are first
// asked for and kept in the store, so that nobody can subtract two days.
// Errors: as Reports.GetStatistics.
absl::StatusOr<samkoer::v1::GetStatisticsResponse> RunStatistics(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::GetStatisticsRequest& request);

// The tables of the month of state.day, which nobody has asked for, serialized:
// for TurnMonth. Takes over what a program before has counted of the month.
absl::StatusOr<std::string> StatisticsAtMonthEnd(const LoopState& state,
                                                 Transaction& tx);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_STATISTICS_H_
