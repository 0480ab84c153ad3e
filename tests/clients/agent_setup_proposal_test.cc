#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <fstream>

#include "clients/agent/setup_proposal.h"
#include "clients/agent/setup_sample.h"
#include "clients/agent/setup_text.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

class SetupTest : public ::testing::Test {
 protected:
  SetupTest() {
    for (const auto& [key, value] :
         {std::pair{"department", "familie"}, std::pair{"purpose", "unge"},
          std::pair{"matcher.address", "m:1"},
          std::pair{"key_service.address", "k:1"},
          std::pair{"tls.ca_file", "/ca.pem"},
          std::pair{"tls.certificate_file", "/a.pem"},
          std::pair{"tls.key_file", "/a.key"}, std::pair{"age_from", "15"},
          std::pair{"age_below", "30"}}) {
      Say(key, value);
    }
  }

  void Say(std::string_view key, std::string_view value) {
    const absl::Status status = SetAnswer(key, value, answers_);
    EXPECT_TRUE(status.ok()) << key << ": " << status;
  }
  SetupProposal Of(std::string_view text) {
    const std::string path = dir_.File("sample.csv");
    std::ofstream(path, std::ios::binary) << text;
    answers_.config.set_source_file(path);
    findings_.clear();
    SetupAnswers copy = answers_;
    auto table = OpenSample(path, kDay, copy, findings_);
    EXPECT_TRUE(table.ok()) << table.status();
    return table.ok() ? Propose(copy, *table, kDay) : SetupProposal{};
  }
  static const SetupQuestion* Find(const SetupProposal& proposal,
                                   std::string_view key) {
    for (const SetupQuestion& one : proposal.questions) {
      if (one.key == key) return &one;
    }
    return nullptr;
  }
  static std::string Text(const SetupProposal& proposal) {
    return FormatFindings(proposal.findings, proposal.notes) +
           FormatQuestions(proposal.questions);
  }

  const TempDir dir_;
  SetupAnswers answers_;
  std::vector<SetupFinding> findings_;
};

constexpr std::string_view kHeader =
    "CPR;Sagsnr;Enhed;KLE;Oprettet;Lukket;Status\n";

std::string Line(std::string_view cpr, std::string_view ref,
                 std::string_view status = "Åben",
                 std::string_view closed = "") {
  return std::string(cpr)
      .append(";")
      .append(ref)
      .append(";Team;27.24.03;01-02-2026;")
      .append(closed)
      .append(";")
      .append(status)
      .append("\n");
}

constexpr std::array<std::string_view, 4> kYoung = {kCprA, kCprB, kCprC, kCprD};

TEST_F(SetupTest, APlainExportNeedsNoQuestion) {
  const SetupProposal proposal = Of(std::string(kHeader) + Line(kCprA, "S-1") +
                                    Line(kCprB, "S-2", "Lukket", "03-04-2026"));
  EXPECT_TRUE(proposal.questions.empty()) << Text(proposal);
  const auto& config = proposal.config;
  EXPECT_EQ(config.columns().cpr(), "CPR");
  EXPECT_EQ(config.columns().closed(), "Lukket");
  EXPECT_EQ(config.dialect().date_format(), "%d-%m-%Y");
  EXPECT_EQ(config.open_words(0), "Åben");
  EXPECT_EQ(config.closed_words(0), "Lukket");
  EXPECT_EQ(config.domains(0).prefix(), "27.24");
  EXPECT_EQ(config.state_dir(), "/var/lib/samkoer-agent/familie");
  // What is written is a configuration.
  const std::string text = FormatConfig(config, CommentsOf(proposal.findings));
  const auto parsed = ParseConfig(text, "agent.yaml");
  EXPECT_TRUE(parsed.ok()) << parsed.status() << text;
}

TEST_F(SetupTest, WhatNoSampleTellsIsAsked) {
  answers_ = {};
  const SetupProposal proposal = Of(std::string(kHeader) + Line(kCprA, "S-1"));
  for (const char* key :
       {"tls.certificate_file", "department", "purpose", "matcher.address",
        "key_service.address", "age_from", "age_below"}) {
    const SetupQuestion* question = Find(proposal, key);
    ASSERT_NE(question, nullptr) << key;
    EXPECT_TRUE(question->flag.starts_with("--")) << key;
  }
  // From the age of 0 is an answer, too.
  Say("age_from", "0");
  EXPECT_EQ(Find(Of(std::string(kHeader) + Line(kCprA, "S-1")), "age_from"),
            nullptr);
}

