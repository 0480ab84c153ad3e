#include "clients/common/csv_reader.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace samkoer::clients {
namespace {

using Fields = std::vector<std::string>;
using Rows = std::vector<std::pair<std::int64_t, Fields>>;

absl::StatusOr<Rows> Read(std::string_view text,
                          std::string_view delimiter = ";",
                          std::size_t piece = 100000) {
  Rows rows;
  auto reader = CsvReader::Create(
      delimiter, [&](std::int64_t line, std::span<const std::string> fields) {
        rows.emplace_back(line, Fields(fields.begin(), fields.end()));
        return absl::OkStatus();
      });
  if (!reader.ok()) return reader.status();
  for (std::size_t at = 0; at < text.size(); at += piece) {
    absl::Status status = (*reader)->Feed(text.substr(at, piece));
    if (!status.ok()) return status;
  }
  absl::Status status = (*reader)->Finish();
  if (!status.ok()) return status;
  return rows;
}

TEST(CsvReader, RowsWithTheNumbersOfTheirFirstLines) {
  const Rows expected = {{1, {"a", "b"}},
                         {2, {"1", "x\r\ny\r\nz"}},
                         {6, {"2", "say \"hi\""}},
                         {7, {"3", ""}}};
  const std::string_view text =
      "a;b\r\n1;\"x\r\ny\r\nz\"\r\n\r\n2;\"say \"\"hi\"\"\"\r\n3;";
  for (std::size_t piece : {1u, 2u, 5u, 1000u}) {
    EXPECT_EQ(*Read(text, ";", piece), expected) << piece;
  }
}

TEST(CsvReader, AllLineEndsCountAlike) {
  for (std::string_view end : {"\n", "\r\n", "\r"}) {
    std::string text;
    for (std::string_view line : {"a;b", "c;d", "", "e;f"}) {
      text.append(line).append(end);
    }
    const Rows expected = {{1, {"a", "b"}}, {2, {"c", "d"}}, {4, {"e", "f"}}};
    for (std::size_t piece : {1u, 3u, 1000u}) {
      EXPECT_EQ(*Read(text, ";", piece), expected);
    }
  }
}

TEST(CsvReader, AnyOneCharacterSeparates) {
  for (std::string_view delimiter : {",", ";", "\t", "|", "§", "‖", "\x1f"}) {
    const std::string text = std::string("a") + std::string(delimiter) + "\"b" +
                             std::string(delimiter) + "c\"\n";
    const Rows expected = {{1, {"a", "b" + std::string(delimiter) + "c"}}};
    for (std::size_t piece : {1u, 2u, 1000u}) {
      EXPECT_EQ(*Read(text, delimiter, piece), expected) << delimiter;
    }
  }
}

TEST(CsvReader, WhatCannotSeparate) {
  for (std::string_view delimiter : {"", ";;", "\"", "\n", "\r", "\xFF"}) {
    EXPECT_FALSE(CsvReader::Create(delimiter, nullptr).ok()) << delimiter;
  }
}

TEST(CsvReader, QuotesInsideAnUnquotedFieldAreText) {
  EXPECT_EQ(*Read("Sag \"Nord\";x\n"), (Rows{{1, {"Sag \"Nord\"", "x"}}}));
}

TEST(CsvReader, SpacesAroundAnUnquotedFieldGo) {
  EXPECT_EQ(*Read(" a ; b\n"), (Rows{{1, {"a", "b"}}}));
}

TEST(CsvReader, AQuoteThatIsNeverClosedNamesItsRow) {
  const auto rows = Read("a;b\n1;2\n3;\"4\n5;6\n");
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.status().message(),
            "a quoted field in the row that begins on line 3 does not end");
}

TEST(CsvReader, TheLastRowNeedsNoLineEnd) {
  EXPECT_EQ(*Read("a;b\n1;\"2\""), (Rows{{1, {"a", "b"}}, {2, {"1", "2"}}}));
  EXPECT_FALSE(Read("a;b\n1;\"2").ok());
  EXPECT_FALSE(Read("\"").ok());
}

TEST(CsvReader, AQuoteThatIsNeverClosedDoesNotSwallowTheFile) {
  std::string text = "a;\"b\n";
  for (int i = 0; i < 5000; ++i) text += "1;2\n";
  text += "\"\n";
  const auto rows = Read(text);
  ASSERT_FALSE(rows.ok());
  EXPECT_NE(rows.status().message().find("line 1 "), absl::string_view::npos);
}

TEST(CsvReader, AFieldThatIsTooLong) {
  const auto rows = Read("a\n" + std::string(kMaxFieldBytes + 1, 'x') + "\n");
  ASSERT_FALSE(rows.ok());
  EXPECT_NE(rows.status().message().find("line 2 "), absl::string_view::npos);
  EXPECT_TRUE(Read(std::string(kMaxFieldBytes, 'x')).ok());
}

TEST(CsvReader, TooManyColumns) {
  EXPECT_FALSE(Read(std::string(kMaxColumns, ';') + "\n").ok());
  EXPECT_TRUE(Read(std::string(kMaxColumns - 1, ';') + "\n").ok());
}

TEST(CsvReader, TheSinksErrorEndsTheReading) {
  int calls = 0;
  auto reader =
      CsvReader::Create(";", [&](std::int64_t, std::span<const std::string>) {
        ++calls;
        return absl::AbortedError("enough");
      });
  EXPECT_EQ((*reader)->Feed("a\nb\nc\n").message(), "enough");
  EXPECT_EQ((*reader)->Feed("d\n").message(), "enough");
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace samkoer::clients
