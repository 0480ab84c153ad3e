// The part of matcher_table_check.h for months and the feed's id. As there:
// reads all, writes nothing; what is wrong becomes a finding.
#ifndef SAMKOER_STORAGE_MONTH_CHECK_H_
#define SAMKOER_STORAGE_MONTH_CHECK_H_

#include "absl/status/status.h"
#include "storage/findings.h"
#include "storage/store_check.h"

namespace samkoer::storage {

// Months parse and follow each other without a gap, their alerts' numbers too,
// and only the last one runs; the feed's id parses. What is not there at all is
// no finding: a store of before has neither.
absl::Status CheckMonths(const CheckedStore& store, Findings& findings);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_MONTH_CHECK_H_
