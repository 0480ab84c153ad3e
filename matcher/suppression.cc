#include "matcher/suppression.h"

#include <algorithm>
#include <map>

namespace samkoer::matcher {
namespace {

class Suppression {
 public:
  Suppression(std::uint32_t base, std::vector<CountTable>& tables)
      : base_(base), tables_(tables), whole_(tables.size()) {}

  void Primary() {
    for (CountTable& table : tables_) {
      for (CountCell& cell : table.cells) {
        cell.shown = cell.count / base_ * base_;
        cell.withheld = cell.possible && cell.shown == 0;
      }
    }
  }

  // Withholds a table if the relation would narrow a cell; false if it does
  // not.
  bool Widen(const CountRelation& relation) {
    std::uint64_t most = 0, least = 0, heaviest = 0;
    std::size_t last = 0;
    for (const auto* side : {&relation.smaller, &relation.larger}) {
      for (const CountTerm& term : *side) {
        // Any number, to whoever sees the tables: nothing follows from it.
        if (whole_[term.table]) return false;
        last = std::max(last, term.table);
        const CountCell& cell = tables_[term.table].cells[term.cell];
        if (!cell.possible) continue;
        heaviest = std::max(heaviest, term.weight);
        if (side == &relation.smaller) {
          least += term.weight * cell.shown;
        } else {
          most += term.weight * (cell.shown + base_ - 1);
        }
      }
    }
    // With so much slack every cell may be all that its own number allows.
    const std::uint64_t needed = heaviest * (base_ - 1);
    if (most >= least && most - least >= needed) return false;
    WithholdWhole(last);
    return true;
  }

 private:
  void WithholdWhole(std::size_t table) {
    whole_[table] = true;
    for (CountCell& cell : tables_[table].cells) {
      if (!cell.possible) continue;
      cell.withheld = true;
      cell.shown = 0;
    }
  }

  const std::uint64_t base_;
  std::vector<CountTable>& tables_;
  std::vector<bool> whole_;  // by table: withheld as a whole
};

// A sum of cells as shown.
struct Sum {
  std::uint64_t shown = 0;
  bool any_shown = false;
  bool any_withheld = false;
  void Add(const CountCell& cell) {
    shown += cell.shown;
    any_withheld = any_withheld || cell.withheld;
    any_shown = any_shown || (cell.possible && !cell.withheld);
  }
  void WriteTo(const std::string& row, const std::string& column,
               samkoer::v1::StatisticsTable& out) const {
    samkoer::v1::StatisticsCell* cell = out.add_cells();
    cell->set_row(row);
    cell->set_column(column);
    cell->set_count(shown);
    cell->set_withheld(any_withheld && !any_shown);
  }
};

}  // namespace

std::uint32_t RoundingBase(std::uint32_t withhold_below) {
  return std::max(withhold_below == 0 ? kDefaultWithholdBelow : withhold_below,
                  kLeastWithholdBelow);
}

void Suppress(std::uint32_t base, const std::vector<CountRelation>& relations,
              std::vector<CountTable>& tables) {
  Suppression suppression(base, tables);
  suppression.Primary();
  // Each round withholds a table, or is the last.
  for (bool changed = true; changed;) {
    changed = false;
    for (const CountRelation& relation : relations) {
      changed = suppression.Widen(relation) || changed;
    }
  }
}

samkoer::v1::StatisticsTable ToStatistics(const CountTable& table) {
  samkoer::v1::StatisticsTable out;
  out.set_name(table.name);
  std::vector<std::string> rows;
  std::vector<std::string> columns;
  std::map<std::string, Sum> by_row, by_column;
  Sum all;
  for (const CountCell& cell : table.cells) {
    samkoer::v1::StatisticsCell* shown = out.add_cells();
    shown->set_row(cell.row);
    shown->set_column(cell.column);
    shown->set_count(cell.shown);
    shown->set_withheld(cell.withheld);
    if (!by_row.contains(cell.row)) rows.push_back(cell.row);
    if (!by_column.contains(cell.column)) columns.push_back(cell.column);
    by_row[cell.row].Add(cell);
    by_column[cell.column].Add(cell);
    all.Add(cell);
  }
  for (const std::string& row : rows) by_row[row].WriteTo(row, kTotal, out);
  for (const std::string& column : columns) {
    by_column[column].WriteTo(kTotal, column, out);
  }
  all.WriteTo(kTotal, kTotal, out);
  return out;
}

}  // namespace samkoer::matcher
