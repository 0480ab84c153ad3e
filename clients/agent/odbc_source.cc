#include "clients/agent/odbc_source.h"

#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "clients/agent/cells.h"
#include "clients/agent/file_source.h"
#include "clients/agent/odbc_handles.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "crypto/absl_view.h"
#include "crypto/secret.h"

namespace samkoer::agent {
namespace {

constexpr std::string_view kName = "odbc";
constexpr std::size_t kPieceUnits = 4096;

std::string Lower(std::string_view text) {
  return absl::AsciiStrToLower(crypto::AbslView(text));
}

// Ends a statement from another thread when its time is over: drivers need not
// know SQL_ATTR_QUERY_TIMEOUT, and a server may just go silent.
class Watchdog {
 public:
  Watchdog(SQLHSTMT statement, std::chrono::seconds limit)
      : thread_([this, statement, limit] {
          std::unique_lock lock(mutex_);
          if (wake_.wait_for(lock, limit, [this] { return done_; })) return;
          fired_ = true;
          SQLCancel(statement);
        }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  bool fired() {
    const std::lock_guard lock(mutex_);
    return fired_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false, fired_ = false;
  std::thread thread_;
};

// What the database wants, however short: "file:PATH" or "credential:NAME".
absl::Status ReadPassword(std::string_view source,
                          crypto::SecretBuffer& password) {
  std::string path(source.substr(source.find(':') + 1));
  if (source.starts_with("credential:")) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr) {
      return absl::FailedPreconditionError(
          "password: no credentials directory; is this run by systemd?");
    }
    path = clients::Cat(folder, "/", path);
  }
  auto text =
      clients::ReadSmallFile(path, 4096, clients::FileReaders::kOwnerOnly);
  if (!text.ok()) {
    return clients::WithHint(
        absl::FailedPreconditionError(
            clients::Cat("password: ", clients::View(text.status().message()))),
        "odbc.password names a file of mode 0600, or a credential of the unit");
  }
  std::string_view line = *text;
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  password = crypto::SecretBuffer(crypto::AsBytes(line));
  sodium_memzero(text->data(), text->size());
  return absl::OkStatus();
}

// What a cell holds.
enum class Kind { kText, kDay, kNumber };

Kind KindOf(SQLSMALLINT type) {
  switch (type) {
    case SQL_TYPE_DATE:
    case SQL_TYPE_TIMESTAMP:
    case SQL_DATE:
    case SQL_TIMESTAMP:
    // What SQL Server's DATETIMEOFFSET is.
    case -155:
      return Kind::kDay;
    case SQL_REAL:
    case SQL_FLOAT:
    case SQL_DOUBLE:
    case SQL_NUMERIC:
    case SQL_DECIMAL:
      return Kind::kNumber;
    default:
      return Kind::kText;
  }
}

class OdbcSource final : public RowSource {
 public:
  OdbcSource(const v1::OdbcSource& config, std::string query,
             const DatePattern& pattern)
      : config_(config), query_(std::move(query)), pattern_(pattern) {}
  ~OdbcSource() override {
    for (std::string& field : fields_) {
      sodium_memzero(field.data(), field.capacity());
    }
    sodium_memzero(piece_.data(), piece_.size() * sizeof(SQLWCHAR));
  }

  absl::Status Read(const RowSink& sink,
                    const ReadProgress& progress) override {
    absl::Status status = Connect();
    if (status.ok()) status = Run();
    if (!status.ok()) return InSource(kName, status);
    status = Describe();
    if (status.ok()) status = sink(0, fields_);
    for (std::uint64_t row = 1; status.ok(); ++row) {
      bool end = false;
      status = Fetch(row, end);
      if (!status.ok() || end) break;
      status = sink(static_cast<std::int64_t>(row), fields_);
      if (progress && row % 1000 == 0) progress(row, row);
    }
    watchdog_.reset();
    return InSource(kName, status);
  }

