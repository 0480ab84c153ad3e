#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "clients/alerts/report_files.h"
#include "tests/clients/alerts_months.h"
#include "tests/clients/test_directory.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

class ReportFilesTest : public testing::Test {
 protected:
  std::string Write(const std::string& text) {
    const std::string path = folder_.path() + "/file";
    std::ofstream(path, std::ios::trunc) << text;
    return path;
  }

  const TestDirectory folder_;
};

TEST_F(ReportFilesTest, ASavedReportGivesItsMonthsBack) {
  const auto report = MakeStatusReport(
      {TestMonth("2026-10-02", 25), TestMonth("2026-11-03", 30)}, {}, {},
      Language::kDanish);
  const auto months = ReadSavedMonths(
      Write(*StatusJson(*report, Language::kDanish)), Language::kDanish);
  ASSERT_TRUE(months.ok()) << months.status();
  ASSERT_EQ(months->size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ((*months)[i].SerializeAsString(),
              report->months[i].SerializeAsString());
  }
}

TEST_F(ReportFilesTest, WhatIsNoSavedReportIsRefused) {
  for (const char* text :
       {"", "{}", "no json", "[1]",
        R"({"report": "samkoer-status-report", "version": 2, "months": []})",
        R"({"report": "other", "version": 1, "months": []})",
        R"({"report": "samkoer-status-report", "version": 1})",
        R"({"report": "samkoer-status-report", "version": 1, "months": [7]})",
        R"({"report": "samkoer-status-report", "version": 1,
            "months": [{"unknown": 7}]})"}) {
    const auto months = ReadSavedMonths(Write(text), Language::kDanish);
    EXPECT_TRUE(absl::IsInvalidArgument(months.status())) << text;
    EXPECT_THAT(std::string(months.status().message()),
                HasSubstr(folder_.path()));
  }
  EXPECT_TRUE(absl::IsNotFound(
      ReadSavedMonths(folder_.path() + "/none", Language::kDanish).status()));
}

TEST_F(ReportFilesTest, FiguresHaveTheirColumnsInAnyOrder) {
  const auto danish =
      ReadFigures(Write("\xEF\xBB\xBFkilde;tal;periode;indikator;note\n"
                        "Jobindsats;61,4 %;2026K3;\"I uddannelse; SU\";x\n"),
                  Language::kDanish);
  ASSERT_TRUE(danish.ok()) << danish.status();
  ASSERT_EQ(danish->size(), 1u);
  EXPECT_EQ((*danish)[0].indicator, "I uddannelse; SU");
  EXPECT_EQ((*danish)[0].period, "2026K3");
  EXPECT_EQ((*danish)[0].value, "61,4 %");
  EXPECT_EQ((*danish)[0].source, "Jobindsats");
  const auto english = ParseFigures("indicator,period,value,source\na,b,1,c\n",
                                    "f", Language::kEnglish);
  ASSERT_TRUE(english.ok()) << english.status();
  EXPECT_EQ((*english)[0].source, "c");
}

TEST_F(ReportFilesTest, FiguresThatCannotBeUsedNameTheirLine) {
  const auto error = [](const std::string& text) {
    const auto figures = ParseFigures(text, "tal.csv", Language::kDanish);
    EXPECT_TRUE(absl::IsInvalidArgument(figures.status())) << text;
    return std::string(figures.status().message());
  };
  const std::string header = "indikator;periode;tal;kilde\n";
  EXPECT_THAT(error("indikator;periode;tal\n"), HasSubstr("linje 1"));
  EXPECT_THAT(error(header + "a;b;1;c\na;b;1\n"),
              HasSubstr("linje 3: kilde mangler"));
  EXPECT_THAT(error(header + "a;b;;c\n"), HasSubstr("linje 2: tal mangler"));
  EXPECT_THAT(error(header + std::string(201, 'a') + ";b;1;c\n"),
              HasSubstr("indikator mangler eller er for lang"));
  EXPECT_THAT(error(header + "a;b;1;020402-4104\n"),
              HasSubstr("indeholder et CPR-nummer"));
  std::string many = header;
  for (int i = 0; i < 501; ++i) many += "a;b;1;c\n";
  EXPECT_THAT(error(many), HasSubstr("linje 502: for mange tal"));
}

}  // namespace
}  // namespace samkoer::clients
