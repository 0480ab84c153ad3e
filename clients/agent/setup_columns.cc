#include "clients/agent/setup_columns.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "clients/agent/setup_words.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"

namespace samkoer::agent {
namespace {

using clients::Cat;

// A column of status words has few of them.
constexpr std::size_t kMostStatusWords = 12;

std::string Percent(std::size_t part, std::size_t all) {
  return Cat(all == 0 ? 0 : part * 100 / all, " %");
}

class Finder {
 public:
  Finder(const SetupAnswers& answers, const SampleTable& sample,
         const std::vector<ColumnFacts>& facts, SetupProposal& proposal)
      : answers_(answers),
        sample_(sample),
        facts_(facts),
        proposal_(proposal),
        used_(facts.size(), false) {
    // One known word may stand in a row, too ("Team").
    const auto& header = sample.header();
    trusted_ = std::count_if(header.begin(), header.end(), IsKnownName) >= 2;
  }

  FoundColumns Find() {
    v1::ColumnMap& columns = *proposal_.config.mutable_columns();
    // What was said comes first, so that nothing else takes those columns.
    TakeAnswers(columns);
    if (!trusted_) {
      proposal_.notes.push_back(
          Cat("the first line has ", sample_.header().size(),
              " columns, of which hardly any has a name that is known, and is "
              "not shown: it must be the header"));
    }
    FoundColumns at;
    at.cpr = Cpr(*columns.mutable_cpr());
    at.kind = Kind(*columns.mutable_kle());
    at.status = Status(*columns.mutable_status());
    at.opened = Opened(*columns.mutable_opened());
    at.closed = Closed(at.opened, *columns.mutable_closed());
    at.case_ref = CaseRef(*columns.mutable_case_ref());
    at.unit = Unit(*columns.mutable_unit());
    if (proposal_.config.fixed_contact().empty()) {
      ByName("contact", Column::kContact, *columns.mutable_contact(),
             [](const ColumnFacts& one) { return one.holds_cpr == 0; });
    }
    ByName("criteria", Column::kCriteria, *columns.mutable_criteria(),
           [](const ColumnFacts&) { return true; });
    const auto yes_no = [](const ColumnFacts& one) {
      return one.filled == 0 || one.Mostly(one.yes_no, 90);
    };
    ByName("protected_identity", Column::kProtected,
           *columns.mutable_protected_identity(), yes_no);
    ByName("coordinator_exists", Column::kCoordinator,
           *columns.mutable_coordinator_exists(), yes_no);
    ByName("consent", Column::kConsent, *columns.mutable_consent(), yes_no);
    return at;
  }

 private:
  using Fits = std::function<bool(const ColumnFacts&)>;

  const std::string& Name(int column) const {
    return sample_.header()[static_cast<std::size_t>(column)];
  }
  const ColumnFacts& Facts(int column) const {
    return facts_[static_cast<std::size_t>(column)];
  }
  bool Declined(std::string_view role) const {
    return answers_.none.count(Cat("columns.", role)) != 0;
  }
  // A column that can be named, and that no role has yet.
  bool IsFree(int column) const {
    return !used_[static_cast<std::size_t>(column)] &&
           sample_.Find(Name(column)) == column;
  }

  void TakeAnswers(v1::ColumnMap& columns) {
    for (std::string* name :
         {columns.mutable_cpr(), columns.mutable_case_ref(),
          columns.mutable_unit(), columns.mutable_kle(),
          columns.mutable_opened(), columns.mutable_closed(),
          columns.mutable_status(), columns.mutable_contact(),
          columns.mutable_criteria(), columns.mutable_protected_identity(),
          columns.mutable_coordinator_exists(), columns.mutable_consent()}) {
      if (name->empty()) continue;
      const int place = sample_.Find(*name);
      if (place >= 0) {
        trusted_ = true;
        used_[static_cast<std::size_t>(place)] = true;
      }
    }
  }

  // What was answered: its place, and a question again if there is no such
  // column.
  std::optional<int> Answered(std::string_view role, const std::string& name,
                              std::string_view text) {
    if (name.empty()) return std::nullopt;
    const int place = sample_.Find(name);
    if (place < 0) {
      proposal_.notes.push_back(Cat("columns.", role,
                                    ": the sample has no column '", name,
                                    "', or has it more than once"));
      Ask(role, text, "");
    } else {
      proposal_.findings.push_back(
          {Cat("columns.", role), Cat("'", Name(place), "'"), "as you said"});
    }
    return place;
  }

  void Settle(std::string_view role, int column, std::string why,
              std::string& name) {
    name = Name(column);
    used_[static_cast<std::size_t>(column)] = true;
    proposal_.findings.push_back(
        {Cat("columns.", role), Cat("'", name, "'"), std::move(why)});
  }

