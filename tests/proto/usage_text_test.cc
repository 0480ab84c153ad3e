#include "proto/usage_text.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace samkoer::proto {
namespace {

const std::vector<std::string> kNames = {"--help",      "--config", "--limit",
                                         "--page-size", "ADVIS",    "--page"};

// CLI::ExitCodes; the last is none.
constexpr int kConversion = 104, kValidation = 105, kRequired = 106,
              kRequires = 107, kExtras = 109, kHorrible = 111, kMismatch = 114,
              kLater = 4711;

std::string English(int code, const std::string& text, int position = 0) {
  return UsageText({code, text, kNames, position}, UsageLanguage::kEnglish);
}
std::string Danish(int code, const std::string& text, int position = 0) {
  return UsageText({code, text, kNames, position}, UsageLanguage::kDanish);
}

TEST(UsageText, AnUnexpectedArgumentIsCountedAndNotRepeated) {
  const std::string text =
      "The following argument was not expected: 070205-1234";
  EXPECT_EQ(English(kExtras, text, 3), "argument 3 was not expected");
  EXPECT_EQ(English(kExtras, text), "an argument was not expected");
  EXPECT_EQ(Danish(kExtras, text, 3), "argument nummer 3 var ikke ventet");
  EXPECT_EQ(Danish(kExtras, text), "et argument var ikke ventet");
}

TEST(UsageText, OfAValueThatCannotBeUsedOnlyTheOptionIsNamed) {
  EXPECT_EQ(English(kConversion, "Could not convert: --limit = 0702051"),
            "the value of --limit cannot be used");
  EXPECT_EQ(English(kValidation,
                    "--page-size: Value 070205-1234 not in range 1 to 1000"),
            "the value of --page-size cannot be used");
  EXPECT_EQ(Danish(kConversion, "Could not convert: --limit = 0702051"),
            "værdien af --limit kan ikke bruges");
  // The value may look like another option; CLI11 names its own first.
  EXPECT_EQ(English(kConversion, "Could not convert: --limit = --config"),
            "the value of --limit cannot be used");
}

TEST(UsageText, WhatNamesNoOptionOfOursIsNotRepeatedAtAll) {
  EXPECT_EQ(English(kHorrible, "070205-1234 missing"),
            "the command line cannot be understood");
  EXPECT_EQ(English(kLater, "070205-1234"),
            "the command line cannot be understood");
  EXPECT_EQ(Danish(kHorrible, "070205-1234"), "kaldet kan ikke forstås");
}

TEST(UsageText, WhatIsMissingIsNamed) {
  EXPECT_EQ(English(kRequired, "--config is required"), "--config is required");
  EXPECT_EQ(English(kRequires, "--withdrawn requires --delta"),
            "--withdrawn requires --delta");
  EXPECT_EQ(Danish(kRequired, "ADVIS is required"), "ADVIS mangler");
  EXPECT_EQ(Danish(kRequired, "A subcommand is required"),
            "der mangler en kommando");
  EXPECT_EQ(Danish(kMismatch, "--limit: 1 required INT missing"),
            "--limit er brugt forkert");
}

// What ReadUsageProblem needs of CLI11.
struct FakeOption {
  std::string name;
  std::string get_name() const { return name; }
};
struct FakeApp {
  std::vector<const FakeOption*> options;
  std::vector<const FakeApp*> commands;
  std::vector<std::string> left;
  std::vector<const FakeOption*> get_options() const { return options; }
  std::vector<const FakeApp*> get_subcommands(int) const { return commands; }
  std::vector<std::string> remaining(bool) const { return left; }
};
struct FakeError : std::runtime_error {
  using std::runtime_error::runtime_error;
  int get_exit_code() const { return kExtras; }
};

TEST(UsageText, ThePositionIsThatOfTheFirstUnexpectedArgument) {
  const FakeOption config{"--config"}, limit{"--limit"};
  const FakeApp log{{&limit}, {}, {}};
  const FakeApp app{{&config}, {&log}, {"070205-1234", "x"}};
  const char* const argv[] = {"program", "log", "070205-1234", "x",
                              "070205-1234"};
  const UsageProblem problem = ReadUsageProblem(app, FakeError("..."), 5, argv);
  EXPECT_EQ(problem.position, 2);
  EXPECT_EQ(problem.names, (std::vector<std::string>{"--config", "--limit"}));
  EXPECT_EQ(problem.code, kExtras);
}

}  // namespace
}  // namespace samkoer::proto
