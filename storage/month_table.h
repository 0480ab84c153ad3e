// What is kept of a calendar month: one value each, under its number
// (key_layout.h, kMonth), which is year * 12 + month - 1.
//
// Plaintext, version 1 (integers little-endian):
//   version (u8 = 1), state (u8: 1 it runs, 2 it has ended),
//   alert numbers (u64 each): the next one when it began, and when it ended,
//   assigned, backlog (u64 each): the active alerts with a guide who has
//   accepted and without, when it ended,
//   statistics (u32 length, samkoer.v1.GetStatisticsResponse; empty: there are
//   none)
// What is of the end is 0 while the month runs.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_MONTH_TABLE_H_
#define SAMKOER_STORAGE_MONTH_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace samkoer::storage {

struct StoredMonth {
  bool ended = false;
  // The alerts that were made in the month have the numbers from `first_alert`
  // to one below `end_alert`.
  std::uint64_t first_alert = 1;
  std::uint64_t end_alert = 0;
  std::uint64_t assigned = 0;
  std::uint64_t backlog = 0;
  std::string statistics;

  friend bool operator==(const StoredMonth&, const StoredMonth&) = default;
};

std::string EncodeMonth(const StoredMonth& month);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredMonth> DecodeMonth(std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_MONTH_TABLE_H_
