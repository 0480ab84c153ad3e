// `samkoer-audit report`: which report, and what it needs.
#ifndef SAMKOER_CLIENTS_AUDIT_REPORT_FAMILY_H_
#define SAMKOER_CLIENTS_AUDIT_REPORT_FAMILY_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/audit/log_control.h"
#include "clients/audit/record_command.h"

namespace samkoer::clients {

enum class ReportName { kStatistics, kArticle30, kDpia, kLogControl };

// As typed.
struct ReportArguments {
  ReportName name = ReportName::kStatistics;
  bool json = false;
  std::string out;
  ControllerFacts controller;
  std::string quota;        // "20000:500"; empty: the example of the guide
  std::string from, until;  // days, both included
  std::size_t sample = 20;
  std::string seed;
  // Without a seed the control's period ends with the day before.
  absl::Time now = absl::Now();
};

// Makes the report. INVALID_ARGUMENT for a day or quota that is none; errors of
// the report's own function.
absl::Status RunReport(const ReportArguments& arguments,
                       v1::Reports::StubInterface& reports, LogServer& server,
                       const crypto::NoteVerifier& verifier,
                       const CheckpointStore& store, const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_REPORT_FAMILY_H_
