#include "matcher/suppression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <set>

namespace samkoer::matcher {
namespace {

CountTable Row(const std::string& name,
               const std::vector<std::uint64_t>& counts) {
  CountTable table{name, {}};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    table.cells.push_back({"r", "c" + std::to_string(i), counts[i]});
  }
  return table;
}

std::string Shown(const std::vector<CountTable>& tables) {
  std::string text;
  for (const CountTable& table : tables) {
    for (const CountCell& cell : table.cells) {
      text += cell.withheld ? "- " : std::to_string(cell.shown) + " ";
    }
    text += "| ";
  }
  return text;
}

TEST(Suppression, CountsAreRoundedDownAndSmallOnesWithheldWithTheZeros) {
  std::vector<CountTable> tables = {Row("t", {0, 1, 4, 5, 9, 10, 1234})};
  tables[0].cells.push_back({"r", "impossible", 0, /*possible=*/false});
  Suppress(5, {}, tables);
  EXPECT_EQ(Shown(tables), "- - - 5 5 10 1230 0 | ");
}

TEST(Suppression, TheBaseIsNeverSoSmallThatWithheldMeansOne) {
  EXPECT_EQ(RoundingBase(0), 5u);
  EXPECT_EQ(RoundingBase(2), 3u);
  EXPECT_EQ(RoundingBase(7), 7u);
}

TEST(Suppression, SumsAreOfWhatIsShown) {
  CountTable table{
      "t", {{"a", "x", 7}, {"a", "y", 2}, {"b", "x", 1}, {"b", "y", 3}}};
  std::vector<CountTable> tables = {table};
  Suppress(5, {}, tables);
  const auto out = ToStatistics(tables[0]);
  std::map<std::string, std::string> cells;
  for (const auto& cell : out.cells()) {
    cells[cell.row() + "/" + cell.column()] =
        cell.withheld() ? "-" : std::to_string(cell.count());
    EXPECT_TRUE(!cell.withheld() || cell.count() == 0);
  }
  EXPECT_EQ(cells.size(), 9u);
  EXPECT_EQ(cells["a/total"], "5");
  EXPECT_EQ(cells["b/total"], "-");
  EXPECT_EQ(cells["total/x"], "5");
  EXPECT_EQ(cells["total/y"], "-");
  EXPECT_EQ(cells["total/total"], "5");
}

// Two tables of the same persons, in two ways: the sums are equal.
std::vector<CountRelation> SameSum(std::size_t a, std::size_t b) {
  CountRelation one, other;
  for (std::size_t i = 0; i < a; ++i) one.smaller.push_back({0, i});
  for (std::size_t i = 0; i < b; ++i) one.larger.push_back({1, i});
  other.smaller = one.larger;
  other.larger = one.smaller;
  return {one, other};
}

TEST(Suppression, ARelationThatWouldGiveSmallCountsAwayCostsTheLaterTable) {
  // 9 at least in one table, 9 at most in the other: all would be known.
  std::vector<CountTable> tables = {Row("a", {9, 0}), Row("b", {2, 2, 5})};
  Suppress(3, SameSum(2, 3), tables);
  EXPECT_EQ(Shown(tables), "9 - | - - - | ");
  // With room enough nothing is lost.
  tables = {Row("a", {9, 1}), Row("b", {7, 1, 2})};
  Suppress(3, SameSum(2, 3), tables);
  EXPECT_EQ(Shown(tables), "9 - | 6 - - | ");
}

// The attacker who knows everything but the data: which data are possible, and
// the algorithm. Tries every possible data and keeps those that are shown like
// the true ones. A count from 1 to base - 1 must stay one of several.
class PerfectAttacker {
 public:
  // `at_edge`: more persons would be possible, too, and are not tried.
  void Add(const std::vector<CountTable>& tables, bool at_edge) {
    const std::string shown = Shown(tables);
    if (at_edge) edge_.insert(shown);
    std::vector<std::set<std::uint64_t>>& seen = classes_[shown];
    std::size_t at = 0;
    for (const CountTable& table : tables) {
      for (const CountCell& cell : table.cells) {
        if (seen.size() <= at) seen.emplace_back();
        if (cell.withheld) seen[at].insert(cell.count);
        ++at;
      }
    }
  }
  // How many classes there are of which everything was tried.
  std::size_t ExpectNothingPinned(std::uint32_t base) const {
    for (const auto& [shown, cells] : classes_) {
      if (edge_.contains(shown)) continue;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (cells[i].size() != 1) continue;
        const std::uint64_t count = *cells[i].begin();
        EXPECT_FALSE(count >= 1 && count < base)
            << "cell " << i << " is " << count << " if shown " << shown;
      }
    }
    return classes_.size() - edge_.size();
  }

