#include <gtest/gtest.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <fstream>
#include <sstream>

#include "clients/agent/export_reader.h"
#include "clients/agent/preview.h"
#include "clients/agent/rejects_file.h"
#include "clients/agent/summary.h"
#include "clients/common/cli.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

// Everything of an export that a test can compare.
std::string Digest(const Export& data) {
  std::string out;
  for (const CleanCase& one : data.cases) {
    out.append(one.ExposeDigits()).append(" ");
    out += one.record.ShortDebugString() + "\n";
  }
  for (const std::string& ref : data.filtered_refs) out += "gone " + ref + "\n";
  return out + FormatRejects(data.rejects);
}

std::string Read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(ParseExport, CountsEachRowOnce) {
  const auto data = ReadSample(
      Row(kCprA, "S-1") + Row(kCprB, "S-2") + Row(kCprB, "S-2") +
          Row("000000-0000", "S-3") + Row("12345", "S-4") + Row(kCprC, "") +
          Row(kCprC, "S-6", "Afsluttet") + Row(kCprOld, "S-7") +
          Row(kCprC, "S-8", "Åben", "01-02-2026", "", "15.20.00") +
          "kort;række\n",
      SampleConfig());
  ASSERT_TRUE(data.ok()) << data.status();
  const ExportCounts& counts = data->counts;
  EXPECT_EQ(counts.rows, 10u);
  EXPECT_EQ(data->cases.size(), 2u);
  EXPECT_EQ(counts.merged, 1u);
  EXPECT_EQ(counts.RejectedTotal(), 4u);
  EXPECT_EQ(counts.FilteredTotal(), 3u);
  EXPECT_DOUBLE_EQ(counts.RejectedPercent(), 40.0);
  EXPECT_EQ(FormatRejects(data->rejects),
            "line,reason\n5,placeholder\n6,unreadable\n7,no_ref\n11,columns\n");
  EXPECT_EQ(counts.rows, data->cases.size() + counts.merged +
                             counts.RejectedTotal() + counts.FilteredTotal());
}

TEST(ParseExport, TheSameTableInEveryDialectGivesTheSameRecords) {
  const std::string table =
      std::string(kSampleHeader) + Row(kCprA, "S-1") +
      Row(kCprB, "S-2", "Åben", "01-02-2026", "NULL", "27.24.90", "Børn & Ø") +
      Row("670304-1234", "S-3") + Row(kCprC, "S-4", "ÅBEN");
  const auto plain = ParseExport(table, "t", SampleConfig(), NumberMap(),
                                 nullptr, kDay, v1::PUSH_KIND_SNAPSHOT);
  ASSERT_TRUE(plain.ok()) << plain.status();
  const std::string expected = Digest(*plain);
  EXPECT_NE(expected.find("DOMAIN_SOCIAL"), std::string::npos);
  ASSERT_EQ(plain->cases.size(), 3u);
  const struct {
    const char* name;    // in the configuration
    const char* icu;     // how the test encodes
    const char* prefix;  // byte order mark
  } encodings[] = {{"utf-8", "utf-8", ""},
                   {"utf-8", "utf-8", "\xEF\xBB\xBF"},
                   {"windows-1252", "windows-1252", ""},
                   {"iso-8859-1", "iso-8859-1", ""},
                   {"utf-16le", "utf-16le", ""},
                   {"utf-16be", "utf-16be", ""},
                   {"utf-16", "utf-16le", "\xFF\xFE"},
                   {"utf-16", "utf-16be", "\xFE\xFF"}};
  for (const auto& encoding : encodings) {
    for (const char* delimiter : {";", ",", "\\t", "|"}) {
      for (const bool quoted : {false, true}) {
        for (const char* end : {"\n", "\r\n"}) {
          const char actual = delimiter[0] == '\\' ? '\t' : delimiter[0];
          std::string text;
          if (quoted) text += '"';
          for (char c : table) {
            if (c == ';') {
              text += quoted ? std::string("\"") + actual + "\""
                             : std::string(1, actual);
            } else if (c == '\n') {
              text += (quoted ? "\"" : "") + std::string(end) +
                      (quoted ? "\"" : "");
            } else {
              text += c;
            }
          }
          if (quoted) text.pop_back();
          UErrorCode error = U_ZERO_ERROR;
          const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(text);
          UConverter* converter = ucnv_open(encoding.icu, &error);
          std::string bytes(static_cast<std::size_t>(wide.length()) * 4, '\0');
          bytes.resize(static_cast<std::size_t>(ucnv_fromUChars(
              converter, bytes.data(), static_cast<int32_t>(bytes.size()),
              wide.getBuffer(), wide.length(), &error)));
          ucnv_close(converter);
          ASSERT_TRUE(U_SUCCESS(error));
          const std::string prefix(encoding.prefix,
                                   std::string_view(encoding.prefix).size());
          const Config config = SampleConfig(Replaced(
              Replaced(kSampleConfig, "delimiter: \";\"",
                       std::string("delimiter: \"") + delimiter + "\""),
              "encoding: utf-8", std::string("encoding: ") + encoding.name));
          const auto data =
              ParseExport(prefix + bytes, "t", config, NumberMap(), nullptr,
                          kDay, v1::PUSH_KIND_SNAPSHOT);
          ASSERT_TRUE(data.ok()) << encoding.name << delimiter << data.status();
          EXPECT_EQ(Digest(*data), expected)
              << encoding.name << " " << delimiter << " " << quoted;
        }
      }
    }
  }
}