 private:
  absl::Status Connect() {
    if (!config_.password().empty()) {
      absl::Status status = ReadPassword(config_.password(), password_);
      if (!status.ok()) return status;
    }
    if (!environment_.Make(SQL_HANDLE_ENV, SQL_NULL_HANDLE)) {
      return absl::ResourceExhaustedError("no memory for a connection");
    }
    SQLSetEnvAttr(environment_.get(), SQL_ATTR_ODBC_VERSION,
                  reinterpret_cast<SQLPOINTER>(SQL_OV_ODBC3), 0);
    if (!connection_.Make(SQL_HANDLE_DBC, environment_.get())) {
      return absl::ResourceExhaustedError("no memory for a connection");
    }
    const SQLULEN seconds = config_.connect_seconds() == 0
                                ? kOdbcConnectSeconds
                                : config_.connect_seconds();
    SQLSetConnectAttr(connection_.get(), SQL_ATTR_LOGIN_TIMEOUT,
                      reinterpret_cast<SQLPOINTER>(seconds), 0);
    SQLSetConnectAttr(connection_.get(), SQL_ATTR_ACCESS_MODE,
                      reinterpret_cast<SQLPOINTER>(SQL_MODE_READ_ONLY), 0);
    const std::string_view secret = crypto::AsText(password_.Expose());
    std::string text = config_.connection();
    text.reserve(text.size() + secret.size() * 2 + 64 + config_.user().size());
    if (!config_.user().empty()) AppendPair("UID", config_.user(), text);
    if (!secret.empty()) AppendPair("PWD", secret, text);
    const SQLRETURN result = SQLDriverConnect(
        connection_.get(), nullptr, reinterpret_cast<SQLCHAR*>(text.data()),
        static_cast<SQLSMALLINT>(text.size()), nullptr, 0, nullptr,
        SQL_DRIVER_NOPROMPT);
    sodium_memzero(text.data(), text.size());
    if (SQL_SUCCEEDED(result)) return absl::OkStatus();
    return OdbcError(connection_, OdbcStep::kConnect, secret);
  }

  // ";KEY=value", quoted as ODBC does where it must be: not every driver
  // takes the braces off a name that needs none. Without them psqlODBC reads a
  // '+' as a space, and "%41" as a letter.
  static void AppendPair(std::string_view key, std::string_view value,
                         std::string& out) {
    if (!out.empty() && out.back() != ';') out += ';';
    out += key;
    out += '=';
    if (value.find_first_of("[]{}(),;?*=!@+% ") == std::string_view::npos) {
      out += value;
      return;
    }
    out += '{';
    for (const char c : value) {
      out += c;
      if (c == '}') out += c;
    }
    out += '}';
  }

  absl::Status Run() {
    if (!statement_.Make(SQL_HANDLE_STMT, connection_.get())) {
      return OdbcError(connection_, OdbcStep::kConnect, {});
    }
    const SQLULEN seconds = config_.timeout_seconds() == 0
                                ? kOdbcQuerySeconds
                                : config_.timeout_seconds();
    SQLSetStmtAttr(statement_.get(), SQL_ATTR_QUERY_TIMEOUT,
                   reinterpret_cast<SQLPOINTER>(seconds), 0);
    watchdog_ = std::make_unique<Watchdog>(
        statement_.get(),
        std::chrono::seconds(static_cast<std::int64_t>(seconds)));
    const SQLRETURN result = SQLExecDirect(
        statement_.get(), reinterpret_cast<SQLCHAR*>(query_.data()),
        static_cast<SQLINTEGER>(query_.size()));
    if (SQL_SUCCEEDED(result) || result == SQL_NO_DATA) {
      return absl::OkStatus();
    }
    return Error(OdbcStep::kQuery);
  }

  absl::Status Error(OdbcStep step) {
    if (!watchdog_->fired()) return OdbcError(statement_, step, {});
    return clients::WithHint(
        absl::DeadlineExceededError("the query took too long"),
        "make the view faster, or give it more: odbc.timeout_seconds");
  }

  absl::Status Describe() {
    SQLSMALLINT count = 0;
    if (!SQL_SUCCEEDED(SQLNumResultCols(statement_.get(), &count)) ||
        count <= 0) {
      return absl::InvalidArgumentError("the query gives no columns");
    }
    if (static_cast<std::size_t>(count) > kMaxColumns) {
      return absl::InvalidArgumentError(
          clients::Cat("the query gives more than ", kMaxColumns, " columns"));
    }
    for (SQLSMALLINT i = 1; i <= count; ++i) {
      SQLWCHAR name[256] = {};
      SQLSMALLINT size = 0, type = 0, digits = 0, nullable = 0;
      SQLULEN width = 0;
      if (!SQL_SUCCEEDED(SQLDescribeColW(
              statement_.get(), static_cast<SQLUSMALLINT>(i), name, 256, &size,
              &type, &width, &digits, &nullable))) {
        return Error(OdbcStep::kQuery);
      }
      std::string& field = fields_.emplace_back();
      const auto units =
          static_cast<std::size_t>(std::clamp<int>(size, 0, 255));
      if (!AppendUtf8(name, units, field)) field.clear();
      kinds_.push_back(KindOf(type));
    }
    return absl::OkStatus();
  }

