#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "clients/alerts/quarter_report.h"
#include "tests/clients/alerts_months.h"

namespace samkoer::clients {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr Language kDa = Language::kDanish;

// A month with so many with and without a guide; 0 is withheld.
v1::GetStatisticsResponse Month(const std::string& day, std::uint64_t assigned,
                                std::uint64_t backlog) {
  v1::GetStatisticsResponse month = TestMonth(day, 25);
  v1::StatisticsTable& guides = *month.add_tables();
  guides.set_name("alerts-by-guide");
  AddCell(guides, "assigned", "alerts", assigned, assigned == 0);
  AddCell(guides, "backlog", "alerts", backlog, backlog == 0);
  AddCell(guides, "total", "alerts", assigned + backlog);
  v1::StatisticsTable& fresh = *month.add_tables();
  fresh.set_name("alerts-new");
  AddCell(fresh, "previous-month", "alerts", 15);
  AddCell(fresh, "total", "alerts", 15);
  return month;
}

absl::StatusOr<QuarterReport> TryMake(
    std::vector<v1::GetStatisticsResponse> months,
    std::vector<ExternalFigure> figures = {}) {
  return MakeQuarterReport({2026, 3}, std::move(months), std::move(figures),
                           absl::FromUnixSeconds(1795645800), kDa);
}
QuarterReport Make(std::vector<v1::GetStatisticsResponse> months,
                   std::vector<ExternalFigure> figures = {}) {
  auto report = TryMake(std::move(months), std::move(figures));
  EXPECT_TRUE(report.ok()) << report.status();
  return *std::move(report);
}
QuarterReport Whole() {
  return Make({Month("2026-07-01", 40, 60), Month("2026-08-31", 45, 55),
               Month("2026-09-30", 60, 30)});
}

TEST(QuarterTest, IsWrittenAsYearAndNumber) {
  EXPECT_EQ(*ParseQuarter("2026-3", kDa), (Quarter{2026, 3}));
  for (const char* wrong : {"", "2026", "2026-0", "2026-5", "26-3", "2026-33",
                            "2026/3", "1999-1", "20263x", "-026-3"}) {
    EXPECT_FALSE(ParseQuarter(wrong, kDa).ok()) << wrong;
  }
  EXPECT_EQ(QuarterText({2026, 3}, kDa), "3. kvartal 2026");
}

TEST(QuarterTest, TheLastOneIsOver) {
  const auto last = [](int year, int month, int day) {
    return LastQuarter(absl::CivilDay(year, month, day));
  };
  EXPECT_EQ(last(2026, 10, 1), (Quarter{2026, 3}));
  EXPECT_EQ(last(2026, 12, 31), (Quarter{2026, 3}));
  EXPECT_EQ(last(2026, 9, 30), (Quarter{2026, 2}));
  EXPECT_EQ(last(2027, 1, 1), (Quarter{2026, 4}));
  EXPECT_EQ(last(2027, 3, 31), (Quarter{2026, 4}));
}

TEST(QuarterTest, HasItsMonths) {
  EXPECT_THAT(MonthsOf({2026, 4}), ElementsAre(absl::CivilMonth(2026, 10),
                                               absl::CivilMonth(2026, 11),
                                               absl::CivilMonth(2026, 12)));
}

TEST(QuarterReport, TellsHowItWentInSentencesThatTheRoundingCannotSpoil) {
  const std::string page = QuarterHtml(Whole(), {});
  EXPECT_THAT(page, HasSubstr("<h1>Kvartalsrapport, 3. kvartal 2026</h1>"));
  EXPECT_THAT(page, HasSubstr("Antallet af unge med en ungeguide er steget: "
                              "fra mindst 40 i juli 2026 til mindst 60 i "
                              "september 2026."));
  EXPECT_THAT(page, HasSubstr("venter på en ungeguide, er faldet: fra mindst "
                              "60"));
  EXPECT_THAT(page, HasSubstr("Nye advis i måneden før"));
  EXPECT_THAT(page, HasSubstr("Åbne advis. Med betyder"));
  EXPECT_THAT(page, HasSubstr("Opgjort: 01-07-2026, 31-08-2026, 30-09-2026."));
  EXPECT_THAT(page, HasSubstr("kan ikke trækkes fra hinanden"));
  // One step of the rounding is a change, if of one alone: 44 to 45.
  const std::string step = QuarterHtml(
      Make({Month("2026-07-01", 40, 60), Month("2026-09-01", 45, 55)}), {});
  EXPECT_THAT(step, HasSubstr("Antallet af unge med en ungeguide er steget"));
  EXPECT_THAT(step, HasSubstr("venter på en ungeguide, er faldet"));
  EXPECT_THAT(
      QuarterHtml(
          Make({Month("2026-07-01", 40, 60), Month("2026-09-01", 40, 60)}), {}),
      HasSubstr("Antallet af unge med en ungeguide er omtrent "
                "uændret"));
  // Of what is withheld nothing is said.
  EXPECT_THAT(
      QuarterHtml(
          Make({Month("2026-07-01", 0, 60), Month("2026-09-01", 45, 60)}), {}),
      Not(HasSubstr("Antallet af unge med en ungeguide")));
}

TEST(QuarterReport, WhereTheLimitWasChangedEachMonthSaysItsOwnAndNothingRose) {
  auto september = Month("2026-09-30", 60, 30);
  september.set_withhold_below(10);
  const auto report = TryMake({Month("2026-07-01", 40, 60), september});
  ASSERT_TRUE(report.ok()) << report.status();
  const std::string page = QuarterHtml(*report, {});
  EXPECT_THAT(page, HasSubstr("juli 2026, grænse 5</th>"));
  EXPECT_THAT(page, HasSubstr("september 2026, grænse 10</th>"));
  EXPECT_THAT(page, Not(HasSubstr("Antallet af unge med en ungeguide er")));
  EXPECT_THAT(page, HasSubstr("kan ikke sammenlignes"));
}

TEST(QuarterReport, ShowsNoNumberThatTheMonthsDoNotShow) {
  const QuarterReport report = Whole();
  const std::string csv = QuarterCsv(report, kDa);
  EXPECT_EQ(csv, StatusCsv(report.status, kDa));
  EXPECT_THAT(csv, HasSubstr("\"Åbne advis med og uden ungeguide\";\"Med "
                             "ungeguide\";\"Advis\";\"2026-07\";\"40\""));
}

TEST(QuarterReport, SaysWhichMonthsAreMissingAndRefusesOthers) {
  const QuarterReport report = Make({Month("2026-08-31", 45, 55)});
  EXPECT_THAT(report.missing, ElementsAre(absl::CivilMonth(2026, 7),
                                          absl::CivilMonth(2026, 9)));
  EXPECT_THAT(QuarterHtml(report, {}),
              HasSubstr("ingen opgørelse af juli 2026, september 2026"));
  EXPECT_TRUE(
      absl::IsInvalidArgument(TryMake({Month("2026-10-01", 45, 55)}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(TryMake({}).status()));
}

TEST(QuarterReport, IndicatorsStandWithTheirSourceOrAreSaidToBeElsewhere) {
  EXPECT_THAT(QuarterHtml(Whole(), {}),
              HasSubstr("står i de nationale registre"));
  const std::string page =
      QuarterHtml(Make({Month("2026-07-01", 40, 60)},
                       {{"I uddannelse", "2026K3", "61,4 %", "Jobindsats"},
                        {"Nye lærlinge", "2026K3", "3", "Jobcentret"}}),
                  {});
  EXPECT_THAT(page, HasSubstr("61,4 %"));
  EXPECT_THAT(page, HasSubstr("Jobindsats"));
  // Side by side with the matcher's own.
  EXPECT_THAT(page, HasSubstr("<td><bdi>38 % til 43 %</bdi></td>"
                              "<td><bdi>Samkør</bdi></td>"));
  EXPECT_THAT(page, HasSubstr("<td><bdi>–</bdi></td><td><bdi>Jobcentret"));
  EXPECT_THAT(page, Not(HasSubstr("står i de nationale registre")));
}

TEST(QuarterReport, AnIndicatorsMonthsStandBelowOneAnother) {
  const std::string page = QuarterHtml(Whole(), {});
  std::vector<std::string> found;
  const std::string heading =
      "<th scope=\"row\"><bdi>Unge med et åbent advis, der har en "
      "ungeguide</bdi></th><td><bdi>";
  for (std::size_t at = page.find(heading); at != std::string::npos;
       at = page.find(heading, at + 1)) {
    const std::size_t month = at + heading.size();
    found.push_back(page.substr(month, page.find(' ', month) - month));
  }
  EXPECT_THAT(found, ElementsAre("juli", "august", "september"));
  const std::size_t first = page.find(heading);
  const std::size_t last = page.rfind(heading);
  EXPECT_EQ(page.substr(first, last - first).find("sagde nej"),
            std::string::npos);
}

TEST(QuarterReport, TheJsonIsJson) {
  const auto json = QuarterJson(Make({Month("2026-07-01", 40, 60)}), kDa);
  ASSERT_TRUE(json.ok());
  google::protobuf::Struct read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(*json, &read).ok())
      << *json;
  EXPECT_EQ(read.fields().at("quarter").string_value(), "2026-3");
  EXPECT_EQ(read.fields().at("months").list_value().values_size(), 1);
  EXPECT_EQ(read.fields().at("missing").list_value().values_size(), 2);
  EXPECT_EQ(read.fields().at("explanations").list_value().values_size(), 4);
}

TEST(QuarterReport, APageOfBeforeTheCountsSaysSo) {
  EXPECT_THAT(QuarterHtml(Make({TestMonth("2026-07-01", 25)}), {}),
              HasSubstr("Matcheren har ikke talt dette i kvartalet."));
}

}  // namespace
}  // namespace samkoer::clients