TEST_F(SetupTest, ChildAndParentAreNeverGuessed) {
  std::string text = "Barnets CPR;Mors CPR;Sagsnr;Enhed;KLE;Oprettet;Status\n";
  for (int i = 0; i < 5; ++i) {
    text += std::string(kCprB).append(";").append(kCprOld) + ";S-" +
            std::to_string(i) + ";Team;27.24.03;01-02-2026;Åben\n";
  }
  const SetupProposal proposal = Of(text);
  EXPECT_EQ(proposal.config.columns().cpr(), "");
  const SetupQuestion* question = Find(proposal, "columns.cpr");
  ASSERT_NE(question, nullptr) << Text(proposal);
  EXPECT_EQ(question->suggestion, "Barnets CPR");
  EXPECT_NE(Text(proposal).find(
                "'Mors CPR' holds CPR numbers; 0 % are of people aged"),
            std::string::npos)
      << Text(proposal);
  Say("columns.cpr", "Mors CPR");
  EXPECT_EQ(Of(text).config.columns().cpr(), "Mors CPR");
}

TEST_F(SetupTest, TwoColumnsWithoutTellingNamesAreAskedByTheAges) {
  std::string text = "CPR1;CPR2;Sagsnr;Enhed;KLE;Oprettet;Status\n";
  for (int i = 0; i < 5; ++i) {
    text += std::string(kCprOld).append(";").append(kCprB) + ";S-" +
            std::to_string(i) + ";Team;27.24.03;01-02-2026;Åben\n";
  }
  const SetupProposal proposal = Of(text);
  ASSERT_NE(Find(proposal, "columns.cpr"), nullptr);
  EXPECT_EQ(Find(proposal, "columns.cpr")->suggestion, "CPR2");
}

TEST_F(SetupTest, AColumnOfOlderPeopleIsAskedWhateverItIsCalled) {
  const SetupProposal proposal =
      Of(std::string(kHeader) + Line(kCprOld, "S-1") + Line(kCprOld, "S-2") +
         Line(kCprA, "S-3"));
  EXPECT_EQ(proposal.config.columns().cpr(), "");
  ASSERT_NE(Find(proposal, "columns.cpr"), nullptr) << Text(proposal);
  EXPECT_EQ(Find(proposal, "columns.cpr")->suggestion, "CPR");
}

TEST_F(SetupTest, TwoColumnsOfOneNameBesideTheApplicantsAreAsked) {
  const SetupProposal proposal =
      Of("CPR;CPR;Ansøger;Sagsnr;Enhed;KLE;Oprettet;Status\n" +
         std::string(kCprB) + ";" + std::string(kCprOld) + ";" +
         std::string(kCprA) + ";S-1;Team;27.24.03;01-02-2026;Åben\n");
  EXPECT_EQ(proposal.config.columns().cpr(), "");
  ASSERT_NE(Find(proposal, "columns.cpr"), nullptr) << Text(proposal);
  EXPECT_EQ(Find(proposal, "columns.cpr")->suggestion, "");
  EXPECT_NE(Text(proposal).find("stands twice"), std::string::npos)
      << Text(proposal);
}

TEST_F(SetupTest, AChildsColumnWithFewNumbersStandsBesideAParents) {
  std::string text = "Barn CPR;CPR;Sagsnr;Enhed;KLE;Oprettet;Status\n";
  for (int i = 0; i < 5; ++i) {
    text += (i == 0 ? std::string(kCprB) : "ukendt") + ";" +
            std::string(kCprA) + ";S-" + std::to_string(i) +
            ";Team;27.24.03;01-02-2026;Åben\n";
  }
  const SetupProposal proposal = Of(text);
  EXPECT_EQ(proposal.config.columns().cpr(), "") << Text(proposal);
  EXPECT_NE(Find(proposal, "columns.cpr"), nullptr) << Text(proposal);
  // Also if it has none at all.
  EXPECT_NE(Find(Of(Replaced(text, kCprB, "ukendt")), "columns.cpr"), nullptr);
}

TEST_F(SetupTest, AParentsColumnAloneIsAsked) {
  const SetupProposal proposal =
      Of("Mors CPR;Sagsnr;Enhed;KLE;Oprettet;Status\n" + std::string(kCprOld) +
         ";S-1;Team;27.24.03;01-02-2026;Åben\n");
  ASSERT_NE(Find(proposal, "columns.cpr"), nullptr);
  EXPECT_EQ(Find(proposal, "columns.cpr")->suggestion, "");
}

