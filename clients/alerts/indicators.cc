#include "clients/alerts/indicators.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "clients/alerts/report_parts.h"
#include "clients/common/cat.h"

namespace samkoer::clients {
namespace {

// A count as shown leaves open what it was before it was rounded.
struct Range {
  std::uint64_t least = 0, most = 0;
};

struct Share {
  // In whole percent, rounded outwards.
  std::uint64_t least = 0, most = 0;
};

class Month {
 public:
  Month(const v1::GetStatisticsResponse& month, std::uint32_t base)
      : month_(month), base_(base) {}

  bool Has(std::string_view table) const { return Find(table) != nullptr; }

  // What `rows` of the table sum up to; none if one of them is withheld.
  std::optional<Range> Sum(std::string_view table,
                           std::initializer_list<std::string_view> rows) const {
    Range sum;
    std::size_t found = 0;
    for (const v1::StatisticsCell& cell : Find(table)->cells()) {
      for (const std::string_view row : rows) {
        if (cell.row() != row || cell.column() != "alerts") continue;
        if (cell.withheld()) return std::nullopt;
        ++found;
        sum.least += cell.count();
        // Nobody is shown as 0 only where nobody can be.
        sum.most += cell.count() + (cell.count() == 0 ? 0 : base_ - 1);
      }
    }
    if (found != rows.size()) return std::nullopt;
    return sum;
  }

  // The share of `rows` among them and `others`; none if it is withheld, or if
  // nobody is counted.
  std::optional<Share> Of(
      std::string_view table, std::initializer_list<std::string_view> rows,
      std::initializer_list<std::string_view> others) const {
    const auto part = Sum(table, rows), rest = Sum(table, others);
    if (!part || !rest || part->most + rest->least == 0 ||
        part->least + rest->most == 0) {
      return std::nullopt;
    }
    const std::uint64_t least_of = part->least + rest->most;
    const std::uint64_t most_of = part->most + rest->least;
    return Share{part->least * 100 / least_of,
                 (part->most * 100 + most_of - 1) / most_of};
  }

 private:
  const v1::StatisticsTable* Find(std::string_view name) const {
    for (const v1::StatisticsTable& table : month_.tables()) {
      if (table.name() == name) return &table;
    }
    return nullptr;
  }

  const v1::GetStatisticsResponse& month_;
  const std::uint32_t base_;
};

constexpr std::string_view kGuides = "alerts-by-guide";
constexpr std::string_view kWaits = "alerts-by-wait-for-guide";
constexpr std::string_view kStates = "alerts-by-state";
constexpr std::string_view kSoon = "under-30-days", kLater = "30-89-days",
                           kLate = "90-days-and-over";

class Maker {
 public:
  Maker(const v1::GetStatisticsResponse& month, std::uint32_t base, Language l,
        std::vector<Indicator>& out)
      : month_(month, base), civil_(MonthOf(month)), l_(l), out_(out) {}

  void Make() {
    if (month_.Has(kGuides)) Guides();
    if (month_.Has(kWaits)) Waits();
    if (month_.Has(kStates)) Ends();
  }

 private:
  const char* Words(const char* danish, const char* english) const {
    return Say(l_, danish, english);
  }

  void Add(const char* name, const char* explanation, std::string value) {
    Indicator& indicator = out_.emplace_back();
    indicator.name = name;
    indicator.explanation = explanation;
    indicator.month = civil_;
    indicator.withheld = value.empty();
    indicator.value = std::move(value);
  }

  void AddShare(const char* name, const char* explanation,
                const std::optional<Share>& share) {
    Add(name, explanation,
        !share ? std::string()
        : share->least == share->most
            ? Cat(share->least, " %")
            : Cat(share->least, Words(" % til ", " % to "), share->most, " %"));
  }

  void Guides() {
    AddShare(
        Words("Unge med et åbent advis, der har en ungeguide",
              "Young people with an open alert who have a youth guide"),
        Words("Af de unge, der har et åbent advis ved opgørelsen: andelen, "
              "hvor en ungeguide har sagt ja.",
              "Of the young people with an open alert at the count: the "
              "share whose youth guide has said yes."),
        month_.Of(kGuides, {"assigned"}, {"backlog"}));
  }

  void Waits() {
    const auto soon = month_.Of(kWaits, {kSoon}, {kLater, kLate});
    const auto by_then = month_.Of(kWaits, {kSoon, kLater}, {kLate});
    AddShare(
        Words("Unge med ungeguide, der fik den inden 30 dage",
              "Young people with a guide who had one within 30 days"),
        Words("Af de unge, der har et åbent advis og en ungeguide: andelen, "
              "hvor der gik under 30 dage, fra den unge blev fundet eller "
              "indstillet, til guiden sagde ja.",
              "Of the young people with an open alert and a guide: the "
              "share with under 30 days between being found or nominated "
              "and the guide's yes."),
        soon);
    // In the middle of them, where the rounding leaves no doubt which it is.
    std::string middle;
    if (soon && by_then) {
      if (soon->least >= 50) {
        middle = Words("under 30 dage", "under 30 days");
      } else if (soon->most < 50 && by_then->least >= 50) {
        middle = Words("30 til 89 dage", "30 to 89 days");
      } else if (by_then->most < 50) {
        middle = Words("90 dage eller mere", "90 days or more");
      }
    }
    Add(Words("Mediantid fra fundet eller indstillet til ungeguide",
              "Median time from found or nominated to a youth guide"),
        Words("Halvdelen af de unge, der har et åbent advis og en ungeguide, "
              "ventede højst så længe. Vises som et af de tre tidsrum i "
              "tabellen over ventetid, når afrundingen ikke lader flere stå "
              "åbne.",
              "Half of the young people with an open alert and a guide waited "
              "at most so long. One of the three periods of the table of "
              "waits, where the rounding does not leave several open."),
        std::move(middle));
  }

  void Ends() {
    AddShare(
        Words("Afsluttede forløb, hvor den unge sagde nej",
              "Ended efforts that the young person declined"),
        Words("Af de advis, der er afsluttet, afslået eller trukket "
              "tilbage og stadig er gemt: andelen, hvor den unge sagde nej "
              "(afslået).",
              "Of the alerts that were closed, declined or withdrawn and "
              "are still held: the share that the young person declined."),
        month_.Of(kStates, {"DECLINED"}, {"CLOSED", "WITHDRAWN"}));
    AddShare(
        Words("Afsluttede forløb, som koordinatoren afsluttede",
              "Ended efforts that the coordinator closed"),
        Words("Af de samme: andelen, som ungekoordinatoren har afsluttet. "
              "Resten blev afslået eller trukket tilbage, fordi reglen ikke "
              "længere var opfyldt.",
              "Of the same: the share that the youth coordinator closed. "
              "The others were declined, or withdrawn because the rule no "
              "longer held."),
        month_.Of(kStates, {"CLOSED"}, {"DECLINED", "WITHDRAWN"}));
  }

  const Month month_;
  const absl::CivilMonth civil_;
  const Language l_;
  std::vector<Indicator>& out_;
};

}  // namespace

std::vector<Indicator> IndicatorsOf(const StatusReport& report,
                                    Language language) {
  std::vector<Indicator> indicators;
  for (const auto& month : report.months) {
    Maker(month, month.withhold_below(), language, indicators).Make();
  }
  return indicators;
}

}  // namespace samkoer::clients
