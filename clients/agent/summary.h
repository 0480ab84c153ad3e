// What `check` and `push` tell at their end, for people and for machines.
// Nothing of any row's content. Pure.
#ifndef SAMKOER_CLIENTS_AGENT_SUMMARY_H_
#define SAMKOER_CLIENTS_AGENT_SUMMARY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "clients/agent/export_reader.h"

namespace samkoer::agent {

// What a push did; absent after `check`.
struct PushFigures {
  bool delta = false;
  // A push that was broken off earlier went on.
  bool resumed = false;
  std::uint64_t sent = 0;       // records
  std::uint64_t unchanged = 0;  // records that the matcher has already
  std::uint64_t batches = 0;
  std::uint64_t withdrawn_refs = 0;    // references withdrawn on purpose
  std::uint64_t pseudonyms_asked = 0;  // evaluations, the self-test included
  // As the matcher answered.
  std::uint64_t added = 0, changed = 0, withdrawn = 0, held = 0;
};

// Everything of one run.
struct Summary {
  std::string department;
  std::string day;  // YYYY-MM-DD
  std::string source_file;
  std::string rejects_file;        // empty if none was written
  std::string event_rejects_file;  // empty without criteria
  std::uint32_t rejects_limit_percent = 0;
  std::uint64_t records = 0;  // that may be sent
  std::uint64_t people = 0;   // different CPR numbers among them
  ExportCounts counts;
  std::optional<PushFigures> push;

  // More rows, of the export or of the life events, were set aside than the
  // limit allows.
  bool OverLimit() const { return RowsOverLimit() || EventsOverLimit(); }
  bool RowsOverLimit() const {
    return counts.RejectedPercent() > rejects_limit_percent;
  }
  bool EventsOverLimit() const {
    return counts.events.set_aside * 100 >
           counts.events.rows * rejects_limit_percent;
  }
};

// Several lines.
std::string FormatSummary(const Summary& summary);
// One JSON object on one line; the keys are those of Summary.
std::string SummaryJson(const Summary& summary);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SUMMARY_H_