  absl::Status Fetch(std::uint64_t row, bool& end) {
    const SQLRETURN result = SQLFetch(statement_.get());
    if (watchdog_->fired()) return Error(OdbcStep::kFetch);
    if (result == SQL_NO_DATA) {
      end = true;
      return absl::OkStatus();
    }
    if (!SQL_SUCCEEDED(result)) return Error(OdbcStep::kFetch);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      absl::Status status = ReadCell(i, row);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ReadCell(std::size_t column, std::uint64_t row) {
    std::string& field = fields_[column];
    sodium_memzero(field.data(), field.size());
    field.clear();
    for (;;) {
      SQLLEN size = 0;
      const SQLRETURN result = SQLGetData(
          statement_.get(), static_cast<SQLUSMALLINT>(column + 1), SQL_C_WCHAR,
          piece_.data(), static_cast<SQLLEN>(piece_.size() * sizeof(SQLWCHAR)),
          &size);
      if (result == SQL_NO_DATA || size == SQL_NULL_DATA) break;
      if (!SQL_SUCCEEDED(result)) return Error(OdbcStep::kFetch);
      const bool cut =
          result == SQL_SUCCESS_WITH_INFO &&
          (size == SQL_NO_TOTAL ||
           size >= static_cast<SQLLEN>(piece_.size() * sizeof(SQLWCHAR)));
      // The last unit is the driver's zero.
      const std::size_t units =
          cut ? piece_.size() - 1
              : static_cast<std::size_t>(size) / sizeof(SQLWCHAR);
      if (!AppendUtf8(piece_.data(), units, field)) {
        field = std::string(kErrorCell);
        return absl::OkStatus();
      }
      if (field.size() > kMaxFieldBytes) {
        return absl::InvalidArgumentError(clients::Cat(
            "row ", row, ": a cell has more than ", kMaxFieldBytes, " bytes"));
      }
      if (!cut) break;
    }
    Tidy(kinds_[column], field);
    return absl::OkStatus();
  }

  // Days in the dialect's format; numbers without ".0".
  void Tidy(Kind kind, std::string& field) const {
    if (field.empty() || kind == Kind::kText) return;
    if (kind == Kind::kDay) {
      if (const auto day = LeadingIsoDay(field)) field = pattern_.Format(*day);
      return;
    }
    double number = 0;
    if (absl::SimpleAtod(field, &number)) {
      const std::string text = NumberText(number);
      // Beyond what a double holds, the database's own digits are better.
      if (text.size() <= 15) field = text;
    }
  }

  const v1::OdbcSource& config_;
  std::string query_;
  const DatePattern& pattern_;
  crypto::SecretBuffer password_;
  // In this order: the statement goes first, and the watchdog before it.
  OdbcHandle environment_, connection_, statement_;
  std::unique_ptr<Watchdog> watchdog_;
  std::vector<std::string> fields_;
  std::vector<Kind> kinds_;
  std::vector<SQLWCHAR> piece_ = std::vector<SQLWCHAR>(kPieceUnits);
};

}  // namespace

std::unique_ptr<RowSource> MakeOdbcSource(const v1::OdbcSource& config,
                                          std::string query,
                                          const DatePattern& pattern) {
  return std::make_unique<OdbcSource>(config, std::move(query), pattern);
}

absl::Status CheckQuery(std::string_view query) {
  const std::string text = Lower(TrimText(query));
  if (!text.starts_with("select") && !text.starts_with("with")) {
    return absl::InvalidArgumentError("must be one SELECT");
  }
  if (text.find(';') < text.size() - 1) {
    return absl::InvalidArgumentError("must be one SELECT, without ';' in it");
  }
  if (text.size() > 64 * 1024) {
    return absl::InvalidArgumentError("is longer than 65536 bytes");
  }
  return absl::OkStatus();
}

absl::Status CheckPassword(std::string_view password) {
  if (password.empty() || password.starts_with("file:") ||
      password.starts_with("credential:")) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("must be file:PATH or credential:NAME");
}

absl::Status CheckConnection(std::string_view connection) {
  std::string text;
  for (const char c : Lower(connection)) {
    if (c != ' ' && c != '\t') text += c;
  }
  for (const std::string_view word : {"pwd=", "password="}) {
    const std::size_t at = text.find(word);
    if (at == 0 || (at != std::string::npos && text[at - 1] == ';')) {
      return clients::WithHint(
          absl::InvalidArgumentError("holds a password"),
          "put it into a file of mode 0600 and write password: file:PATH");
    }
  }
  if (connection.find('\0') != std::string_view::npos ||
      connection.size() > 4096) {
    return absl::InvalidArgumentError("is no connection text");
  }
  return absl::OkStatus();
}

}  // namespace samkoer::agent
