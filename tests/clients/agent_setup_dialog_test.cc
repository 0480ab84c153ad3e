#include <gtest/gtest.h>

#include <sstream>

#include "clients/agent/setup_dialog.h"

namespace samkoer::agent {
namespace {

struct Dialog {
  explicit Dialog(const std::string& typed) : in(typed) {}
  std::istringstream in;
  std::ostringstream out;
  SetupDialog dialog{in, out};
  SetupAnswers answers;
};

const SetupQuestion kColumn = {
    "columns.cpr", "Which?", {"CPR", "Mor", "2"}, "CPR", ""};

std::string Answered(const std::string& typed,
                     const SetupQuestion& question = kColumn) {
  Dialog d(typed);
  return d.dialog.Ask(question, d.answers) ? d.answers.config.columns().cpr()
                                           : "(end)";
}

TEST(Ask, TakesATextANumberOrTheSuggestion) {
  EXPECT_EQ(Answered("mor\n"), "Mor");
  EXPECT_EQ(Answered("1\n"), "CPR");
  EXPECT_EQ(Answered("\n"), "CPR");
  // A text goes before a number.
  EXPECT_EQ(Answered("2\n"), "2");
  EXPECT_EQ(Answered(" Anden \n"), "Anden");
}

TEST(Ask, AsksAgainUntilItIsAnAnswer) {
  SetupQuestion question = kColumn;
  question.suggestion.clear();
  EXPECT_EQ(Answered("\n\nMor\n", question), "Mor");
  EXPECT_EQ(Answered("020402-4104\nMor\n", question), "Mor");
  EXPECT_EQ(Answered("", question), "(end)");
  EXPECT_EQ(Answered("\n\n", question), "(end)");
}

TEST(Ask, WhatIsShownIsSafeForATerminal) {
  Dialog d("x\n");
  EXPECT_TRUE(
      d.dialog.Ask({"columns.cpr", "A\x1b[2J?", {"B\x1b"}, "", ""}, d.answers));
  EXPECT_EQ(d.out.str().find('\x1b'), std::string::npos);
}

TEST(Confirm, YesNoChangeAndTheEnd) {
  using Verdict = SetupDialog::Verdict;
  const auto said = [](const std::string& typed) {
    Dialog d(typed);
    return d.dialog.Confirm("?", d.answers);
  };
  EXPECT_EQ(said("y\n"), Verdict::kWrite);
  EXPECT_EQ(said("ja\n"), Verdict::kWrite);
  EXPECT_EQ(said("n\n"), Verdict::kStop);
  EXPECT_EQ(said(""), Verdict::kStop);
  EXPECT_EQ(said("hvad?\nfindes.ikke=1\ny\n"), Verdict::kWrite);
  Dialog d("columns.unit = Team\n");
  EXPECT_EQ(d.dialog.Confirm("?", d.answers), Verdict::kChanged);
  EXPECT_EQ(d.answers.config.columns().unit(), "Team");
}

}  // namespace
}  // namespace samkoer::agent
