#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "clients/alerts/status_report.h"
#include "tests/clients/alerts_months.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

StatusReport Report(std::vector<v1::GetStatisticsResponse> months,
                    std::vector<ExternalFigure> figures = {}) {
  auto report =
      MakeStatusReport(std::move(months), std::move(figures),
                       absl::FromUnixSeconds(1795645800), Language::kDanish);
  EXPECT_TRUE(report.ok()) << report.status();
  return *std::move(report);
}

TEST(StatusReport, IsNamedByItsMonths) {
  const auto title = [](std::vector<std::string> days) {
    std::vector<v1::GetStatisticsResponse> months;
    for (const std::string& day : days) months.push_back(TestMonth(day, 10));
    return StatusTitle(Report(std::move(months)), Language::kDanish);
  };
  EXPECT_EQ(title({"2026-11-03"}), "Status for november 2026");
  EXPECT_EQ(title({"2026-12-01", "2026-10-02", "2026-11-03"}),
            "Kvartalsrapport, 4. kvartal 2026");
  EXPECT_EQ(title({"2026-11-03", "2026-12-01", "2027-01-01"}),
            "Status for november 2026 til januar 2027");
  EXPECT_EQ(title({"2026-10-02", "2026-12-01"}),
            "Status for oktober 2026 til december 2026");
}

TEST(StatusReport, OneMonthIsTheTablesAsTheyAre) {
  const std::string page =
      StatusHtml(Report({TestMonth("2026-11-03", 25)}), {});
  EXPECT_THAT(page, HasSubstr("<h1>Status for november 2026</h1>"));
  EXPECT_THAT(page, HasSubstr("Opgjort: 03-11-2026."));
  EXPECT_THAT(page, HasSubstr("rundet ned til et helt antal gange 5"));
  EXPECT_THAT(page, HasSubstr("identificeret"));
  EXPECT_THAT(page, HasSubstr("25"));
  EXPECT_THAT(page, HasSubstr("–"));
  EXPECT_THAT(page, Not(HasSubstr("Tal fra andre kilder")));
}

TEST(StatusReport, SeveralMonthsStandSideBySide) {
  StatusReport report =
      Report({TestMonth("2026-12-01", 35), TestMonth("2026-10-02", 25),
              TestMonth("2026-11-03", 30)},
             {{"I uddannelse", "2026", "61,4 %", "Jobindsats <b>"}});
  // A month from before the department was there.
  report.months[0].mutable_tables(1)->clear_cells();
  const std::string page = StatusHtml(report, {});
  EXPECT_THAT(page, HasSubstr("oktober 2026</th><th scope=\"col\">november "
                              "2026</th><th scope=\"col\">december 2026"));
  EXPECT_THAT(page,
              HasSubstr("<bdi>25</bdi></td><td><bdi>30</bdi></td><td><bdi>35"));
  EXPECT_THAT(page, HasSubstr("familie, Familie"));  // id, then domain
  EXPECT_THAT(page,
              HasSubstr("<bdi></bdi></td><td><bdi>40</bdi></td><td><bdi>40"));
  EXPECT_THAT(page, HasSubstr("61,4 %"));
  EXPECT_THAT(page, HasSubstr("Jobindsats &lt;b&gt;"));
}

TEST(StatusReport, TheSameMonthTwiceCountsOnceAndTwoDifferentOnesNever) {
  EXPECT_EQ(Report({TestMonth("2026-11-03", 25), TestMonth("2026-11-03", 25)})
                .months.size(),
            1u);
  for (const auto& other :
       {TestMonth("2026-11-03", 30), TestMonth("2026-11-20", 25)}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        MakeStatusReport({TestMonth("2026-11-03", 25), other}, {}, {},
                         Language::kDanish)
            .status()));
  }
}

TEST(StatusReport, MonthsOfDifferentLimitsEachSayTheirs) {
  auto other = TestMonth("2026-12-01", 20);
  other.set_withhold_below(10);
  const StatusReport report = Report({other, TestMonth("2026-11-03", 25)},
                                     {{"I job", "2026", "7", "Jobindsats"}});
  const std::string page = StatusHtml(report, {});
  EXPECT_THAT(page, HasSubstr("november 2026, grænse 5</th>"));
  EXPECT_THAT(page, HasSubstr("december 2026, grænse 10</th>"));
  EXPECT_THAT(page,
              HasSubstr("et helt antal gange månedens grænse. »–« er "
                        "tilbageholdt: færre end månedens grænse, eller"));
  EXPECT_THAT(page, HasSubstr("kan ikke sammenlignes"));
  // Beside two limits a figure from elsewhere is held to the stricter.
  EXPECT_TRUE(report.figures[0].withheld);
  EXPECT_THAT(page, HasSubstr("Også antal under 10 fra andre kilder"));
  // Of one limit nothing is said at the months.
  EXPECT_THAT(StatusHtml(Report({TestMonth("2026-11-03", 25),
                                 TestMonth("2026-12-01", 20)}),
                         {}),
              Not(HasSubstr("grænse")));
}

