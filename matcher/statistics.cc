#include "matcher/statistics.h"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/alert_store.h"
#include "matcher/evaluation.h"
#include "matcher/guide_wait.h"
#include "matcher/month_book.h"
#include "matcher/rules.h"
#include "storage/alert_table.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::CountBasis;
using samkoer::v1::GetStatisticsResponse;

constexpr std::uint8_t kVersion = 1;

// The tables' places in Counted::tables.
enum : std::size_t {
  kByDepartment,
  kByState,
  kByRule,
  kTogether,
  kByGuide,
  kNew,
  kWait,
  kTables
};

constexpr std::size_t kDomains = kDomainCount - 1;
static_assert(samkoer::v1::Domain_MAX == kDomains);

// "4+" and the rows before it.
constexpr std::array<const char*, 4> kTogetherRows = {"1", "2", "3", "4+"};
constexpr std::array<const char*, 3> kAgeColumns = {"under-18", "18-24",
                                                    "25-and-over"};
// Days; each row ends below its number, the last one nowhere.
struct WaitRow {
  const char* name;
  int below;
};
constexpr std::array<WaitRow, 3> kWaitRows = {
    {{"under-30-days", 30}, {"30-89-days", 90}, {"90-days-and-over", 0}}};

std::size_t AgeColumn(Month birth, Month now) {
  const int years = birth.given() ? (now - birth) / 12 : 0;
  return years < 18 ? 0 : years < 25 ? 1 : 2;
}

// "DOMAIN_FAMILY" as "FAMILY".
std::string ShortName(std::string name, std::string_view prefix) {
  return name.substr(prefix.size());
}

class Counter {
 public:
  Counter(const LoopState& state, AlertRange made_before)
      : state_(state),
        made_before_(made_before),
        policy_(*state.policy),
        evaluator_(policy_, state.day),
        departments_(policy_.proto().departments_size()),
        by_domains_(departments_ == 1),
        groups_(by_domains_ ? kDomains : departments_) {
    MakeTables();
  }

  Counted Count() {
    std::vector<RecordNo> records;
    std::vector<CaseFacts> facts;
    for (PersonNo person = 0; person < state_.index.person_slots(); ++person) {
      if (!state_.index.person(person).live) continue;
      GatherFacts(state_, person, records, facts);
      AddPerson(facts);
      if (!state_.index.person(person).has_alert) continue;
      AddAlert(person, *state_.index.FindAlert(person), facts);
    }
    AddRelations();
    return std::move(counted_);
  }

 private:
  CountTable& Table(std::size_t at) { return counted_.tables[at]; }

  void MakeTables() {
    counted_.tables.resize(kTables);
    Table(kByDepartment).name = "persons-by-department-and-domain";
    for (std::size_t d = 0; d < departments_; ++d) {
      const auto department = static_cast<std::uint16_t>(d);
      for (std::size_t i = 1; i <= kDomains; ++i) {
        const auto domain = static_cast<samkoer::v1::Domain>(i);
        Table(kByDepartment)
            .cells.push_back(
                {policy_.department(department).id(),
                 ShortName(samkoer::v1::Domain_Name(domain), "DOMAIN_"), 0,
                 policy_.DomainAllowed(department, domain)});
      }
    }
    Table(kByState).name = "alerts-by-state";
    for (int s = 1; s < samkoer::v1::AlertState_ARRAYSIZE; ++s) {
      if (!samkoer::v1::AlertState_IsValid(s)) continue;
      state_row_[s] = Table(kByState).cells.size();
      Table(kByState).cells.push_back(
          {ShortName(samkoer::v1::AlertState_Name(
                         static_cast<samkoer::v1::AlertState>(s)),
                     "ALERT_STATE_"),
           "alerts"});
    }
    Table(kByRule).name = "alerts-by-rule-and-age";
    for (const auto& rule : policy_.proto().rules()) {
      for (const char* age : kAgeColumns) {
        Table(kByRule).cells.push_back({rule.id(), age});
      }
    }
    Table(kTogether).name = by_domains_ ? "persons-by-domains-together"
                                        : "persons-by-departments-together";
    const std::size_t possible = PossibleGroups();
    for (std::size_t k = 0; k < kTogetherRows.size(); ++k) {
      Table(kTogether).cells.push_back(
          {kTogetherRows[k], "persons", 0, /*possible=*/k < possible});
    }
    Table(kByGuide).name = "alerts-by-guide";
    Table(kByGuide).cells = {{"assigned", "alerts"}, {"backlog", "alerts"}};
    Table(kNew).name = "alerts-new";
    Table(kNew).cells = {{"previous-month", "alerts"}};
    Table(kWait).name = "alerts-by-wait-for-guide";
    for (const WaitRow& row : kWaitRows) {
      Table(kWait).cells.push_back({row.name, "alerts"});
    }
  }

