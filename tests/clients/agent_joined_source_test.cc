#include <gtest/gtest.h>

#include <fstream>
#include <utility>

#include "clients/agent/cells.h"
#include "clients/agent/export_reader.h"
#include "clients/agent/file_source.h"
#include "clients/agent/joined_source.h"
#include "clients/agent/rejects_file.h"
#include "clients/common/cli.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

// Rows of a text in memory.
class TextSource final : public RowSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {
    dialect_.set_delimiter(";");
  }
  absl::Status Read(const RowSink& sink, const ReadProgress&) override {
    return ReadTextRows(text_, "t.csv", dialect_, sink);
  }

 private:
  std::string text_;
  v1::CsvDialect dialect_;
};

JoinSpec Join(std::string text, std::string key, std::string file_key,
              bool optional = false) {
  JoinSpec join;
  join.source = std::make_unique<TextSource>(std::move(text));
  join.place = "joined[0]";
  join.key = std::move(key);
  join.file_key = std::move(file_key);
  join.optional = optional;
  return join;
}

template <typename... Joins>
std::string ReadRows(std::string main, std::vector<std::string> wanted,
                     Joins... joins) {
  std::vector<JoinSpec> all;
  (all.push_back(std::move(joins)), ...);
  const auto source =
      MakeJoinedSource(std::make_unique<TextSource>(std::move(main)),
                       std::move(all), std::move(wanted));
  std::string out;
  const absl::Status status = source->Read(
      [&](std::int64_t line, std::span<const std::string> fields) {
        out += std::to_string(line) + ":";
        for (const std::string& field : fields) {
          out += field == kMissingKeyCell    ? "MISSING"
                 : field == kRepeatedKeyCell ? "REPEATED"
                 : field == kErrorCell       ? "ERROR"
                                             : field;
          out += "|";
        }
        out += "\n";
        return absl::OkStatus();
      },
      {});
  return status.ok() ? out : std::string(status.message());
}

TEST(JoinedSource, RowsGetTheColumnsThatAreWanted) {
  EXPECT_EQ(ReadRows("Sag;Borger\nS-1;7\nS-2;8\n", {"Sag", "CPR"},
                     Join("Id;Navn;CPR\n7;Asta;x\n 8 ;Bo;y\n", "Borger", "Id")),
            "1:Sag|Borger|CPR|\n2:S-1|7|x|\n3:S-2|8|y|\n");
}

TEST(JoinedSource, MissingAndRepeatedKeysAreMarked) {
  const std::string file = "Id;CPR\n7;x\n8;y\n8;y\n;z\n";
  EXPECT_EQ(ReadRows("Sag;Id\nS-1;7\nS-2;8\nS-3;9\nS-4;\n", {"CPR"},
                     Join(file, "Id", "Id")),
            "1:Sag|Id|CPR|\n2:S-1|7|x|\n3:S-2|8|REPEATED|\n4:S-3|9|MISSING|\n"
            "5:S-4||MISSING|\n");
  EXPECT_EQ(
      ReadRows("Sag;Id\nS-2;8\nS-3;9\n", {"CPR"}, Join(file, "Id", "Id", true)),
      "1:Sag|Id|CPR|\n2:S-2|8|REPEATED|\n3:S-3|9||\n");
}

TEST(JoinedSource, AFileIsFoundByAColumnOfTheOneBefore) {
  EXPECT_EQ(ReadRows("Sag;Id\nS-1;7\nS-2;9\n", {"CPR", "Team"},
                     Join("Id;CPR;Kreds\n7;x;K\n", "Id", "Id"),
                     Join("Kreds;Team\nK;Ung\n", "Kreds", "Kreds")),
            "1:Sag|Id|CPR|Kreds|Team|\n2:S-1|7|x|K|Ung|\n"
            "3:S-2|9|MISSING|MISSING|MISSING|\n");
}

TEST(JoinedSource, RowsCutShort) {
  EXPECT_EQ(ReadRows("Sag;Id\nS-1\nS-2;7;;\nS-3;7;8\n", {"CPR"},
                     Join("Id;A;CPR\n7\n", "Id", "Id")),
            "1:Sag|Id|CPR|\n2:S-1|\n3:S-2|7|ERROR|\n4:S-3|\n");
}

TEST(JoinedSource, KeysThatAHeaderDoesNotHave) {
  EXPECT_NE(ReadRows("Sag;Id\n", {"CPR"}, Join("Id;CPR\n", "Borger", "Id"))
                .find("joined[0].key"),
            std::string::npos);
  EXPECT_NE(ReadRows("Sag;Id\n", {"CPR"}, Join("Id;CPR\n", "Id", "Nr"))
                .find("'Nr' (joined[0].file_key)"),
            std::string::npos);
  EXPECT_NE(ReadRows("Sag;Id\n", {"CPR"}, Join("Id;Navn\n", "Id", "Id"))
                .find("adds nothing"),
            std::string::npos);
}

TEST(ReadExport, PersonsAndCasesInFilesOfTheirOwn) {
  const TempDir dir;
  std::ofstream(dir.File("personer.csv"))
      << "BorgerId;CPR;Navn\n1;020402-4104;Asta\n2;150810-9838;Bo\n3;"
         "100697-2629;C\n3;210801-9070;D\n";
  std::ofstream(dir.File("sager.csv"))
      << "Sag;Borger;Enhed;KLE;Fra;Til;Status\n"
         "S-1;1;Team Ung;27.24.03;01-02-2026;;Åben\n"
         "S-2;2;Team Ung;27.24.03;01-02-2026;;Åben\n"
         "S-3;3;Team Ung;27.24.03;01-02-2026;;Åben\n"
         "S-4;4;Team Ung;27.24.03;01-02-2026;;Åben\n";
  const std::string columns =
      "  contact: Kontakt\n  criteria: Kriterier\n"
      "  protected_identity: Beskyttet\n  coordinator_exists: Koordinator\n"
      "  consent: Samtykke\n";
  const Config config =
      SampleConfig(Replaced(kSampleConfig, columns, "") +
                   "joined: [{file: " + dir.File("personer.csv") +
                   ", key: Borger, file_key: BorgerId}]\n");
  ReadOptions options;
  options.day = kDay;
  const auto data = ReadExport(dir.File("sager.csv"), config, options);
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_EQ(data->cases.size(), 2u);
  EXPECT_EQ(data->cases[1].ExposeDigits(), "1508109838");
  EXPECT_EQ(FormatRejects(data->rejects),
            "line,reason\n4,key_repeated\n5,key_missing\n");
  std::filesystem::remove(dir.File("personer.csv"));
  EXPECT_TRUE(absl::IsNotFound(
      ReadExport(dir.File("sager.csv"), config, options).status()));
}

}  // namespace
}  // namespace samkoer::agent