TEST(StatusReport, AMonthThatWasReadWhileItRanIsTheSameAfterwards) {
  auto running = TestMonth("2026-11-03", 25);
  running.add_months(202610);
  running.add_months(202611);
  EXPECT_EQ(Report({running, TestMonth("2026-11-03", 25)}).months.size(), 1u);
}

TEST(StatusReport, AMonthIsWrittenAsYearAndMonth) {
  const auto month = ParseMonth("2026-11", Language::kDanish);
  ASSERT_TRUE(month.ok());
  EXPECT_EQ(*month, absl::CivilMonth(2026, 11));
  EXPECT_EQ(RequestMonth(*month), 202611u);
  EXPECT_EQ(RequestMonth(absl::CivilMonth(2026, 7)), 202607u);
  for (const char* wrong :
       {"", "2026", "202611", "2026-1", "2026-00", "2026-13", "2026-011",
        "1999-12", "2026/11", "2026-1x", "-026-11", " 2026-1"}) {
    EXPECT_TRUE(
        absl::IsInvalidArgument(ParseMonth(wrong, Language::kDanish).status()))
        << wrong;
  }
}

TEST(StatusReport, WhatIsNoMonthIsRefused) {
  EXPECT_FALSE(MakeStatusReport({}, {}, {}, Language::kDanish).ok());
  for (const char* day : {"", "2026-11", "2026-13-01", "26-11-03"}) {
    EXPECT_FALSE(
        MakeStatusReport({TestMonth(day, 1)}, {}, {}, Language::kDanish).ok())
        << day;
  }
  std::vector<v1::GetStatisticsResponse> many;
  for (int i = 0; i < 13; ++i) {
    many.push_back(TestMonth(std::to_string(2020 + i) + "-01-01", 10));
  }
  EXPECT_FALSE(MakeStatusReport(many, {}, {}, Language::kDanish).ok());
}

TEST(StatusReport, ASmallCountIsOneWhateverStandsAroundIt) {
  for (const char* small : {"0",
                            "4",
                            " 3",
                            "+2",
                            "-1",
                            "3 unge",
                            "4.",
                            "004",
                            "2 af 9",
                            "3/12",
                            "4 mdr.",
                            "ca. 3",
                            "(3)",
                            "omkring 4 unge",
                            "~2",
                            "<3",
                            "n=1",
                            "60 %, 3 unge",
                            "1.204, heraf 4",
                            "40 (heraf 2)",
                            "\xC2\xA0"
                            "3",
                            "4 12"}) {
    EXPECT_TRUE(IsSmallCount(small, 5)) << small;
  }
  for (const char* other : {"5",
                            "47",
                            "1.204",
                            "1,204",
                            "4 000",
                            "4 %",
                            "4%",
                            "4\xC2\xA0%",
                            "4 pct.",
                            "3 procent",
                            "3,5",
                            "4,0 år",
                            "0.5",
                            "",
                            "-",
                            "ukendt",
                            "99999999999999999999",
                            "ca. 47",
                            "(5)",
                            "<5",
                            "ca. 3 %",
                            "(4,0)",
                            "12 af 40 (30 %)",
                            "4\xE2\x80\xAF"
                            "000",
                            "1.204.003",
                            "om 1,5 år 20"}) {
    EXPECT_FALSE(IsSmallCount(other, 5)) << other;
  }
}