TEST(ParseExport, ADeltaNamesTheReferencesThatMayNoLongerBeSent) {
  const auto data = ReadSample(
      Row(kCprOld, "S-1") + Row(kCprA, "S-2", "Afsluttet") +
          // One sibling is too old: the case stays for the other.
          Row(kCprOld, "S-3") + Row(kCprB, "S-3") + Row(kCprOld, "S-1") +
          Row(kCprC, "S-0", "Åben", "01-02-2026", "", "15.20.00"),
      SampleConfig(), v1::PUSH_KIND_DELTA);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->filtered_refs, (std::vector<std::string>{"S-0", "S-1"}));
  EXPECT_EQ(data->cases.size(), 2u);
}

TEST(ParseExport, ASnapshotNamesNoReferencesOfFilteredRows) {
  const auto data = ReadSample(Row(kCprOld, "S-1"), SampleConfig());
  EXPECT_TRUE(data->filtered_refs.empty());
}

TEST(ParseExport, ErrorsNameTheFileAndTheLine) {
  const auto data = ReadSample(Row(kCprA, "S-1") + "\"x\n", SampleConfig());
  ASSERT_FALSE(data.ok());
  EXPECT_EQ(data.status().message(),
            "eksport.csv: a quoted field in the row that begins on line 3 does "
            "not end");
}

TEST(ParseExport, AnEmptyFileIsAnErrorAndAHeaderAloneIsNot) {
  EXPECT_FALSE(ParseExport("", "t", SampleConfig(), NumberMap(), nullptr, kDay,
                           v1::PUSH_KIND_SNAPSHOT)
                   .ok());
  const auto data = ReadSample("", SampleConfig());
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->counts.rows, 0u);
  EXPECT_DOUBLE_EQ(data->counts.RejectedPercent(), 0);
}

TEST(ReadExport, FilesThatAreLongerThanAPiece) {
  const TempDir dir;
  std::ofstream out(dir.File("e.csv"));
  out << kSampleHeader;
  // Many rows of one case: a person with as many cases would be set aside.
  for (int i = 0; i < 20000; ++i)
    out << Row(kCprA, "S-" + std::to_string(i % 200));
  out.close();
  std::uint64_t last = 0;
  ReadOptions options;
  options.day = kDay;
  options.progress = [&](std::uint64_t done, std::uint64_t) { last = done; };
  const auto data = ReadExport(dir.File("e.csv"), SampleConfig(), options);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->counts.rows, 20000u);
  EXPECT_EQ(data->cases.size(), 200u);
  EXPECT_EQ(last, std::filesystem::file_size(dir.File("e.csv")));
}