  // What "together" counts by: departments, or, where one department is all
  // there is, its domains. A group's cells lie side by side.
  std::size_t GroupCells() const { return by_domains_ ? 1 : kDomains; }
  std::size_t PossibleGroups() const {
    if (!by_domains_) return groups_;
    const auto& cells = counted_.tables[kByDepartment].cells;
    return std::count_if(cells.begin(), cells.end(),
                         [](const CountCell& cell) { return cell.possible; });
  }

  void AddPerson(const std::vector<CaseFacts>& facts) {
    pairs_.clear();
    for (const CaseFacts& fact : facts) {
      // Of a department that the policy no longer has.
      if (fact.department == kUnknownIndex) continue;
      pairs_.push_back(fact.department * kDomains + fact.domain - 1);
    }
    std::sort(pairs_.begin(), pairs_.end());
    pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
    std::size_t held_by = 0;
    std::size_t last = groups_;
    for (const std::size_t pair : pairs_) {
      CountCell& cell = Table(kByDepartment).cells[pair];
      ++cell.count;
      cell.possible = true;
      if (const std::size_t group = pair / GroupCells(); group != last) {
        ++held_by;
        last = group;
      }
    }
    if (held_by == 0) return;
    CountCell& cell =
        Table(kTogether).cells[std::min(held_by, kTogetherRows.size()) - 1];
    ++cell.count;
    cell.possible = true;
  }

  void AddAlert(PersonNo person, const AlertInfo& alert,
                const std::vector<CaseFacts>& facts) {
    ++Table(kByState).cells[state_row_[alert.state]].count;
    if (IsActive(static_cast<samkoer::v1::AlertState>(alert.state))) {
      const bool assigned = (alert.flags & storage::kAlertGuideAccepted) != 0;
      ++Table(kByGuide).cells[assigned ? 0 : 1].count;
      if (assigned) counted_.guided.push_back(person);
    }
    if (alert.number >= made_before_.first && alert.number < made_before_.end) {
      ++Table(kNew).cells[0].count;
    }
    const int rule = evaluator_.FirstRule(facts);
    if (rule < 0) return;
    evaluator_.CountingCases(rule, facts, counting_);
    // Departments may disagree about a birth; the first counting case says.
    const std::size_t age =
        AgeColumn(facts[counting_.front()].birth, state_.day.InMonth());
    ++Table(kByRule)
          .cells[static_cast<std::size_t>(rule) * kAgeColumns.size() + age]
          .count;
  }

  std::vector<CountTerm> All(std::size_t table, std::size_t from = 0) {
    std::vector<CountTerm> terms;
    for (std::size_t i = from; i < Table(table).cells.size(); ++i) {
      terms.push_back({table, i});
    }
    return terms;
  }

  // Who knows the rules knows that these hold.
  void AddRelations() {
    std::vector<CountRelation>& relations = counted_.relations;
    // An alert whose rule holds is an alert.
    relations.push_back({All(kByRule), All(kByState)});
    // ... about a person in so many groups.
    const CountBasis basis =
        by_domains_ ? CountBasis::COUNT_BASIS_DOMAINS
                    : CountBasis::COUNT_BASIS_AUTHORITY_DEPARTMENTS;
    std::size_t fewest = kTogetherRows.size();
    for (const auto& rule : policy_.proto().rules()) {
      const std::size_t groups = rule.count() == basis ? rule.at_least() : 1;
      fewest = std::min(fewest, groups);
    }
    relations.push_back({All(kByRule), All(kTogether, fewest - 1)});
    AddGroupRelations();
    // An alert that has not ended has a guide or has none.
    std::vector<CountTerm> active;
    for (int s = 1; s < samkoer::v1::AlertState_ARRAYSIZE; ++s) {
      if (IsActive(static_cast<samkoer::v1::AlertState>(s))) {
        active.push_back({kByState, state_row_[s]});
      }
    }
    relations.push_back({All(kByGuide), active});
    relations.push_back({active, All(kByGuide)});
    relations.push_back({All(kNew), All(kByState)});
    // Who has a guide has waited for it so long or so long.
    relations.push_back({All(kWait), {{kByGuide, 0}}});
    relations.push_back({{{kByGuide, 0}}, All(kWait)});
  }