  void Ask(std::string_view role, std::string_view text,
           std::string suggestion) {
    SetupQuestion question;
    question.key = Cat("columns.", role);
    question.text = text.empty()
                        ? Cat("Which column has ", role, "? (- for none)")
                        : std::string(text);
    question.flag = Cat("--column ", role, "=NAME");
    question.suggestion = std::move(suggestion);
    // A first line that no name of is known may be a row.
    if (trusted_) {
      for (std::size_t i = 0; i < sample_.header().size(); ++i) {
        if (!sample_.header()[i].empty()) {
          question.choices.push_back(sample_.header()[i]);
        }
      }
    }
    proposal_.questions.push_back(std::move(question));
  }

  // The free column with the best name whose cells fit; -1 if there is none.
  int BestName(Column column, const Fits& fits) const {
    int best = -1, best_rank = 0;
    for (int i = 0; i < static_cast<int>(facts_.size()); ++i) {
      if (!IsFree(i) || !fits(Facts(i))) continue;
      const int rank = NameRank(column, Name(i));
      if (rank > 0 && (best < 0 || rank < best_rank)) {
        best = i;
        best_rank = rank;
      }
    }
    return best;
  }

  std::vector<int> All(const Fits& fits) const {
    std::vector<int> out;
    for (int i = 0; i < static_cast<int>(facts_.size()); ++i) {
      if (IsFree(i) && fits(Facts(i))) out.push_back(i);
    }
    return out;
  }

  int ByName(std::string_view role, Column column, std::string& name,
             const Fits& fits) {
    if (const auto said = Answered(role, name, "")) return *said;
    if (Declined(role)) return -1;
    const int best = BestName(column, fits);
    if (best >= 0) Settle(role, best, "its name", name);
    return best;
  }

  int Cpr(std::string& name) {
    constexpr std::string_view kText =
        "Which column has the CPR number of the young person?";
    if (const auto said = Answered("cpr", name, kText)) return *said;
    const auto found =
        All([](const ColumnFacts& one) { return one.Mostly(one.cpr, 50); });
    if (found.size() == 1) {
      const ColumnFacts& one = Facts(found[0]);
      // The only one, but of a parent or a caseworker?
      if (!NamesSomebodyElse(Name(found[0]))) {
        Settle(
            "cpr", found[0],
            Cat(Percent(one.cpr, one.filled), " of its cells are CPR numbers"),
            name);
        return found[0];
      }
    }
    if (found.empty()) {
      const int named = BestName(Column::kCpr, [](const ColumnFacts& one) {
        return one.cpr + one.placeholder + one.replacement == one.filled;
      });
      if (named >= 0) {
        Settle("cpr", named, "its name; no cell of the sample has a number",
               name);
        proposal_.notes.push_back(
            "the sample has no CPR number that can be matched");
        return named;
      }
      Ask("cpr", kText, "");
      return -1;
    }
    // Two: the child's and a parent's. A mistake would send the wrong people,
    // so a person decides.
    int likely = -1;
    for (const int i : found) {
      const ColumnFacts& one = Facts(i);
      if (trusted_) {
        proposal_.notes.push_back(Cat("'", Name(i), "' holds CPR numbers; ",
                                      Percent(one.young, one.cpr),
                                      " are of people aged 10 to 34"));
      }
      if (!NamesSomebodyElse(Name(i)) &&
          (likely < 0 ||
           one.young * Facts(likely).cpr > Facts(likely).young * one.cpr)) {
        likely = i;
      }
    }
    Ask("cpr", kText, likely < 0 || !trusted_ ? "" : Name(likely));
    return -1;
  }

  int Kind(std::string& name) {
    if (const auto said = Answered("kle", name, "")) return *said;
    if (Declined("kle")) return -1;
    const Fits is_kle = [](const ColumnFacts& one) {
      return one.Mostly(one.kle, 60);
    };
    int column = BestName(Column::kKind, is_kle);
    if (column < 0) {
      if (const auto found = All(is_kle); found.size() == 1) column = found[0];
    }
    if (column >= 0) {
      Settle("kle", column,
             Cat(Percent(Facts(column).kle, Facts(column).filled),
                 " of its cells are KLE codes"),
             name);
      return column;
    }
    return ByName("kle", Column::kKind, name, [](const ColumnFacts& one) {
      return !one.MostlyDates() && one.holds_cpr == 0 && one.distinct <= 50;
    });
  }

  int Status(std::string& name) {
    constexpr std::string_view kText =
        "Which column says whether a case is open or closed?";
    if (const auto said = Answered("status", name, kText)) return *said;
    const auto usual = [&](int i) {
      std::size_t known = 0;
      for (const ColumnWord& word : WordsOf(
               sample_, static_cast<std::size_t>(i), -1, kMostStatusWords)) {
        if (UsualStatus(word.text) != v1::CASE_STATUS_UNSPECIFIED) {
          known += word.count;
        }
      }
      return known;
    };
    const Fits few = [](const ColumnFacts& one) {
      return one.distinct <= kMostStatusWords && one.holds_cpr == 0 &&
             !one.MostlyDates();
    };
    if (const int named = BestName(Column::kStatus, few); named >= 0) {
      Settle("status", named, "its name", name);
      return named;
    }
    std::vector<int> found;
    for (const int i : All(few)) {
      if (Facts(i).Mostly(usual(i), 80)) found.push_back(i);
    }
    if (found.size() == 1) {
      Settle("status", found[0],
             Cat(Percent(usual(found[0]), Facts(found[0]).filled),
                 " of its cells are status words"),
             name);
      return found[0];
    }
    Ask("status", kText, "");
    return -1;
  }

