#include "clients/common/csv_writer.h"

#include <string_view>

namespace samkoer::clients {
namespace {

std::string CsvCell(std::string_view text) {
  std::string cell = "\"";
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) !=
                           std::string_view::npos) {
    cell += '\'';
  }
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + "\"";
}

}  // namespace

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (!line.empty()) line += ";";
    line += CsvCell(cell);
  }
  return line + "\r\n";
}

}  // namespace samkoer::clients
