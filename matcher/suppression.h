// Tables of counts of persons, made fit to be shown: small-cell suppression,
// primary and complementary. Pure. decisions/0019 has the reasons.
//
//  * A count is shown rounded down to a multiple of the base. What would be
//    shown as 0, from 0 to one below the base, is withheld: a zero too, or
//    "withheld" would say that somebody is there.
//  * A sum is that of the cells as shown, so that it tells nothing that they do
//    not tell.
//  * What is known to be true of the counts whoever they are of (an alert is of
//    one person, a person of one department at least) is given as relations. If
//    the cells as shown, put into one, would narrow what a cell may be, more
//    cells are withheld until it does not.
#ifndef SAMKOER_MATCHER_SUPPRESSION_H_
#define SAMKOER_MATCHER_SUPPRESSION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "samkoer/v1/reports.pb.h"

namespace samkoer::matcher {

// Policy.withhold_below when it is 0.
inline constexpr std::uint32_t kDefaultWithholdBelow = 5;
// The smallest base: with 2, "withheld and not nobody" would say "one".
inline constexpr std::uint32_t kLeastWithholdBelow = 3;
// The row and column of sums.
inline constexpr char kTotal[] = "total";

struct CountCell {
  std::string row;
  std::string column;
  std::uint64_t count = 0;
  // False: the policy rules it out, so that its 0 tells of nobody and is shown.
  bool possible = true;
  // The answer.
  bool withheld = false;
  std::uint64_t shown = 0;
};

struct CountTable {
  std::string name;
  // Every row has every column; no sums.
  std::vector<CountCell> cells;
};

// A cell, so many times.
struct CountTerm {
  std::size_t table = 0;
  std::size_t cell = 0;
  std::uint64_t weight = 1;
};

// The weighted sum of `smaller` is at most that of `larger`, always.
struct CountRelation {
  std::vector<CountTerm> smaller;
  std::vector<CountTerm> larger;
};

// What counts are rounded to under Policy.withhold_below.
std::uint32_t RoundingBase(std::uint32_t withhold_below);

// Fills in `withheld` and `shown` of every cell.
void Suppress(std::uint32_t base, const std::vector<CountRelation>& relations,
              std::vector<CountTable>& tables);

// The table with its sums; one that only withheld cells make up is withheld.
samkoer::v1::StatisticsTable ToStatistics(const CountTable& table);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_SUPPRESSION_H_