TEST_F(SetupTest, OnlyPlaceholders) {
  const SetupProposal proposal =
      Of(std::string(kHeader) + Line("000000-0000", "S-1") +
         Line("111111-1111", "S-2"));
  EXPECT_EQ(proposal.config.columns().cpr(), "CPR");
  EXPECT_EQ(proposal.notes.size(), 1u) << Text(proposal);
}

TEST_F(SetupTest, AHeaderAlone) {
  const SetupProposal proposal = Of(kHeader);
  EXPECT_EQ(proposal.config.columns().cpr(), "CPR");
  EXPECT_NE(Find(proposal, "dialect.date_format"), nullptr) << Text(proposal);
  EXPECT_NE(Find(proposal, "open_words"), nullptr) << Text(proposal);
}

TEST_F(SetupTest, OneColumn) {
  const SetupProposal proposal = Of("CPR\n" + std::string(kCprA) + "\n");
  EXPECT_EQ(proposal.config.columns().cpr(), "CPR");
  for (const char* key : {"columns.case_ref", "columns.unit", "columns.status",
                          "columns.opened", "domain."}) {
    EXPECT_NE(Find(proposal, key), nullptr) << key << Text(proposal);
  }
}

TEST_F(SetupTest, NothingOfARowStandsInAnyText) {
  std::string text = "CPR;Navn;Sagsnr;Enhed;KLE;Oprettet;Lukket;Status;Note\n";
  for (int i = 0; i < 8; ++i) {
    text += std::string(kYoung[i % 4]).append(";Ida Kjær;S-77") +
            std::to_string(i) + ";Team Hemmelig;27.48.12;01-02-2026;;" +
            (i == 0 ? "Ida Kjær" : "Visiteret") + ";Bor hos Asta Rømer\n";
  }
  const std::string shown = Text(Of(text));
  for (const char* secret :
       {"4104", "Ida", "S-77", "Hemmelig", "Asta", "27.48.12", "Bor hos"}) {
    EXPECT_EQ(shown.find(secret), std::string::npos) << secret << "\n" << shown;
  }
  // Of kinds the group, of status words those that stand often.
  EXPECT_NE(shown.find("27.48"), std::string::npos) << shown;
  EXPECT_NE(shown.find("Visiteret"), std::string::npos) << shown;
  EXPECT_NE(shown.find("1 rows have a status that is not shown"),
            std::string::npos)
      << shown;
}

TEST_F(SetupTest, AColumnOfNamesIsNoStatus) {
  std::string text = "CPR;Borger;Sagsnr;Enhed;KLE;Oprettet\n";
  for (int i = 0; i < 30; ++i) {
    text += std::string(kCprA).append(";Person") + char('A' + i % 26) +
            std::to_string(i) + ";S-" + std::to_string(i) +
            ";Team;27.24.03;01-02-2026\n";
  }
  Say("columns.status", "Borger");
  const std::string shown = Text(Of(text));
  EXPECT_EQ(shown.find("Person"), std::string::npos) << shown;
  EXPECT_NE(shown.find("more than 12"), std::string::npos) << shown;
}

TEST_F(SetupTest, ALineOfDataInPlaceOfAHeaderIsNotShown) {
  const std::string path = dir_.File("sample.csv");
  std::ofstream(path) << Line(kCprA, "S-1") + Line(kCprB, "S-2");
  auto table = OpenSample(path, kDay, answers_, findings_);
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.status().ToString().find("4104"), std::string::npos);
  // Without any number: no name of a column is known.
  const SetupProposal proposal =
      Of("Ida Kjær;Team;Blå\nAsta Rømer;Team;Rød\nElias;Team;Rød\n");
  EXPECT_EQ(Text(proposal).find("Ida"), std::string::npos) << Text(proposal);
  ASSERT_NE(Find(proposal, "columns.cpr"), nullptr);
  EXPECT_TRUE(Find(proposal, "columns.cpr")->choices.empty());
  EXPECT_NE(Text(proposal).find("it must be the header"), std::string::npos);
}