TEST(StatusReport, SmallCountsFromElsewhereAreWithheldInEveryForm) {
  const StatusReport report =
      Report({TestMonth("2026-11-03", 25)},
             {{"I job", "2026", "4", "Jobindsats"},
              {"I uddannelse", "2026", "5", "Danmarks Statistik"}});
  EXPECT_TRUE(report.figures[0].withheld);
  EXPECT_FALSE(report.figures[1].withheld);
  const std::string page = StatusHtml(report, {});
  EXPECT_THAT(page, HasSubstr("<th scope=\"row\"><bdi>I job</bdi></th><td><bdi>"
                              "2026</bdi></td><td><bdi>–</bdi></td>"));
  EXPECT_THAT(page, HasSubstr("Også antal under 5 fra andre kilder"));
  EXPECT_THAT(StatusCsv(report, Language::kDanish),
              HasSubstr("\"I job\";\"\";\"2026\";\"\";\"Jobindsats\";\"ja\""));
  EXPECT_THAT(*StatusJson(report, Language::kDanish),
              HasSubstr("\"value\": \"\", \"source\": \"Jobindsats\", "
                        "\"withheld\": true}"));
}

TEST(StatusReport, TheSpreadsheetHasALineANumberAndNoFormulas) {
  const std::string csv =
      StatusCsv(Report({TestMonth("2026-11-03", 25)},
                       {{"+1", "2026", "=SUM(A12)", "en \"kilde\""}}),
                Language::kDanish);
  EXPECT_TRUE(csv.starts_with("\xEF\xBB\xBF\"tabel\";\"række\";"));
  EXPECT_THAT(csv, HasSubstr("\"Advis efter tilstand\";\"identificeret\";"
                             "\"Advis\";\"2026-11\";\"25\";\"Samkør\";\"\""));
  EXPECT_THAT(csv, HasSubstr("\"afslået\";\"Advis\";\"2026-11\";\"\";"
                             "\"Samkør\";\"ja\"\r\n"));
  EXPECT_THAT(csv, HasSubstr("\"'=cmd|"));
  EXPECT_THAT(csv, HasSubstr("\"'+1\";\"\";\"2026\";\"'=SUM(A12)\";"
                             "\"en \"\"kilde\"\"\""));
}

TEST(StatusReport, TheJsonIsJson) {
  const auto json = StatusJson(Report({TestMonth("2026-11-03", 25)},
                                      {{"a\"b\\", "2026", "1", "k\x1bilde"}}),
                               Language::kDanish);
  ASSERT_TRUE(json.ok());
  google::protobuf::Struct read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(*json, &read).ok())
      << *json;
  EXPECT_EQ(read.fields().at("months").list_value().values_size(), 1);
  EXPECT_EQ(read.fields()
                .at("figures")
                .list_value()
                .values(0)
                .struct_value()
                .fields()
                .at("indicator")
                .string_value(),
            "a\"b\\");
  // Every table is explained, in the data too.
  const auto& explanations = read.fields().at("explanations").list_value();
  ASSERT_EQ(explanations.values_size(), 2);
  for (const auto& explanation : explanations.values()) {
    const auto& fields = explanation.struct_value().fields();
    EXPECT_FALSE(fields.at("title").string_value().empty());
    EXPECT_THAT(fields.at("explanation").string_value(),
                Not(HasSubstr("for gammelt")));
  }
  const auto& indicator = read.fields()
                              .at("indicators")
                              .list_value()
                              .values(0)
                              .struct_value()
                              .fields();
  EXPECT_EQ(indicator.at("source").string_value(), "Samkør");
  EXPECT_EQ(indicator.at("period").string_value(), "2026-11");
  EXPECT_FALSE(indicator.at("explanation").string_value().empty());
  EXPECT_TRUE(indicator.at("withheld").bool_value());
}

TEST(StatusReport, NoTableStandsWithoutAnExplanationNorARowWithoutAHeading) {
  const std::string page = StatusHtml(
      Report({TestMonth("2026-11-03", 25), TestMonth("2026-12-03", 30)},
             {{"I job", "2026", "12", "Jobindsats"}}),
      {});
  std::size_t tables = 0;
  for (std::size_t at = page.find("<h2>"); at != std::string::npos;) {
    const std::size_t next = page.find("<h2>", at + 1);
    const std::string section = page.substr(at, next - at);
    const std::size_t table = section.find("<table");
    if (table != std::string::npos) {
      ++tables;
      EXPECT_LT(section.find("<p>"), table) << section;
    }
    at = next;
  }
  EXPECT_EQ(tables, 3u);
  EXPECT_THAT(page, Not(HasSubstr("<tr><td><bdi>")));
  EXPECT_THAT(page, HasSubstr("<th scope=\"row\"><bdi>identificeret</bdi>"));
  EXPECT_THAT(page, HasSubstr("Et advis tæller én gang"));
}

}  // namespace
}  // namespace samkoer::clients
