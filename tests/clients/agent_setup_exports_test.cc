#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "clients/agent/config_text.h"
#include "clients/agent/export_reader.h"
#include "clients/agent/setup_proposal.h"
#include "clients/agent/setup_sample.h"
#include "clients/agent/setup_text.h"
#include "support/source_folder.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

std::string Text(const SetupProposal& proposal) {
  return FormatFindings(proposal.findings, proposal.notes) +
         FormatQuestions(proposal.questions);
}

// What a person wrote for the departments in deploy/municipalities is what
// setup proposes for their exports in tests/data.
TEST(SetupExportsTest, ProposesWhatWasWrittenByHandForEveryExport) {
  namespace fs = std::filesystem;
  const fs::path root = SourceFolder();
  int exports = 0;
  for (const char* municipality : {"viborg", "slagelse", "ballerup"}) {
    const fs::path agents =
        root / "deploy/municipalities" / municipality / "agents";
    for (const auto& entry : fs::directory_iterator(agents)) {
      const auto hand = LoadConfig(entry.path().string());
      ASSERT_TRUE(hand.ok()) << hand.status();
      const fs::path sample = root / "tests/data" / municipality /
                              fs::path(hand->proto.source_file()).filename();
      ASSERT_TRUE(fs::exists(sample)) << sample;
      ++exports;
      SetupAnswers answers;
      answers.config = hand->proto;
      answers.config.clear_dialect();
      answers.config.clear_columns();
      answers.config.clear_open_words();
      answers.config.clear_closed_words();
      answers.config.clear_domains();
      answers.config.clear_criteria();
      answers.config.clear_events();
      std::vector<SetupFinding> findings;
      const auto table = OpenSample(sample.string(), kDay, answers, findings);
      ASSERT_TRUE(table.ok()) << table.status();
      SetupProposal proposal = Propose(answers, *table, kDay);
      // Only domains on which municipalities differ, or that no list knows.
      for (const SetupQuestion& question : proposal.questions) {
        ASSERT_TRUE(question.key.starts_with("domain.")) << Text(proposal);
        const v1::Domain domain =
            hand->domains.Find(question.key.substr(7) + ".01");
        ASSERT_TRUE(SetAnswer(question.key,
                              domain == v1::DOMAIN_UNSPECIFIED
                                  ? "-"
                                  : v1::Domain_Name(domain),
                              answers)
                        .ok())
            << question.key;
      }
      proposal = Propose(answers, *table, kDay);
      ASSERT_TRUE(proposal.questions.empty()) << sample << Text(proposal);
      // Codes of criteria are agreed on with a department; no export has them.
      v1::AgentConfig plain = hand->proto;
      plain.mutable_columns()->clear_criteria();
      EXPECT_EQ(proposal.config.columns().DebugString(),
                plain.columns().DebugString())
          << sample;
      EXPECT_EQ(proposal.config.dialect().date_format(),
                hand->proto.dialect().date_format());
      EXPECT_EQ(proposal.config.dialect().delimiter(),
                hand->proto.dialect().delimiter());
      // And it reads the same records, and sets the same rows aside.
      const auto config = ParseConfig(
          FormatConfig(proposal.config, CommentsOf(proposal.findings)),
          "agent.yaml");
      ASSERT_TRUE(config.ok()) << config.status();
      plain.clear_criteria();
      plain.clear_events();
      const auto by_hand = ParseConfig(FormatConfig(plain, {}), "agent.yaml");
      ASSERT_TRUE(by_hand.ok()) << by_hand.status();
      ReadOptions read;
      read.day = kDay;
      const auto mine = ReadExport(sample.string(), *config, read);
      const auto theirs = ReadExport(sample.string(), *by_hand, read);
      ASSERT_TRUE(mine.ok() && theirs.ok()) << mine.status();
      EXPECT_GT(theirs->cases.size(), 20u);
      ASSERT_EQ(mine->cases.size(), theirs->cases.size()) << sample;
      for (std::size_t i = 0; i < mine->cases.size(); ++i) {
        ASSERT_EQ(mine->cases[i].record.DebugString(),
                  theirs->cases[i].record.DebugString());
      }
      EXPECT_EQ(mine->counts.rejected, theirs->counts.rejected) << sample;
    }
  }
  EXPECT_EQ(exports, 12);
}

}  // namespace
}  // namespace samkoer::agent