  // Who is in k groups is in k - m others than any m groups, at least, and in
  // min(k, m) of the m, at most. The tightest are those of the m fullest.
  void AddGroupRelations() {
    struct Group {
      std::size_t first_cell;
      std::size_t fullest_cell;  // so many persons at least
      std::uint64_t at_least, at_most;
    };
    const auto& cells = Table(kByDepartment).cells;
    std::vector<Group> groups;
    for (std::size_t g = 0; g < groups_; ++g) {
      const std::size_t first = g * GroupCells();
      Group group{first, first, 0, 0};
      for (std::size_t i = first; i < first + GroupCells(); ++i) {
        group.at_most += cells[i].count;
        if (cells[i].count > cells[group.fullest_cell].count) {
          group.fullest_cell = i;
        }
      }
      group.at_least = cells[group.fullest_cell].count;
      groups.push_back(group);
    }
    std::vector<Group> by_most = groups;
    std::stable_sort(
        groups.begin(), groups.end(),
        [](const Group& a, const Group& b) { return a.at_least > b.at_least; });
    std::stable_sort(
        by_most.begin(), by_most.end(),
        [](const Group& a, const Group& b) { return a.at_most > b.at_most; });
    for (std::size_t m = 0; m <= groups_; ++m) {
      CountRelation of_them, of_others;
      for (std::size_t i = 0; i < m; ++i) {
        of_them.smaller.push_back({kByDepartment, groups[i].fullest_cell});
      }
      for (std::size_t i = m; i < groups_; ++i) {
        for (std::size_t c = 0; c < GroupCells(); ++c) {
          of_others.larger.push_back(
              {kByDepartment, by_most[i].first_cell + c});
        }
      }
      for (std::size_t row = 0; row < kTogetherRows.size(); ++row) {
        const bool last = row + 1 == kTogetherRows.size();
        const std::size_t k = row + 1;  // or more, in the last row
        of_them.larger.push_back({kTogether, row, last ? m : std::min(k, m)});
        if (k > m) of_others.smaller.push_back({kTogether, row, k - m});
      }
      if (m > 0) counted_.relations.push_back(std::move(of_them));
      if (!of_others.smaller.empty() && m < groups_) {
        counted_.relations.push_back(std::move(of_others));
      }
    }
  }

  const LoopState& state_;
  const AlertRange made_before_;
  const CompiledPolicy& policy_;
  const RuleEvaluator evaluator_;
  const std::size_t departments_;
  const bool by_domains_;
  const std::size_t groups_;
  std::array<std::size_t, 256> state_row_{};
  Counted counted_;
  std::vector<std::size_t> pairs_;
  std::vector<std::uint32_t> counting_;
};

bool SameMonth(std::string_view a, std::string_view b) {
  return a.substr(0, 7) == b.substr(0, 7);
}

// NOT_FOUND if there are none.
absl::StatusOr<GetStatisticsResponse> LoadFrozen(const LoopState& state,
                                                 const Transaction& tx,
                                                 const std::string& key) {
  auto sealed = tx.writes().Get(key);
  if (!sealed.ok()) return sealed.status();
  auto plaintext = state.sealer->Open(key, *sealed);
  if (!plaintext.ok()) return plaintext.status();
  const std::string_view bytes = *plaintext;
  if (!bytes.empty() && static_cast<std::uint8_t>(bytes[0]) != kVersion) {
    return absl::FailedPreconditionError(
        "the kept statistics have an unknown version; use a newer program");
  }
  GetStatisticsResponse response;
  if (bytes.empty() ||
      !response.ParseFromArray(bytes.data() + 1,
                               static_cast<int>(bytes.size() - 1))) {
    return absl::DataLossError("the kept statistics are malformed");
  }
  return response;
}

// What a program before has counted of the month of state.day; NOT_FOUND if it
// has not.
absl::StatusOr<GetStatisticsResponse> LoadEarlier(const LoopState& state,
                                                  const Transaction& tx) {
  auto frozen = LoadFrozen(state, tx, storage::MetaKey(kStatisticsWord));
  if (frozen.ok() && !SameMonth(frozen->day(), state.day.ToString())) {
    return absl::NotFoundError("of another month");
  }
  return frozen;
}

