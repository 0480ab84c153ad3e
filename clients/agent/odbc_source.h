// Rows of a query to a database (unixODBC).
#ifndef SAMKOER_CLIENTS_AGENT_ODBC_SOURCE_H_
#define SAMKOER_CLIENTS_AGENT_ODBC_SOURCE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "clients/agent/dates.h"
#include "clients/agent/row_source.h"
#include "samkoer/v1/agent_config.pb.h"

namespace samkoer::agent {

// Seconds where the configuration says nothing.
inline constexpr std::uint32_t kOdbcQuerySeconds = 600;
inline constexpr std::uint32_t kOdbcConnectSeconds = 15;

// Runs `query` on the database of `config` and reads its result row by row, in
// bounded memory of its own (what the driver keeps is the driver's; see
// docs/agent.md). Cells: text as UTF-8, days in `pattern`, NULL as the empty
// cell, numbers as NumberText. The connection is opened for reading only. Both
// references must outlive the source.
//
// Read's errors: FAILED_PRECONDITION (no such data source or driver, or the
// password cannot be read), PERMISSION_DENIED (user, password, rights),
// UNAVAILABLE (the server cannot be reached, or went away), DEADLINE_EXCEEDED
// (the query took too long), INVALID_ARGUMENT (the query is wrong, a cell is
// too long). They hold the driver's SQLSTATE, and its words only where no row
// can be in them; never the password.
std::unique_ptr<RowSource> MakeOdbcSource(const v1::OdbcSource& config,
                                          std::string query,
                                          const DatePattern& pattern);

// OK if `query` is one SELECT (or WITH), which is all the agent ever runs.
absl::Status CheckQuery(std::string_view query);
// OK if it is empty, "file:PATH" or "credential:NAME".
absl::Status CheckPassword(std::string_view password);
// OK if the connection text names no password: that belongs in `password`.
absl::Status CheckConnection(std::string_view connection);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_ODBC_SOURCE_H_
