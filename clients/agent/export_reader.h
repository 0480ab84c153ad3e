// Reads a department's export: bytes to text, text to rows, rows to records.
#ifndef SAMKOER_CLIENTS_AGENT_EXPORT_READER_H_
#define SAMKOER_CLIENTS_AGENT_EXPORT_READER_H_

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/agent/clean_case.h"
#include "clients/agent/config.h"
#include "clients/agent/intake_guard.h"
#include "clients/agent/reasons.h"
#include "clients/agent/row_cleaner.h"

namespace samkoer::agent {

// A row that was set aside: where it begins, and why. Nothing of its content.
struct Reject {
  std::int64_t line = 0;
  RejectReason reason = RejectReason::kUnreadable;
  friend bool operator==(const Reject&, const Reject&) = default;
};

// How many rows went where. A row counts once.
struct ExportCounts {
  std::uint64_t rows = 0;
  std::uint64_t merged = 0;  // into another row of the same person and case
  std::array<std::uint64_t, kRejectReasons> rejected{};
  std::array<std::uint64_t, kFilterReasons> filtered{};
  // Quality; none of it decides anything.
  std::uint64_t cpr_valid = 0;
  std::uint64_t modulus11 = 0;
  std::uint64_t padded = 0;
  std::uint64_t renumbered = 0;
  std::uint64_t contacts_dropped = 0;
  std::uint64_t criteria_dropped = 0;

  std::uint64_t RejectedTotal() const;
  std::uint64_t FilteredTotal() const;
  // The share of set-aside rows in percent; 0 without rows.
  double RejectedPercent() const;
};

// What an export holds.
struct Export {
  // Ordered by reference and person; one a person and case (merge.h).
  std::vector<CleanCase> cases;
  // References, ascending, of filtered rows of which no case remains. Filled
  // for deltas only: what may no longer be sent is withdrawn.
  std::vector<std::string> filtered_refs;
  // In the order of the file.
  std::vector<Reject> rejects;
  ExportCounts counts;
};

// Called now and then with the bytes read so far and in all.
using ReadProgress = std::function<void(std::uint64_t, std::uint64_t)>;

// Reads `path` with the dialect and columns of `config`. `guard` may be null.
// INVALID_ARGUMENT names file and line; NOT_FOUND or PERMISSION_DENIED if the
// file cannot be read. The file is read once, in pieces.
absl::StatusOr<Export> ReadExport(const std::string& path, const Config& config,
                                  const IntakeGuard* guard,
                                  const CivilDate& day, v1::PushKind kind,
                                  const ReadProgress& progress = {});

// The same from bytes in memory; `name` stands in errors.
absl::StatusOr<Export> ParseExport(std::string_view bytes,
                                   std::string_view name, const Config& config,
                                   const NumberMap& numbers,
                                   const IntakeGuard* guard,
                                   const CivilDate& day, v1::PushKind kind);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_EXPORT_READER_H_