TEST(ParseExport, ANumberThatStandsWhereNoneIsKnownIsSetAsideWithAllItsRows) {
  std::string rows = Row(kCprB, "T-1");
  for (int i = 0; i < 201; ++i) rows += Row(kCprA, "S-" + std::to_string(i));
  rows += "short\n";
  const auto data = ReadSample(rows, SampleConfig());
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_EQ(data->cases.size(), 1u);
  EXPECT_EQ(data->cases[0].record.case_ref(), "T-1");
  ASSERT_EQ(data->rejects.size(), 202u);
  EXPECT_EQ(data->rejects.front(), (Reject{3, RejectReason::kTooManyCases}));
  EXPECT_EQ(data->rejects.back(), (Reject{204, RejectReason::kColumns}));
}

TEST(ReadExport, FilesThatCannotBeRead) {
  const TempDir dir;
  const Config config = SampleConfig();
  ReadOptions options;
  options.day = kDay;
  EXPECT_TRUE(absl::IsNotFound(
      ReadExport(dir.File("no.csv"), config, options).status()));
  EXPECT_FALSE(ReadExport(dir.path(), config, options).ok());
}

TEST(WriteRejects, TheFileIsTheOwnersAloneAndReplaced) {
  const TempDir dir;
  const std::string path = dir.File("rejects.csv");
  const std::vector<Reject> rejects = {{7, RejectReason::kFuture}};
  ASSERT_TRUE(WriteRejects(path, rejects).ok());
  EXPECT_EQ(Read(path), "line,reason\n7,future\n");
  EXPECT_EQ(
      std::filesystem::status(path).permissions(),
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  ASSERT_TRUE(WriteRejects(path, {}).ok());
  EXPECT_EQ(Read(path), "line,reason\n");
}

class OutputTest : public ::testing::Test {
 protected:
  OutputTest() {
    data_ = *ReadSample(Row(kCprA, "S-1\xC2\x9B") + Row(kCprA, "S-9") +
                            Row(kCprD, "S-1", "Hvad"),
                        SampleConfig());
    summary_.department = "familie";
    summary_.day = "2026-11-02";
    summary_.counts = data_.counts;
    summary_.records = data_.cases.size();
    summary_.people = 1;
    summary_.rejects_limit_percent = 66;
  }
  Export data_;
  Summary summary_;
};

TEST_F(OutputTest, NothingOfACprNumberNorATitleIsShown) {
  summary_.push.emplace();
  const std::string all = FormatSummary(summary_) + SummaryJson(summary_) +
                          FormatPreview(data_.cases) + PreviewJson(data_.cases);
  for (const char* secret : {"020402", "4104", "210801", "9070", "Asta"}) {
    EXPECT_EQ(all.find(secret), std::string::npos) << secret;
  }
  EXPECT_NE(all.find("(64 bytes)"), std::string::npos);
  EXPECT_NE(all.find("S-9"), std::string::npos);
}

TEST_F(OutputTest, ThePreviewShowsEveryFieldOfTheContract) {
  const std::string text = FormatPreview(data_.cases);
  const auto& descriptor = *v1::CaseRecord::descriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    EXPECT_NE(text.find(descriptor.field(i)->name()), std::string::npos);
  }
}

TEST_F(OutputTest, TheLimitIsAShareOfAllRows) {
  // Two of three rows.
  summary_.rejects_limit_percent = 67;
  EXPECT_FALSE(summary_.OverLimit());
  summary_.rejects_limit_percent = 66;
  EXPECT_TRUE(summary_.OverLimit());
  summary_.counts.rows = 0;
  EXPECT_FALSE(summary_.OverLimit());
}

}  // namespace
}  // namespace samkoer::agent
