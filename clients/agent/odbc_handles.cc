#include "clients/agent/odbc_handles.h"

#include <unicode/ustring.h>

#include <cstdint>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/cpr.h"

namespace samkoer::agent {
namespace {

struct Explained {
  absl::StatusCode code;
  std::string_view what, hint;
};

Explained Explain(std::string_view state, OdbcStep step) {
  const std::string_view kind = state.substr(0, 2);
  if (state == "IM002" || state == "IM003" || state == "IM004" ||
      state == "01000" || state == "IM005" || state == "IM012") {
    return {absl::StatusCode::kFailedPrecondition,
            "the data source or its driver is not there",
            "odbcinst -q -d lists the drivers, odbcinst -q -s the data "
            "sources; see odbc.connection"};
  }
  if (kind == "28" || state == "42501") {
    return {absl::StatusCode::kPermissionDenied,
            state == "42501" ? "the user may not read what the query names"
                             : "the database did not take user and password",
            state == "42501" ? "let the database's owner GRANT SELECT on it"
                             : "see odbc.user and odbc.password"};
  }
  if (state == "HYT00" || state == "HYT01" || state == "57014" ||
      state == "HY008") {
    return {
        absl::StatusCode::kDeadlineExceeded, "it took too long",
        step == OdbcStep::kConnect
            ? "is the server's address right, and the firewall open? See "
              "odbc.connect_seconds"
            : "make the view faster, or give it more: odbc.timeout_seconds"};
  }
  if (kind == "08" || (step == OdbcStep::kConnect && kind == "HY")) {
    return {absl::StatusCode::kUnavailable,
            "the database cannot be reached, or does not take the connection",
            "is the server up, its address right, the firewall open? See "
            "odbc.connection"};
  }
  if (kind == "57" || kind == "53") {
    return {absl::StatusCode::kUnavailable,
            "the database is busy or going down", "try again later"};
  }
  if (kind == "42") {
    return {absl::StatusCode::kInvalidArgument,
            "the database does not understand the query",
            "try odbc.query in the database's own tool, as the agent's user"};
  }
  if (step == OdbcStep::kConnect) {
    return {absl::StatusCode::kUnavailable, "cannot connect",
            "see odbc.connection"};
  }
  return {absl::StatusCode::kInvalidArgument, "the query failed",
          "try odbc.query in the database's own tool, as the agent's user"};
}

}  // namespace

OdbcHandle::~OdbcHandle() {
  if (handle_ == SQL_NULL_HANDLE) return;
  if (type_ == SQL_HANDLE_DBC) SQLDisconnect(handle_);
  SQLFreeHandle(type_, handle_);
}

bool OdbcHandle::Make(SQLSMALLINT type, SQLHANDLE parent) {
  type_ = type;
  return SQL_SUCCEEDED(SQLAllocHandle(type, parent, &handle_));
}

absl::Status OdbcError(const OdbcHandle& handle, OdbcStep step,
                       std::string_view secret) {
  SQLCHAR state[6] = "HY000";
  SQLCHAR text[512] = "";
  SQLINTEGER native = 0;
  SQLSMALLINT size = 0;
  SQLGetDiagRec(handle.type(), handle.get(), 1, state, &native, text,
                sizeof(text), &size);
  const std::string_view code(reinterpret_cast<const char*>(state), 5);
  const std::string_view words(reinterpret_cast<const char*>(text));
  Explained explained = Explain(code, step);
  // Drivers of SQLite have one state for all; their words tell.
  if (step == OdbcStep::kQuery && code == "HY000" &&
      (words.find("no such") != std::string_view::npos ||
       words.find("syntax error") != std::string_view::npos)) {
    explained = Explain("42000", step);
  }
  // PostgreSQL's driver says 08001 of a wrong password, too.
  if (step == OdbcStep::kConnect && code == "08001" &&
      words.find("authentication failed") != std::string_view::npos) {
    explained = Explain("28000", step);
  }
  std::string message =
      clients::Cat(explained.what, " (SQLSTATE ", code, ", ", native, ")");
  const bool harmless =
      step == OdbcStep::kConnect ||
      (step == OdbcStep::kQuery &&
       explained.code == absl::StatusCode::kInvalidArgument &&
       explained.what.find("understand") != std::string_view::npos);
  if (harmless && !clients::ContainsCpr(words) &&
      (secret.empty() || words.find(secret) == std::string_view::npos)) {
    message += clients::Cat(": ", words);
    while (message.back() == '\n' || message.back() == ' ') message.pop_back();
  }
  return clients::WithHint(absl::Status(explained.code, message),
                           explained.hint);
}

bool AppendUtf8(const SQLWCHAR* text, std::size_t units, std::string& out) {
  static_assert(sizeof(SQLWCHAR) == sizeof(UChar));
  const auto* wide = reinterpret_cast<const UChar*>(text);
  const std::size_t had = out.size();
  // A unit of UTF-16 is at most three bytes.
  out.resize(had + units * 3);
  UErrorCode error = U_ZERO_ERROR;
  std::int32_t used = 0;
  u_strToUTF8(out.data() + had, static_cast<std::int32_t>(units * 3), &used,
              wide, static_cast<std::int32_t>(units), &error);
  if (U_FAILURE(error)) used = 0;
  out.resize(had + static_cast<std::size_t>(used));
  return !U_FAILURE(error);
}

}  // namespace samkoer::agent
