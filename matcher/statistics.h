// The tables of Reports.GetStatistics, counted from the index and frozen for a
// calendar month.
#ifndef SAMKOER_MATCHER_STATISTICS_H_
#define SAMKOER_MATCHER_STATISTICS_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/caller.h"
#include "matcher/loop_state.h"
#include "matcher/suppression.h"
#include "matcher/transaction.h"
#include "samkoer/v1/reports.pb.h"

namespace samkoer::matcher {

// The meta word under which the month's tables are kept. Plaintext: version
// (u8 = 1), the serialized samkoer.v1.GetStatisticsResponse.
inline constexpr std::string_view kStatisticsWord = "statistics";

// What is counted, not yet fit to be shown: the tables that reports.proto
// names, and what must hold between them. About 0.1 us a record.
struct Counted {
  std::vector<CountTable> tables;
  std::vector<CountRelation> relations;
};
Counted CountPersons(const LoopState& state);

// On the loop's thread: the tables of the month of state.day, which are counted
// when they are first asked for and kept in the store, so that nobody can
// subtract two days; and the leaf of the read.
absl::StatusOr<samkoer::v1::GetStatisticsResponse> RunStatistics(
    LoopState& state, Transaction& tx, const Caller& caller);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_STATISTICS_H_