TEST_F(SetupTest, EmptyFilesAndFoldersAreErrors) {
  const std::string path = dir_.File("empty.csv");
  std::ofstream(path) << "";
  const auto empty = OpenSample(path, kDay, answers_, findings_);
  EXPECT_NE(empty.status().message().find("the sample is empty"),
            std::string::npos)
      << empty.status();
  EXPECT_TRUE(absl::IsInvalidArgument(
      OpenSample(dir_.path(), kDay, answers_, findings_).status()));
  ASSERT_EQ(::mkfifo(dir_.File("pipe").c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsInvalidArgument(
      OpenSample(dir_.File("pipe"), kDay, answers_, findings_).status()));
  EXPECT_TRUE(absl::IsNotFound(
      OpenSample(dir_.File("no"), kDay, answers_, findings_).status()));
}

TEST_F(SetupTest, StatusWordsThatNobodyKnowsAreAskedWhateverTheEndsSay) {
  std::string text(kHeader);
  for (const std::string_view cpr : kYoung) {
    const std::string ref(cpr.substr(0, 6));
    text += Line(cpr, "A-" + ref, "ja");
    text += Line(cpr, "B-" + ref, "nej", "01-03-2026");
    text += Line(cpr, "C-" + ref, "måske", cpr == kCprA ? "01-03-2026" : "");
    // Planned, and a placeholder: nothing has ended.
    text += Line(cpr, "D-" + ref, "Iværksat",
                 cpr == kCprA ? "03-11-2026" : "31-12-2099");
  }
  const SetupProposal proposal = Of(text);
  EXPECT_EQ(proposal.config.open_words_size(), 0) << Text(proposal);
  EXPECT_EQ(proposal.config.closed_words_size(), 0) << Text(proposal);
  for (const auto& [word, suggestion] :
       {std::pair{"ja", ""}, std::pair{"nej", "closed"}, std::pair{"måske", ""},
        std::pair{"Iværksat", ""}}) {
    const SetupQuestion* question =
        Find(proposal, std::string("status.") + word);
    ASSERT_NE(question, nullptr) << word << Text(proposal);
    EXPECT_EQ(question->suggestion, suggestion) << word;
  }
  EXPECT_NE(Text(proposal).find("'nej' (4 rows, of which 4 have an end by "
                                "2026-11-02)"),
            std::string::npos)
      << Text(proposal);
  Say("status.ja", "open");
  Say("status.nej", "closed");
  Say("status.måske", "-");
  Say("status.Iværksat", "open");
  EXPECT_TRUE(Of(text).questions.empty()) << Text(Of(text));
}

TEST_F(SetupTest, AWordIsShownIfItStandsWithSeveralPeople) {
  std::string text(kHeader);
  for (int i = 0; i < 9; ++i) {
    const std::string ref = std::to_string(i);
    text += Line(kCprA, "A-" + ref, "Jensen") +
            Line(kYoung[i % 2], "B-" + ref, "Hansen") +
            Line(kYoung[i % 3], "C-" + ref, "Visiteret");
  }
  const std::string shown = Text(Of(text));
  EXPECT_EQ(shown.find("Jensen"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("Hansen"), std::string::npos) << shown;
  EXPECT_NE(shown.find("Visiteret"), std::string::npos) << shown;
  EXPECT_NE(shown.find("18 rows have a status that is not shown"),
            std::string::npos)
      << shown;
}

TEST_F(SetupTest, ATextIsNoCaseReferenceWhateverItIsCalled) {
  for (const char* name : {"Sag", "Ref", "Reference", "Id"}) {
    std::string text =
        Replaced(kHeader, "Sagsnr", name) +
        Replaced(Line(kCprA, "X"), "X", "Bolig til Ida Kjær 2026") +
        Replaced(Line(kCprB, "X"), "X", "Vold i hjemmet") +
        Replaced(Line(kCprC, "X"), "X", "Ida");
    const SetupProposal proposal = Of(text);
    EXPECT_EQ(proposal.config.columns().case_ref(), "") << name;
    EXPECT_NE(Find(proposal, "columns.case_ref"), nullptr) << Text(proposal);
  }
  EXPECT_EQ(Of(Replaced(kHeader, "Sagsnr", "Sag") + Line(kCprA, "S-1"))
                .config.columns()
                .case_ref(),
            "Sag");
}

TEST_F(SetupTest, AContactWithATextOfItsOwnInEachRowIsAsked) {
  const auto text = [](bool same) {
    std::string out = Replaced(kHeader, "Status", "Status;Kontaktperson");
    for (int i = 0; i < 8; ++i) {
      const std::string n = std::to_string(i);
      std::string line = Line(kYoung[i % 4], "S-" + n);
      line.back() = ';';
      out += line + (same ? "Team Syd" : "Mor " + n + ", 8660000" + n) + "\n";
    }
    return out;
  };
  EXPECT_EQ(Of(text(true)).config.columns().contact(), "Kontaktperson");
  const SetupProposal proposal = Of(text(false));
  EXPECT_EQ(proposal.config.columns().contact(), "");
  const SetupQuestion* question = Find(proposal, "columns.contact");
  ASSERT_NE(question, nullptr) << Text(proposal);
  EXPECT_EQ(question->suggestion, "-");
  Say("columns.contact", "-");
  EXPECT_TRUE(Of(text(false)).questions.empty()) << Text(Of(text(false)));
  Say("columns.contact", "Kontaktperson");
  EXPECT_EQ(Of(text(false)).config.columns().contact(), "Kontaktperson");
}

TEST_F(SetupTest, MonthsMayStandBeforeDaysIfNoDayIsAfterTheTwelfth) {
  const std::string text =
      std::string(kHeader) +
      Replaced(Line(kCprA, "S-1"), "01-02-2026", "01/02/2026");
  EXPECT_NE(Text(Of(text)).find("%m/%d/%Y reads the dates as well"),
            std::string::npos)
      << Text(Of(text));
  EXPECT_EQ(Text(Of(Replaced(text, "01/02", "13/02"))).find("%m/%d/%Y"),
            std::string::npos);
}

TEST_F(SetupTest, KindsThatMunicipalitiesMapDifferentlyAreAsked) {
  std::string text(kHeader);
  text += Replaced(Line(kCprA, "S-1"), "27.24.03", "27.48.12");
  text += Replaced(Line(kCprA, "S-2"), "27.24.03", "00.01.00");
  text += Line(kCprA, "S-3");
  const SetupProposal proposal = Of(text);
  EXPECT_NE(Find(proposal, "domain.27.48"), nullptr) << Text(proposal);
  Say("domain.27.48", "disability_psychiatry");
  Say("domain.00.01", "-");
  const SetupProposal settled = Of(text);
  EXPECT_TRUE(settled.questions.empty()) << Text(settled);
  EXPECT_EQ(settled.config.domains_size(), 2);
  EXPECT_FALSE(SetAnswer("domain.27.48", "SKOLE", answers_).ok());
}

TEST_F(SetupTest, NullWordsAndDatesOfBirth) {
  std::string text = "CPR;Fødselsdato;Sagsnr;Enhed;KLE;Dato 1;Dato 2;Status\n";
  for (int i = 0; i < 4; ++i) {
    text += std::string(kCprA).append(";2002-04-02;S-") + std::to_string(i) +
            ";Team;27.24.03;2026-01-02;" + (i == 0 ? "2026-02-01" : "NULL") +
            ";Aktiv\n";
  }
  const SetupProposal proposal = Of(text);
  // Two dates that no name tells apart.
  EXPECT_NE(Find(proposal, "columns.opened"), nullptr) << Text(proposal);
  Say("columns.opened", "Dato 1");
  const SetupProposal settled = Of(text);
  EXPECT_EQ(settled.config.columns().closed(), "Dato 2") << Text(settled);
  ASSERT_EQ(settled.config.dialect().null_words_size(), 1);
  EXPECT_EQ(settled.config.dialect().null_words(0), "NULL");
  EXPECT_EQ(settled.config.dialect().date_format(), "%Y-%m-%d");
}

TEST_F(SetupTest, WrongAnswersAreRefused) {
  for (const auto& [key, value] :
       {std::pair{"age_from", "femten"}, std::pair{"age_below", "200"},
        std::pair{"columns.findes_ikke", "x"}, std::pair{"run", "x"},
        std::pair{"matcher.address", ""}, std::pair{"purpose", "-"},
        std::pair{"status.x", "måske"}, std::pair{"department", "020402-4104"},
        std::pair{"odbc.timeout_seconds", "1"},
        // A number of a person in the key, which goes into the file, too.
        std::pair{"status.020402-4104", "open"},
        std::pair{"domain.0204024104", "FAMILY"},
        // Without these there is no case.
        std::pair{"columns.cpr", "-"}, std::pair{"columns.status", "-"},
        std::pair{"columns.opened", "-"}, std::pair{"columns.case_ref", "-"}}) {
    EXPECT_FALSE(SetAnswer(key, value, answers_).ok()) << key;
  }
  Say("dialect.delimiter", "tab");
  EXPECT_EQ(answers_.config.dialect().delimiter(), "\t");
  Say("dialect.delimiter", ";");
  Say("null_words", "-");
  EXPECT_EQ(answers_.config.dialect().null_words(0), "-");
  // A column that is not there is asked again.
  Say("columns.unit", "Findes ikke");
  EXPECT_NE(Find(Of(std::string(kHeader) + Line(kCprA, "S-1")), "columns.unit"),
            nullptr);
}

}  // namespace
}  // namespace samkoer::agent
