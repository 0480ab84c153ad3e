// Reads a department's export: bytes to text, text to rows, rows to records.
#ifndef SAMKOER_CLIENTS_AGENT_EXPORT_READER_H_
#define SAMKOER_CLIENTS_AGENT_EXPORT_READER_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/agent/clean_case.h"
#include "clients/agent/config.h"
#include "clients/agent/intake_guard.h"
#include "clients/agent/life_events.h"
#include "clients/agent/reasons.h"
#include "clients/agent/row_cleaner.h"
#include "clients/agent/row_source.h"

namespace samkoer::agent {

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
  // Of the life events, if there are criteria.
  EventCounts events;

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
  // References, ascending, of cases of which some row was filtered and some
  // was not: there is somebody in them who may not be sent, or no longer.
  std::vector<std::string> partly_filtered_refs;
  // In the order of the file.
  std::vector<Reject> rejects;
  // Of the life events, in the order of their source.
  std::vector<Reject> event_rejects;
  ExportCounts counts;
  // What became of the row that was asked for; empty if it is not there.
  std::vector<std::string> explanation;
};

// How an export is read. `guard` is null where the matcher was not asked.
struct ReadOptions {
  const IntakeGuard* guard = nullptr;
  CivilDate day;
  v1::PushKind kind = v1::PUSH_KIND_SNAPSHOT;
  // The line to explain; 0 means none.
  std::int64_t explain_line = 0;
  ReadProgress progress;
};

// Reads `path`, or the configured database if it is empty, with the files
// joined to it, and the life events before if there are criteria. Errors as
// RowSource::Read; each source is read once, in pieces.
absl::StatusOr<Export> ReadExport(const std::string& path, const Config& config,
                                  const ReadOptions& options);

// The same of separated values in memory, without joins and criteria; `name`
// stands in errors.
absl::StatusOr<Export> ParseExport(std::string_view bytes,
                                   std::string_view name, const Config& config,
                                   const NumberMap& numbers,
                                   const IntakeGuard* guard,
                                   const CivilDate& day, v1::PushKind kind);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_EXPORT_READER_H_
