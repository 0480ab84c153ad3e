#include "clients/agent/sample_facts.h"

#include <sodium.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "clients/agent/setup_words.h"
#include "clients/agent/words.h"
#include "clients/common/cpr.h"
#include "crypto/absl_view.h"
#include "proto/limits.h"

namespace samkoer::agent {
namespace {

bool IsReference(std::string_view cell) {
  return cell.size() <= proto::kMaxCaseRefBytes &&
         cell.find(' ') == std::string_view::npos &&
         cell.find_first_of("0123456789") != std::string_view::npos;
}

void Count(std::string_view cell, const std::vector<DatePattern>& patterns,
           const CivilDate& day, ColumnFacts& facts) {
  ++facts.filled;
  const clients::Cpr cpr = clients::ParseCpr(cell);
  switch (cpr.cpr_class) {
    case clients::CprClass::kValid: {
      ++facts.cpr;
      const int age = clients::AgeOn(cpr.birth, day);
      facts.young += age >= 10 && age < 35;
      break;
    }
    case clients::CprClass::kPlaceholder:
      ++facts.placeholder;
      break;
    case clients::CprClass::kLocalReplacement:
      ++facts.replacement;
      break;
    default:
      break;
  }
  facts.holds_cpr += cpr.valid() || clients::ContainsCpr(cell);
  facts.kle += IsKle(cell);
  facts.reference += IsReference(cell);
  facts.yes_no += MeansYes(cell) || MeansNo(cell);
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    facts.dates[i] += patterns[i].Read(cell, day).ok();
  }
}

}  // namespace

std::size_t ColumnFacts::BestFormat() const {
  return static_cast<std::size_t>(std::max_element(dates.begin(), dates.end()) -
                                  dates.begin());
}

std::vector<ColumnFacts> LookAtColumns(const SampleTable& table,
                                       const CivilDate& day) {
  std::vector<DatePattern> patterns;
  for (const char* format : kDateFormats) {
    patterns.push_back(*DatePattern::Parse(format));
  }
  std::vector<ColumnFacts> all(table.header().size());
  for (std::size_t column = 0; column < all.size(); ++column) {
    absl::flat_hash_set<absl::string_view> distinct;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const std::string_view cell = table.Cell(row, column);
      if (cell.empty()) continue;
      if (IsNullWord(cell)) {
        ++all[column].null_words;
        continue;
      }
      distinct.insert(crypto::AbslView(cell));
      Count(cell, patterns, day, all[column]);
    }
    all[column].distinct = distinct.size();
  }
  return all;
}

std::vector<ColumnWord> WordsOf(const SampleTable& table, std::size_t column,
                                int other, std::size_t most) {
  // The key is folded; the view is that of the first row that has the word. A
  // column that was named by mistake may hold anything: the keys are wiped.
  struct Found : absl::flat_hash_map<std::string, ColumnWord> {
    ~Found() {
      for (auto& [folded, word] : *this) {
        sodium_memzero(const_cast<char*>(folded.data()), folded.capacity());
      }
    }
  } found;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view cell = table.Cell(row, column);
    if (cell.empty() || IsNullWord(cell)) continue;
    ColumnWord& word = found[FoldText(cell)];
    if (found.size() > most) return {};
    if (word.count++ == 0) word.text = cell;
    if (other < 0) continue;
    const std::string_view end =
        table.Cell(row, static_cast<std::size_t>(other));
    word.closed += !end.empty() && !IsNullWord(end);
  }
  std::vector<ColumnWord> words;
  for (auto& [folded, word] : found) words.push_back(word);
  std::sort(words.begin(), words.end(),
            [](const ColumnWord& a, const ColumnWord& b) {
              return std::pair(b.count, a.text) < std::pair(a.count, b.text);
            });
  return words;
}

}  // namespace samkoer::agent
