// The command line of `samkoer-audit report`.
#ifndef SAMKOER_CLIENTS_AUDIT_REPORT_MAIN_H_
#define SAMKOER_CLIENTS_AUDIT_REPORT_MAIN_H_

#include <CLI/CLI.hpp>
#include <string>

#include "clients/audit/report_family.h"

namespace samkoer::clients {

// Adds `report` and what it takes. `args` and `format` must outlive `app`.
void AddReportCommands(CLI::App& app, ReportArguments& args,
                       std::string& format);

// Whether `app` was called for a report that is a file (article30, dpia).
bool WritesRecord(const CLI::App& app);

// Which one was asked for; `report` is the parsed subcommand.
ReportName ReportNameOf(const CLI::App& report);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_REPORT_MAIN_H_