 private:
  std::map<std::string, std::vector<std::set<std::uint64_t>>> classes_;
  std::set<std::string> edge_;
};

TEST(Suppression, ThePerfectAttackerLearnsNoSmallCountOfTwoTablesOfTheSame) {
  // Persons by (a, b); the tables are the sums over b and over a. All data up
  // to 7 in each of six groups.
  constexpr std::uint64_t kMost = 7;
  constexpr std::uint32_t kBase = 3;
  PerfectAttacker attacker;
  std::array<std::uint64_t, 6> n{};
  const std::function<void(std::size_t)> each = [&](std::size_t i) {
    if (i == n.size()) {
      std::vector<CountTable> tables = {
          Row("a", {n[0] + n[1] + n[2], n[3] + n[4] + n[5]}),
          Row("b", {n[0] + n[3], n[1] + n[4], n[2] + n[5]})};
      Suppress(kBase, SameSum(2, 3), tables);
      attacker.Add(tables, *std::max_element(n.begin(), n.end()) == kMost);
      return;
    }
    for (n[i] = 0; n[i] <= kMost; ++n[i]) each(i + 1);
    n[i] = 0;
  };
  each(0);
  EXPECT_GT(attacker.ExpectNothingPinned(kBase), 20u);
}

TEST(Suppression, ThePerfectAttackerLearnsNoSmallCountOfDepartments) {
  // Persons by the set of three departments that hold them: how many a
  // department holds, and how many are held by 1, 2 or 3.
  constexpr std::uint64_t kMost = 5;
  constexpr std::uint32_t kBase = 3;
  PerfectAttacker attacker;
  std::array<std::uint64_t, 8> n{};  // by the bits of the set
  const std::function<void(std::size_t)> each = [&](std::size_t set) {
    if (set == n.size()) {
      std::vector<std::uint64_t> departments(3), sizes(3);
      for (std::size_t s = 1; s < n.size(); ++s) {
        int size = 0;
        for (int d = 0; d < 3; ++d) {
          if ((s >> d & 1) == 0) continue;
          departments[d] += n[s];
          ++size;
        }
        sizes[size - 1] += n[s];
      }
      std::vector<std::size_t> fullest = {0, 1, 2};
      std::sort(fullest.begin(), fullest.end(), [&](auto a, auto b) {
        return departments[a] > departments[b];
      });
      // Whom k departments hold is held by min(k, m) of any m of them at most,
      // and by k - m of the others at least.
      std::vector<CountRelation> relations;
      for (std::size_t m = 0; m <= 3; ++m) {
        CountRelation most, least;
        for (std::size_t i = 0; i < 3; ++i) {
          const CountTerm department{0, fullest[i]};
          (i < m ? most.smaller : least.larger).push_back(department);
          if (m > 0) most.larger.push_back({1, i, std::min(i + 1, m)});
          if (i + 1 > m) least.smaller.push_back({1, i, i + 1 - m});
        }
        if (m > 0) relations.push_back(most);
        if (m < 3) relations.push_back(least);
      }
      std::vector<CountTable> tables = {Row("d", departments), Row("k", sizes)};
      Suppress(kBase, relations, tables);
      attacker.Add(tables, *std::max_element(n.begin(), n.end()) == kMost);
      return;
    }
    for (n[set] = 0; n[set] <= kMost; ++n[set]) each(set + 1);
    n[set] = 0;
  };
  each(1);
  EXPECT_GT(attacker.ExpectNothingPinned(kBase), 5u);
}

