// Opens the sample that `setup` looks at: a file in any dialect, a workbook, a
// query, and the files joined to it.
#ifndef SAMKOER_CLIENTS_AGENT_SETUP_SAMPLE_H_
#define SAMKOER_CLIENTS_AGENT_SETUP_SAMPLE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/agent/dates.h"
#include "clients/agent/sample_table.h"
#include "clients/agent/setup_proposal.h"

namespace samkoer::agent {

// Reads the beginning of `path`, or of the configured query if it is empty.
// What the answers leave open and the source itself tells is filled in there
// and told in `findings`: encoding and delimiter, the sheet (the first with CPR
// numbers), the keys of joined files. Errors as RowSource::Read;
// INVALID_ARGUMENT if no key can be found to join a file by.
absl::StatusOr<SampleTable> OpenSample(const std::string& path,
                                       const CivilDate& day,
                                       SetupAnswers& answers,
                                       std::vector<SetupFinding>& findings);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SETUP_SAMPLE_H_
