// Rows of a file: separated values in the dialect, or a workbook. Which of the
// two it is, its first bytes say.
#ifndef SAMKOER_CLIENTS_AGENT_FILE_SOURCE_H_
#define SAMKOER_CLIENTS_AGENT_FILE_SOURCE_H_

#include <memory>
#include <string>
#include <string_view>

#include "clients/agent/dates.h"
#include "clients/agent/row_source.h"
#include "samkoer/v1/agent_config.pb.h"

namespace samkoer::agent {

// Reads `path`. `sheet` matters for a workbook only. `dialect` and `pattern`
// must outlive the source. Read gives NOT_FOUND or PERMISSION_DENIED if the
// file cannot be opened, INVALID_ARGUMENT with its name (and line) if it cannot
// be understood. The file is opened once and read once, in pieces.
std::unique_ptr<RowSource> MakeFileSource(std::string path, std::string sheet,
                                          const v1::CsvDialect& dialect,
                                          const DatePattern& pattern);

// Reads separated values that are in memory; `name` stands in errors.
absl::Status ReadTextRows(std::string_view bytes, std::string_view name,
                          const v1::CsvDialect& dialect, const RowSink& sink);

// `status` with the source's name before it; its hint stays.
absl::Status InSource(std::string_view name, const absl::Status& status);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_FILE_SOURCE_H_
