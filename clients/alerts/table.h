// Plain tables for terminals, aligned by what the eye sees rather than by
// bytes. Pure.
#ifndef SAMKOER_CLIENTS_ALERTS_TABLE_H_
#define SAMKOER_CLIENTS_ALERTS_TABLE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace samkoer::clients {

// How many columns of a terminal UTF-8 text takes: one a code point, none for
// combining accents (a decomposed "å" is one wide), two for East Asian wide
// ones. A byte that is not UTF-8 counts one.
std::size_t DisplayWidth(std::string_view text);

// Rows of cells under a header; each column is as wide as its widest cell, two
// spaces between. Cells are made terminal-safe. The last column is not padded,
// so lines have no trailing spaces; missing cells are empty.
class Table {
 public:
  explicit Table(std::vector<std::string> header);
  void AddRow(std::vector<std::string> cells);
  // Header, a rule of dashes, rows; each line ends in a newline.
  std::string Render() const;

 private:
  std::vector<std::vector<std::string>> rows_;  // the header first
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_TABLE_H_
