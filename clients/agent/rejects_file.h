// The file of rows (or of life events) that were set aside.
//
// CSV, UTF-8, two columns: "line,reason". `line` is the number of the row's
// first line in the export, from 1; `reason` a name of reasons.h. Nothing of a
// row's content ever stands there: who may mend a row can read the export.
#ifndef SAMKOER_CLIENTS_AGENT_REJECTS_FILE_H_
#define SAMKOER_CLIENTS_AGENT_REJECTS_FILE_H_

#include <span>
#include <string>

#include "absl/status/status.h"
#include "clients/agent/reasons.h"

namespace samkoer::agent {

// The file's text.
std::string FormatRejects(std::span<const Reject> rejects);

// Writes the file, mode 0600, replaced as a whole or not at all. An empty list
// writes a header alone, so that yesterday's list does not stand. Errors as
// clients::WritePrivateFile.
absl::Status WriteRejects(const std::string& path,
                          std::span<const Reject> rejects);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_REJECTS_FILE_H_
