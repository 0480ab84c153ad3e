// Checks of the matcher's tables, as storage/table_check.h: each row parses,
// and says what the other rows say.
//
// It holds, as the matcher does, some bytes of each
// person, record and alert, and no contents.
//
// Thread safety: pure but for what it reads.
#ifndef SAMKOER_STORAGE_MATCHER_TABLE_CHECK_H_
#define SAMKOER_STORAGE_MATCHER_TABLE_CHECK_H_

#include "absl/status/status.h"
#include "storage/findings.h"
#include "storage/store_check.h"

namespace samkoer::storage {

// Checks:
//  * persons: no person twice; of each something is held
//  * records: of a living person, a known department and unit; sealed with the
//    person's data key; nobody in a case twice
//  * alerts: of a living person, who has no other; its number was given out; it
//    stands in the feed where it says, under its departments
//  * the feed: no hole from 1 to its last number; each entry is of an alert,
//    sealed with its person's data key, and not newer than the alert says
//  * pushes and their batches; notices, objections, policies, departments,
//    epochs, dictionaries; conferences and inquiries; the counters
//  * months and the feed's id (month_check.h)
// and says how many "records", "persons" and "alerts" are held.
absl::Status CheckMatcherTables(const CheckedStore& store, Findings& findings);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_MATCHER_TABLE_CHECK_H_
