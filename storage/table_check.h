// Checks of the tables that servers keep beside the log: each row parses, and
// says what the other rows say. As storage/store_check.h: reads all, writes
// nothing; what is wrong becomes a finding, without anybody's data in it.
//
// Thread safety: pure but for what they read.
#ifndef SAMKOER_STORAGE_TABLE_CHECK_H_
#define SAMKOER_STORAGE_TABLE_CHECK_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/findings.h"
#include "storage/key_layout.h"
#include "storage/store_check.h"

namespace samkoer::storage {

// The tables that both servers have: proposals (number and digest) and alarms
// (id), and the notes of key rotations and witnesses.
absl::Status CheckSharedTables(const CheckedStore& store, Findings& findings);

// Calls `visit` with each row of a table, opened; what does not open is left
// out, because CheckValues tells of it.
absl::Status ForEachRow(
    const CheckedStore& store, Table table,
    const std::function<void(std::string_view key, std::string_view plaintext)>&
        visit);

// The value of one key, opened; NOT_FOUND if there is none.
absl::StatusOr<std::string> ValueAt(const CheckedStore& store,
                                    std::string_view key);

// "person 7": a row as findings name it.
std::string Numbered(const char* what, std::uint64_t number);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_TABLE_CHECK_H_
