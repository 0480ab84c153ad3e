// The rows that both sides of a benchmark get: the cases of four departments.
#ifndef SAMKOER_TESTS_BENCH_BENCH_ROWS_H_
#define SAMKOER_TESTS_BENCH_BENCH_ROWS_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "samkoer/v1/intake.pb.h"

namespace samkoer::bench {

inline constexpr int kDepartments = 4;
inline constexpr std::array<std::string_view, kDepartments> kDepartmentIds = {
    "familie", "jobcenter", "social", "handicap"};

// Record `number` of `total`, the same in every run. Of all persons about 90%
// are known to one department and 10% to two or more; a person in a department
// has one case. Every field is filled: beside person and reference a row is
// about 150 bytes when serialized. `version` 0 is the first night's content;
// higher versions change the contact, as a nightly export does.
samkoer::v1::CaseRecord MakeRecord(std::uint64_t number, std::uint64_t total,
                                   std::uint32_t version);

// Which department record `number` belongs to: 0 to kDepartments - 1.
int DepartmentOf(std::uint64_t number, std::uint64_t total);

// All records of one department. Records whose number gives
// `number % 100 < changed_percent` have version 1, others version 0.
std::vector<samkoer::v1::CaseRecord> DepartmentRecords(
    int department, std::uint64_t total, std::uint32_t changed_percent);

}  // namespace samkoer::bench

#endif  // SAMKOER_TESTS_BENCH_BENCH_ROWS_H_
