// Writes rows of separated values for people's spreadsheets.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_COMMON_CSV_WRITER_H_
#define SAMKOER_CLIENTS_COMMON_CSV_WRITER_H_

#include <string>
#include <vector>

namespace samkoer::clients {

// The cells in quotes with ';' between, ended by CRLF. What a spreadsheet would
// take for a formula (a cell that begins with '=', '+', '-', '@', tab or CR)
// gets an apostrophe before it.
std::string CsvLine(const std::vector<std::string>& cells);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_CSV_WRITER_H_
