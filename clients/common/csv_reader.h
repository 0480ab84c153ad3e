// Reads rows of separated values (libcsv), piece by piece in bounded memory.
//
// Quotes are '"', doubled inside a quoted field; a quoted field may hold line
// ends. Spaces around an unquoted field are dropped. Line ends are LF, CRLF or
// CR. Empty lines are no rows.
#ifndef SAMKOER_CLIENTS_COMMON_CSV_READER_H_
#define SAMKOER_CLIENTS_COMMON_CSV_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/common/rows.h"

namespace samkoer::clients {

// The lines a row may take: a quote that is never closed must not swallow the
// file.
inline constexpr std::int64_t kMaxRowLines = 1000;

// Thread safety: for one thread at a time.
class CsvReader {
 public:
  // `delimiter` is one character in UTF-8, of any number of bytes, but not a
  // quote or a line end. INVALID_ARGUMENT otherwise.
  static absl::StatusOr<std::unique_ptr<CsvReader>> Create(
      std::string_view delimiter, RowSink sink);
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  // The next piece of UTF-8 text. INVALID_ARGUMENT (with the line) for a field
  // or row that is too long, or what the sink returned.
  absl::Status Feed(std::string_view text);
  // The end. INVALID_ARGUMENT if a quote is still open; names its row's line.
  absl::Status Finish();

 private:
  class Parser;
  CsvReader();
  const std::unique_ptr<Parser> parser_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_CSV_READER_H_
