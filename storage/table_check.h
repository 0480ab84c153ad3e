// Checks of the tables that servers keep beside the log: each row parses, and
// says what the other rows say. As storage/store_check.h: reads all, writes
// nothing; what is wrong becomes a finding, without anybody's data in it.
//
// Of the matcher's store it holds, as the matcher does, some bytes of each
// person, record and alert, and no contents.
//
// Thread safety: pure but for what they read.
#ifndef SAMKOER_STORAGE_TABLE_CHECK_H_
#define SAMKOER_STORAGE_TABLE_CHECK_H_

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "storage/findings.h"
#include "storage/key_layout.h"
#include "storage/store_check.h"

namespace samkoer::storage {

// The tables that both servers have: proposals (number and digest) and alarms
// (id), and the notes of key rotations and witnesses.
absl::Status CheckSharedTables(const CheckedStore& store, Findings& findings);

// The matcher's:
//  * persons: no person twice; of each something is held
//  * records: of a living person, a known department and unit; sealed with the
//    person's data key; no case of a department twice
//  * alerts: of a living person, who has no other; its number was given out; it
//    stands in the feed where it says, under its departments
//  * the feed: no hole from 1 to its last number; each entry is of an alert,
//    sealed with its person's data key, and not newer than the alert says
//  * pushes and their batches; notices, objections, policies, departments,
//    epochs; the counters
absl::Status CheckMatcherTables(const CheckedStore& store, Findings& findings);

// Calls `visit` with each row of a table, opened; what does not open is left
// out, because CheckValues tells of it.
absl::Status ForEachRow(
    const CheckedStore& store, Table table,
    const std::function<void(std::string_view key, std::string_view plaintext)>&
        visit);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_TABLE_CHECK_H_
