#include <gtest/gtest.h>

#include "clients/agent/config_sources.h"
#include "tests/clients/agent_samples.h"
#include "tests/support/source_folder.h"

namespace samkoer::agent {
namespace {

constexpr std::string_view kSource = "source_file: eksport.csv\n";
constexpr std::string_view kOdbc =
    "odbc: {connection: \"DSN=x\", query: \"select 1\"}\n";

// The error of the sample with its source replaced, or "none".
std::string ErrorWith(std::string_view source, std::string_view more = "") {
  const auto config = ParseConfig(
      Replaced(kSampleConfig, kSource, source).append(more), "a.yaml");
  return config.ok() ? "none" : std::string(config.status().message());
}

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(CheckSources, ExactlyOneSource) {
  EXPECT_EQ(ErrorWith(kSource), "none");
  EXPECT_EQ(ErrorWith(kOdbc), "none");
  EXPECT_EQ(ErrorWith("drop: {folder: ind}\n"), "none");
  EXPECT_TRUE(Has(ErrorWith(""), "source_file: is missing"));
  EXPECT_TRUE(Has(ErrorWith(kSource, kOdbc), "odbc: give one of"));
  EXPECT_TRUE(Has(ErrorWith(kSource, "drop: {folder: ind}\n"), "drop: give"));
}

TEST(CheckSources, TheDatabase) {
  EXPECT_TRUE(Has(ErrorWith("odbc: {query: \"select 1\"}\n"),
                  "a.yaml:6:7: odbc.connection: is missing"));
  EXPECT_TRUE(Has(ErrorWith("odbc: {connection: \"DSN=x;PWD=y\", query: "
                            "\"select 1\"}\n"),
                  "odbc.connection: holds a password"));
  EXPECT_TRUE(Has(ErrorWith("odbc: {connection: \"DSN=x\", query: \"drop table "
                            "x\"}\n"),
                  "odbc.query: must be one SELECT"));
  EXPECT_TRUE(Has(ErrorWith("odbc: {connection: \"DSN=x\", password: hej, "
                            "query: \"select 1\"}\n"),
                  "odbc.password: must be file:PATH"));
}

TEST(CheckSources, ADatabaseNeedsNoDateFormat) {
  const std::string text = Replaced(Replaced(kSampleConfig, kSource, kOdbc),
                                    ", date_format: \"%d-%m-%Y\"", "");
  const Config config = SampleConfig(text);
  EXPECT_EQ(config.date_pattern.Format({2026, 2, 1}), "2026-02-01");
  EXPECT_TRUE(
      Has(std::string(ParseConfig(Replaced(kSampleConfig,
                                           ", date_format: \"%d-%m-%Y\"", ""),
                                  "a.yaml")
                          .status()
                          .message()),
          "dialect.date_format: is missing"));
}

TEST(CheckSources, JoinedFiles) {
  EXPECT_TRUE(Has(ErrorWith(kSource, "joined: [{key: a}]\n"),
                  "joined[0]: file is missing"));
  EXPECT_TRUE(Has(ErrorWith(kSource, "joined: [{file: a}]\n"),
                  "joined[0]: key is missing"));
  EXPECT_TRUE(Has(
      ErrorWith(kSource, "joined: [{file: a, key: b}, {file: a, key: c}]\n"),
      "joined twice"));
  const auto config = ParseConfig(
      std::string(kSampleConfig) + "joined: [{file: a.csv, key: b}]\n",
      "/etc/samkoer/a.yaml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->proto.joined(0).file(), "/etc/samkoer/a.csv");
  EXPECT_EQ(config->proto.joined(0).file_key(), "b");
}

std::string CriteriaError(std::string_view criteria,
                          std::string_view kinds = "[{prefix: u, kind: udd}]",
                          std::string_view more = "") {
  return ErrorWith(kSource,
                   std::string("events: {file: f.csv, columns: {cpr: c, kind: "
                               "k, from: f}, kinds: ")
                       .append(kinds)
                       .append(more)
                       .append("}\ncriteria: ")
                       .append(criteria)
                       .append("\n"));
}

TEST(CheckCriteria, RulesThatMakeNoSense) {
  const std::string good =
      "{code: a, age_from: 15, age_below: 18, all: [{without: {kinds: "
      "[udd]}}]}";
  EXPECT_EQ(CriteriaError("[" + good + "]"), "none");
  EXPECT_TRUE(Has(CriteriaError("[" + good + ", " + good + "]"),
                  "criteria[1]: the code stands twice"));
  EXPECT_TRUE(Has(CriteriaError("[" + Replaced(good, "udd", "job") + "]"),
                  "criteria[0].all[0]: 'job' is no kind"));
  EXPECT_TRUE(
      Has(CriteriaError("[" + Replaced(good, "code: a", "code: ''") + "]"),
          "code must be"));
  EXPECT_TRUE(Has(CriteriaError("[" + Replaced(good, "15", "18") + "]"),
                  "age_from must be below"));
  EXPECT_TRUE(Has(CriteriaError("[{code: a, age_from: 1, age_below: 2}]"),
                  "give conditions"));
  EXPECT_TRUE(Has(CriteriaError("[{code: a, age_from: 1, age_below: 2, any: "
                                "[{}]}]"),
                  "criteria[0].any[0]: give one of"));
  EXPECT_TRUE(Has(CriteriaError("[{code: a, age_from: 1, age_below: 2, any: "
                                "[{not_straight_into: {after: [udd], into: "
                                "[udd]}}]}]"),
                  "within_days is missing"));
  EXPECT_TRUE(Has(CriteriaError("[{code: a, age_from: 1, age_below: 2, any: "
                                "[{shifts: {kinds: [udd]}}]}]"),
                  "at_least is missing"));
  EXPECT_TRUE(Has(CriteriaError("[" + good + "]", "[{prefix: u, kind: U}]"),
                  "events.kinds[0]: kind must be"));
  EXPECT_TRUE(Has(CriteriaError("[" + good + "]", "[{prefix: u, kind: udd}]",
                                ", completed_words: [ja]"),
                  "needs events.columns.outcome"));
  EXPECT_TRUE(
      Has(ErrorWith(kSource, "criteria: [" + good + "]\n"), "needs `events`"));
}

TEST(CheckRun, TheHoursOfTheClock) {
  EXPECT_EQ(ParseClock("00:00"), 0);
  EXPECT_EQ(ParseClock("23:59"), 1439);
  for (const char* bad : {"24:00", "12:60", "1:00", "12.00", "", "ab:cd"}) {
    EXPECT_EQ(ParseClock(bad), -1) << bad;
  }
  EXPECT_TRUE(Has(ErrorWith(kSource, "run: {daily_at: nat}\n"),
                  "run.daily_at: must be HH:MM"));
  EXPECT_TRUE(Has(ErrorWith(kSource,
                            "run: {retry_seconds: 60, "
                            "retry_most_seconds: 30}\n"),
                  "run.retry_most_seconds: is below"));
}

TEST(LoadConfig, EveryExampleIsValid) {
  int examples = 0;
  for (const char* folder : {"/deploy/agents", "/deploy/municipalities"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             SourceFolder() + folder)) {
      if (entry.path().extension() != ".yaml" ||
          entry.path().filename() == "policy.yaml") {
        continue;
      }
      const auto config = LoadConfig(entry.path().string());
      EXPECT_TRUE(config.ok()) << config.status();
      ++examples;
    }
  }
  EXPECT_GE(examples, 12);
}

}  // namespace
}  // namespace samkoer::agent