// Of the month of state.day.
absl::StatusOr<GetStatisticsResponse> Count(const LoopState& state,
                                            const Transaction& tx) {
  auto earlier = LoadEarlier(state, tx);
  if (!absl::IsNotFound(earlier.status())) return earlier;
  AlertRange made_before;
  const Month before = Month::FromCount(state.day.InMonth().count() - 1);
  const auto month = LoadMonth(state, tx, before);
  if (month.ok()) {
    made_before = {month->first_alert, month->end_alert};
  } else if (!absl::IsNotFound(month.status())) {
    return month.status();
  }
  GetStatisticsResponse response;
  response.set_day(state.day.ToString());
  const std::uint32_t base =
      RoundingBase(state.policy->proto().withhold_below());
  response.set_withhold_below(base);
  Counted counted = CountPersons(state, made_before);
  if (absl::Status s = CountWaits(state, tx, counted); !s.ok()) return s;
  Suppress(base, counted.relations, counted.tables);
  for (std::size_t t = 0; t < counted.tables.size(); ++t) {
    // Of a month without a book nobody knows; "withheld" would say a few.
    if (t == kNew && !month.ok()) continue;
    *response.add_tables() = ToStatistics(counted.tables[t]);
  }
  return response;
}

absl::Status NoTables() {
  return absl::NotFoundError("no tables are kept of that month");
}

// Counts if nobody has asked before.
absl::StatusOr<GetStatisticsResponse> OfMonth(const LoopState& state,
                                              Transaction& tx, Month month) {
  auto held = LoadMonth(state, tx, month);
  if (absl::IsNotFound(held.status())) return NoTables();
  if (!held.ok()) return held.status();
  if (held->statistics.empty()) {
    if (held->ended || month != state.day.InMonth()) return NoTables();
    auto counted = Count(state, tx);
    if (!counted.ok()) return counted;
    held->statistics = counted->SerializeAsString();
    PutMonth(state, tx, month, *held);
    return counted;
  }
  GetStatisticsResponse response;
  if (!response.ParseFromString(held->statistics)) {
    return absl::DataLossError("the kept statistics are malformed");
  }
  return response;
}

}  // namespace

Counted CountPersons(const LoopState& state, AlertRange made_before) {
  return Counter(state, made_before).Count();
}

absl::Status CountWaits(const LoopState& state, const Transaction& tx,
                        Counted& counted) {
  // In the order in which they lie in the feed, so that a page is opened once.
  std::vector<PersonNo> persons = counted.guided;
  std::sort(persons.begin(), persons.end(), [&](PersonNo a, PersonNo b) {
    const auto &x = state.index.FindAlert(a)->place,
               &y = state.index.FindAlert(b)->place;
    return std::tie(x.page, x.index) < std::tie(y.page, y.index);
  });
  AlertLoader loader(state, tx);
  for (const PersonNo person : persons) {
    samkoer::v1::Alert alert;
    if (absl::Status s = loader.Load(person, alert); !s.ok()) return s;
    const int days = DaysToGuide(alert);
    std::size_t row = 0;
    while (row + 1 < kWaitRows.size() && days >= kWaitRows[row].below) ++row;
    ++counted.tables[kWait].cells[row].count;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> StatisticsAtMonthEnd(const LoopState& state,
                                                 Transaction& tx) {
  auto counted = Count(state, tx);
  if (!counted.ok()) return counted.status();
  tx.writes().Delete(storage::MetaKey(kStatisticsWord));
  return counted->SerializeAsString();
}

absl::StatusOr<GetStatisticsResponse> RunStatistics(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::GetStatisticsRequest& request) {
  const Month running = state.day.InMonth();
  const Month month =
      request.month() == 0 ? running : Month::FromYyyymm(request.month());
  if (!month.given()) {
    return absl::InvalidArgumentError("month: must be YYYYMM, or 0");
  }
  auto response = OfMonth(state, tx, month);
  if (!response.ok()) return response;
  if (month == running) {
    auto months = ReadMonths(*state.store, *state.sealer);
    if (!months.ok()) return months.status();
    for (const auto& [number, held] : *months) {
      const Month kept = Month::FromCount(static_cast<int>(number));
      if (!held.statistics.empty() && kept < running) {
        response->add_months(kept.ToYyyymm());
      }
    }
    response->add_months(running.ToYyyymm());
  }
  auto leaf = state.MakeLeaf(tx.now(), caller,
                             samkoer::v1::AUDIT_ACTION_STATISTICS_READ);
  leaf.set_detail(absl::StrCat("statistics of ", response->day()));
  tx.AddLeaf(std::move(leaf));
  return response;
}

}  // namespace samkoer::matcher
