#include "clients/alerts/table.h"

#include <algorithm>
#include <utility>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/utf8.h"

namespace samkoer::clients {
namespace {

std::size_t WidthOf(char32_t c) {
  if (c >= 0x0300 && c <= 0x036F) return 0;  // combining accents
  const bool wide =
      (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
      (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
      (c >= 0xFF00 && c <= 0xFF60) || (c >= 0x1F300 && c <= 0x1FAFF);
  return wide ? 2 : 1;
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    width += WidthOf(NextCodePoint(text));
  }
  return width;
}

Table::Table(std::vector<std::string> header) { AddRow(std::move(header)); }

void Table::AddRow(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = TerminalSafe(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::Render() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    if (row.size() > widths.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row[i]));
    }
  }
  std::string out;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < rows_[r].size(); ++i) {
      const std::string& cell = rows_[r][i];
      line += Cat(cell, std::string(widths[i] - DisplayWidth(cell) + 2, ' '));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += Cat(line, "\n");
    if (r != 0) continue;
    line.clear();
    for (std::size_t width : widths) {
      line += Cat(std::string(width, '-'), "  ");
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += Cat(line, "\n");
  }
  return out;
}

}  // namespace samkoer::clients
