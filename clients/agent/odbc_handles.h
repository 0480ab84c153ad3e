// What odbc_source.cc needs of unixODBC: handles that close themselves, errors
// as Status.
#ifndef SAMKOER_CLIENTS_AGENT_ODBC_HANDLES_H_
#define SAMKOER_CLIENTS_AGENT_ODBC_HANDLES_H_

#include <sql.h>
#include <sqlext.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace samkoer::agent {

// Frees its handle on the way out; a connection is closed before.
class OdbcHandle {
 public:
  OdbcHandle() = default;
  ~OdbcHandle();
  OdbcHandle(const OdbcHandle&) = delete;
  OdbcHandle& operator=(const OdbcHandle&) = delete;

  // False if there is no memory for it.
  bool Make(SQLSMALLINT type, SQLHANDLE parent);
  SQLHANDLE get() const { return handle_; }
  SQLSMALLINT type() const { return type_; }

 private:
  SQLHANDLE handle_ = SQL_NULL_HANDLE;
  SQLSMALLINT type_ = 0;
};

// What was going on.
enum class OdbcStep { kConnect, kQuery, kFetch };

// The last error of `handle`, in words. The driver's own words stand in it
// where it connects, and for errors of the query's text (class 42); `secret`
// never does.
absl::Status OdbcError(const OdbcHandle& handle, OdbcStep step,
                       std::string_view secret);

// UTF-16 as ODBC has it, as UTF-8; false if it is not UTF-16.
bool AppendUtf8(const SQLWCHAR* text, std::size_t units, std::string& out);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_ODBC_HANDLES_H_
