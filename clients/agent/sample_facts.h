// What the columns of a sample hold, as classes and counts. Pure; no cell is
// kept but in views of the table.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_AGENT_SAMPLE_FACTS_H_
#define SAMKOER_CLIENTS_AGENT_SAMPLE_FACTS_H_

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/agent/dates.h"
#include "clients/agent/sample_table.h"

namespace samkoer::agent {

// The patterns that dates are tried with. Where two read a column equally well
// the first counts: days before months, as in Denmark.
inline constexpr std::array<const char*, 17> kDateFormats = {
    "%d-%m-%Y", "%d.%m.%Y",  "%d/%m/%Y", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d",
    "%d %m %Y", "%d%m%Y",    "%Y%m%d",   "%d-%m-%y", "%d.%m.%y", "%d/%m/%y",
    "%m/%d/%Y", "%d. %B %Y", "%d %B %Y", "%d-%B-%Y", "%d-%B-%y"};

// How many cells of a column are what. A cell may be of several classes.
struct ColumnFacts {
  std::size_t filled = 0;       // neither empty nor a null word
  std::size_t null_words = 0;   // "NULL", "-"
  std::size_t distinct = 0;     // different texts among the filled
  std::size_t cpr = 0;          // valid CPR numbers
  std::size_t young = 0;        // of them: born 10 to 35 years ago
  std::size_t placeholder = 0;  // and not blank
  std::size_t replacement = 0;
  std::size_t holds_cpr = 0;  // something like a CPR number stands in it
  std::size_t kle = 0;
  std::size_t reference =
      0;  // a digit in it, no space and no @, at most 64 bytes
  std::size_t yes_no = 0;
  std::array<std::size_t, kDateFormats.size()> dates{};

  // Is at least this share of the filled cells of a class? False for none.
  bool Mostly(std::size_t count, std::size_t percent) const {
    return count > 0 && count * 100 >= filled * percent;
  }
  // The place in kDateFormats that reads most.
  std::size_t BestFormat() const;
  bool MostlyDates() const { return Mostly(dates[BestFormat()], 80); }
};

// One entry a column of the table.
std::vector<ColumnFacts> LookAtColumns(const SampleTable& table,
                                       const CivilDate& day);

// A word that nobody knows is shown if it stands in rows of so many different
// people: the name of one stands in rows of one.
inline constexpr std::size_t kShownFrom = 3;

// A text of a column, and how many rows have it.
struct ColumnWord {
  std::string_view text;  // lives as long as the table
  std::size_t count = 0;
  std::size_t ended = 0;   // of them: those for which `ended` holds
  std::size_t people = 0;  // different CPR numbers in them, at most kShownFrom
};
// What to look at in the rows beside the word.
struct WordContext {
  int cpr = -1;  // the column of the CPR numbers; -1: not known, so no people
  std::function<bool(std::size_t row)> ended;  // none: no row has ended
};
// The different texts of a column, without regard to case, most frequent
// first; at most `most`, or nothing if there are more.
std::vector<ColumnWord> WordsOf(const SampleTable& table, std::size_t column,
                                std::size_t most,
                                const WordContext& context = {});

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SAMPLE_FACTS_H_