  bool IsDates(int column) const {
    return Facts(column).MostlyDates() && !NamesBirth(Name(column));
  }

  int Opened(std::string& name) {
    constexpr std::string_view kText =
        "Which column has the day on which the case was opened?";
    if (const auto said = Answered("opened", name, kText)) return *said;
    const Fits dates = [](const ColumnFacts& one) { return one.MostlyDates(); };
    const int named = BestName(Column::kOpened, [](const ColumnFacts& one) {
      return one.filled == 0 || one.MostlyDates();
    });
    if (named >= 0) {
      Settle("opened", named, Cat("its name; ", DateShare(named)), name);
      return named;
    }
    // Of dates without a known name: the one that is not the end.
    std::vector<int> found;
    for (const int i : All(dates)) {
      if (IsDates(i) && NameRank(Column::kClosed, Name(i)) == 0) {
        found.push_back(i);
      }
    }
    if (found.size() == 1) {
      Settle("opened", found[0],
             Cat("the only dates that are no end; ", DateShare(found[0])),
             name);
      return found[0];
    }
    Ask("opened", kText, "");
    return -1;
  }

  std::string DateShare(int column) const {
    const ColumnFacts& one = Facts(column);
    return Cat(Percent(one.dates[one.BestFormat()], one.filled),
               " of its cells are dates");
  }

  int Closed(int opened, std::string& name) {
    if (const auto said = Answered("closed", name, "")) return *said;
    if (Declined("closed")) return -1;
    const int named = BestName(Column::kClosed, [](const ColumnFacts& one) {
      return one.filled == 0 || one.MostlyDates();
    });
    if (named >= 0) {
      Settle("closed", named, "its name", name);
      return named;
    }
    // A single other column of dates, with gaps where the first has none.
    std::vector<int> found;
    for (const int i :
         All([](const ColumnFacts& one) { return one.MostlyDates(); })) {
      if (IsDates(i)) found.push_back(i);
    }
    if (found.size() == 1 && opened >= 0 &&
        Facts(found[0]).filled < Facts(opened).filled) {
      Settle("closed", found[0], "the other dates; they have gaps", name);
      return found[0];
    }
    return -1;
  }

  int CaseRef(std::string& name) {
    constexpr std::string_view kText =
        "Which column has your case reference, by which you find a case again?";
    if (const auto said = Answered("case_ref", name, kText)) return *said;
    const auto usable = [](const ColumnFacts& one) {
      return one.filled == 0 || one.holds_cpr * 2 < one.filled;
    };
    if (const int named = BestName(Column::kCaseRef, usable); named >= 0) {
      const ColumnFacts& one = Facts(named);
      Settle("case_ref", named,
             Cat("its name; ", one.distinct, " different in ", one.filled,
                 " cells"),
             name);
      return named;
    }
    const auto found = All([&](const ColumnFacts& one) {
      return usable(one) && one.distinct * 10 >= one.filled * 9 &&
             one.Mostly(one.reference, 90) && !one.MostlyDates() &&
             !one.Mostly(one.kle, 50);
    });
    if (found.size() == 1 && sample_.rows() >= 3) {
      Settle("case_ref", found[0],
             "the only column with a different number in nearly each row",
             name);
      return found[0];
    }
    Ask("case_ref", kText, "");
    return -1;
  }

  int Unit(std::string& name) {
    constexpr std::string_view kText =
        "Which column has the unit (team)? Or --unit NAME: all cases are of "
        "one unit";
    if (!proposal_.config.fixed_unit().empty()) return -1;
    if (const auto said = Answered("unit", name, kText)) return *said;
    if (!Declined("unit")) {
      const int named = BestName(Column::kUnit, [](const ColumnFacts& one) {
        return one.holds_cpr == 0 && !one.MostlyDates();
      });
      if (named >= 0) {
        Settle("unit", named,
               Cat("its name; ", Facts(named).distinct, " different texts"),
               name);
        return named;
      }
      Ask("unit", kText, "");
      proposal_.questions.back().flag += " or --unit NAME";
      return -1;
    }
    proposal_.questions.push_back(
        {"fixed_unit",
         "What is the unit of all cases, as in the policy?",
         {},
         "",
         "--unit NAME"});
    return -1;
  }

  const SetupAnswers& answers_;
  const SampleTable& sample_;
  const std::vector<ColumnFacts>& facts_;
  SetupProposal& proposal_;
  std::vector<bool> used_;
  bool trusted_ = false;
};

}  // namespace

FoundColumns ProposeColumns(const SetupAnswers& answers,
                            const SampleTable& sample,
                            const std::vector<ColumnFacts>& facts,
                            SetupProposal& proposal) {
  return Finder(answers, sample, facts, proposal).Find();
}

}  // namespace samkoer::agent