// What can be worked out by adding and subtracting: narrows every cell by every
// relation until nothing changes, over the tables of several months. Nothing is
// known to be the same from month to month, so the months are of no use to each
// other unless a cell says more in one than the base allows.
TEST(Suppression, AddingAndSubtractingOverManyMonthsPinsNothing) {
  const char* given = std::getenv("SAMKOER_SEED");
  const std::uint64_t seed = given != nullptr
                                 ? std::strtoull(given, nullptr, 10)
                                 : std::random_device{}();
  std::cout << "SAMKOER_SEED=" << seed << std::endl;
  std::mt19937_64 rng(seed);
  const auto below = [&](std::uint64_t n) { return rng() % n; };
  for (int round = 0; round < 2000; ++round) {
    const std::uint32_t base = 3 + static_cast<std::uint32_t>(below(4));
    const std::size_t a = 1 + below(4), b = 1 + below(4);
    std::vector<std::uint64_t> joint(a * b);
    const std::uint64_t most = 1 + below(3 * base);
    for (std::uint64_t& n : joint) n = below(most + 1);
    for (int month = 0; month < 3; ++month) {
      std::vector<std::uint64_t> rows(a), columns(b);
      for (std::size_t i = 0; i < joint.size(); ++i) {
        rows[i / b] += joint[i];
        columns[i % b] += joint[i];
      }
      std::vector<CountTable> tables = {Row("a", rows), Row("b", columns)};
      const auto relations = SameSum(a, b);
      Suppress(base, relations, tables);
      std::vector<std::vector<std::array<std::int64_t, 2>>> known(2);
      constexpr std::int64_t kAny = 1'000'000;
      for (int t = 0; t < 2; ++t) {
        for (const CountCell& cell : tables[t].cells) {
          const std::int64_t least = static_cast<std::int64_t>(cell.shown);
          // Small, all of them, or withheld as a whole: nobody can tell.
          const bool unbounded =
              std::all_of(tables[t].cells.begin(), tables[t].cells.end(),
                          [](const CountCell& c) { return c.withheld; });
          known[t].push_back({least, unbounded ? kAny : least + base - 1});
        }
      }
      for (bool changed = true; changed;) {
        changed = false;
        for (int t = 0; t < 2; ++t) {
          for (auto& cell : known[t]) {
            // sum of the other table, less the others of this one
            std::int64_t low = 0, high = 0;
            for (const auto& other : known[1 - t]) {
              low += other[0];
              high += other[1];
            }
            for (const auto& other : known[t]) {
              if (&other == &cell) continue;
              low -= other[1];
              high -= other[0];
            }
            if (low > cell[0]) cell[0] = low, changed = true;
            if (high < cell[1]) cell[1] = high, changed = true;
          }
        }
      }
      for (int t = 0; t < 2; ++t) {
        for (std::size_t i = 0; i < known[t].size(); ++i) {
          const CountCell& cell = tables[t].cells[i];
          ASSERT_LE(known[t][i][0], static_cast<std::int64_t>(cell.count));
          ASSERT_GE(known[t][i][1], static_cast<std::int64_t>(cell.count));
          if (cell.count == 0 || cell.count >= base) continue;
          ASSERT_LT(known[t][i][0], known[t][i][1])
              << "seed " << seed << " round " << round << ": " << Shown(tables);
        }
      }
      // Somebody comes, somebody goes.
      for (std::uint64_t moves = below(4); moves > 0; --moves) {
        std::uint64_t& n = joint[below(joint.size())];
        n = n > 0 && below(2) == 0 ? n - 1 : n + 1;
      }
    }
  }
}

}  // namespace
}  // namespace samkoer::matcher
