#include <gtest/gtest.h>

#include <fstream>

#include "clients/agent/cells.h"
#include "clients/agent/export_reader.h"
#include "clients/agent/rejects_file.h"
#include "clients/agent/xlsx_reader.h"
#include "clients/common/cli.h"
#include "tests/clients/agent_samples.h"
#include "tests/clients/agent_workbook.h"

namespace samkoer::agent {
namespace {

// All rows as "LINE:cell|cell\n"; or the error.
std::string ReadRows(std::string_view bytes, std::string_view sheet = "",
                     const ZipLimits& limits = {}) {
  const auto package = ZipPackage::OpenBytes(bytes, limits);
  if (!package.ok()) return std::string(package.status().message());
  const auto pattern = DatePattern::Parse("%d-%m-%Y");
  std::string out;
  const absl::Status status =
      ReadXlsx(**package, sheet, *pattern,
               [&](std::int64_t line, std::span<const std::string> fields) {
                 out += std::to_string(line) + ":";
                 for (const std::string& field : fields) {
                   out += (field == kErrorCell ? "ERROR" : field) + "|";
                 }
                 out += "\n";
                 return absl::OkStatus();
               },
               {});
  if (status.ok()) return out;
  return std::string(status.message()) + " / " + clients::HintOf(status);
}

std::string ReadSheet(std::string_view rows, std::string_view strings = "",
                      bool system_1904 = false) {
  return ReadRows(Packed(SampleWorkbook(rows, strings, system_1904)));
}

TEST(ReadXlsx, EveryTypeOfCell) {
  EXPECT_EQ(
      ReadSheet(
          "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" "
          "t=\"inlineStr\"><is><r><t>To</t></r><r><t> led</t></r></is></c>"
          "<c r=\"C2\"/><c r=\"D2\" t=\"str\"><f>A1</f><v>sum</v></c></row>"
          "<row r=\"5\"><c r=\"A5\"><v>2.04024104E8</v></c><c r=\"B5\" "
          "s=\"1\"><v>46055</v></c><c r=\"C5\" t=\"b\"><v>1</v></c><c "
          "r=\"D5\" t=\"e\"><v>#N/A</v></c></row>"
          "<row r=\"6\"><c r=\"A6\" s=\"3\"><v>204024104</v></c><c r=\"B6\" "
          "s=\"2\"><v>46055.5</v></c><c r=\"C6\" t=\"d\"><v>2026-02-02T00:00"
          "</v></c><c r=\"D6\" s=\"4\"><v>1.5</v></c></row>",
          "<si><t>Sag_x000A_nr</t><rPh sb=\"0\" eb=\"1\"><t>no</t></rPh></si>"),
      "2:Sag\nnr|To led||sum|\n"
      "5:204024104|02-02-2026|1|ERROR|\n"
      "6:0204024104|02-02-2026|02-02-2026|1.5|\n");
}

TEST(ReadXlsx, TheDatesOfTheSystemOf1904) {
  EXPECT_EQ(ReadSheet("<row><c s=\"1\"><v>44593</v></c></row>", "", true),
            "1:02-02-2026|\n");
}

TEST(ReadXlsx, CellsAndRowsWithoutAPlaceFollowTheOnesBefore) {
  EXPECT_EQ(ReadSheet("<row><c><v>1</v></c><c><v>2</v></c></row>"
                      "<row r=\"7\"><c r=\"B7\"><v>3</v></c></row>"
                      "<row><c><v>4</v></c></row>"),
            "1:1|2|\n7:|3|\n8:4||\n");
}

TEST(ReadXlsx, EmptyRowsAreNone) {
  EXPECT_EQ(ReadSheet("<row/><row><c s=\"1\"/></row><row><c><v>1</v></c></row>"
                      "<row><c t=\"inlineStr\"><is><t/></is></c></row>"),
            "3:1|\n");
}

TEST(ReadXlsx, WhatHasNoValueToTrustIsAnErrorCell) {
  EXPECT_EQ(ReadSheet("<row><c><f>A1+1</f><v/></c><c t=\"s\"><v>7</v></c>"
                      "<c><v>1,5</v></c><c t=\"x\"><v>1</v></c><c "
                      "t=\"d\"><v>i gaar</v></c><c><v>1</v></c></row>"),
            "1:ERROR|ERROR|ERROR|ERROR|ERROR|1|\n");
}

TEST(ReadXlsx, TheFirstSheetIsTheFirstThatHasCells) {
  const std::string bytes =
      Packed(SampleWorkbook("<row><c><v>1</v></c></row>"));
  EXPECT_EQ(ReadRows(bytes), "1:1|\n");
  EXPECT_EQ(ReadRows(bytes, " sager "), "1:1|\n");
  EXPECT_EQ(ReadRows(bytes, "Andet"), "");
  EXPECT_EQ(ReadRows(bytes, "Nej"),
            "the workbook has no sheet 'Nej' / it has 'Sager', 'Andet'");
}

TEST(XlsxSheetNames, AreThoseThatHaveCells) {
  const std::string bytes = Packed(SampleWorkbook(""));
  const auto package = ZipPackage::OpenBytes(bytes);
  ASSERT_TRUE(package.ok());
  EXPECT_EQ(*XlsxSheetNames(**package),
            (std::vector<std::string>{"Sager", "Andet"}));
}

TEST(ReadXlsx, WithoutStylesAndStrings) {
  WorkbookParts parts = SampleWorkbook("<row><c><v>1</v></c></row>");
  parts["xl/_rels/workbook.xml.rels"] =
      "<Relationships>" + Relation("s1", "worksheet", "worksheets/sheet1.xml") +
      "</Relationships>";
  EXPECT_EQ(ReadRows(Packed(parts)), "1:1|\n");
}

TEST(ReadXlsx, ADocumentTypeIsRefused) {
  WorkbookParts parts = SampleWorkbook("");
  parts["xl/sharedStrings.xml"] =
      "<!DOCTYPE sst [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
      "\"&a;&a;&a;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]><sst/>";
  EXPECT_EQ(ReadRows(Packed(parts)), "XML with a document type is not read / ");
}

TEST(ReadXlsx, PartsThatUnpackToFarMoreAreRefused) {
  WorkbookParts parts = SampleWorkbook("");
  parts["xl/worksheets/sheet1.xml"] =
      "<worksheet>" + std::string(4 << 20, ' ') + "</worksheet>";
  const std::string bytes = Packed(parts);
  ZipLimits limits;
  EXPECT_EQ(ReadRows(bytes, "", limits), "");
  limits.free_bytes = 1 << 20;
  EXPECT_EQ(
      ReadRows(bytes, "", limits),
      "the workbook is damaged: a part unpacks to more than is allowed / ");
  limits = {};
  limits.part_bytes = 1 << 20;
  EXPECT_EQ(
      ReadRows(bytes, "", limits),
      "the workbook is damaged: a part unpacks to more than is allowed / ");
}

TEST(ReadXlsx, DamagedSheets) {
  const auto has = [](const std::string& rows, std::string_view problem) {
    const std::string got = ReadSheet(rows);
    EXPECT_NE(got.find(problem), std::string::npos) << got;
  };
  has("<row r=\"2\"><c><v>1</v></c></row><row r=\"2\"/>", "out of order");
  has("<row r=\"x\"/>", "out of order");
  has("<row r=\"1048577\"/>", "out of order");
  has("<row><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>",
      "out of order");
  has("<row><c r=\"1\"><v>1</v></c></row>", "without a place");
  has("<row><c r=\"XFD1\"><v>1</v></c></row>", "more than 1000 columns");
  has("<row><c t=\"inlineStr\"><is><t>" + std::string(70000, 'x') +
          "</t></is></c></row>",
      "more than 65536 bytes");
  has("<row><c></row>", "XML, line 1");
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  has(deep, "nested too deep");
}

TEST(ReadXlsx, PackagesThatAreNoWorkbook) {
  EXPECT_NE(ReadRows(Packed({{"a.txt", "x"}})).find("no workbook"),
            std::string::npos);
  WorkbookParts parts = SampleWorkbook("");
  parts.erase("xl/worksheets/sheet1.xml");
  EXPECT_NE(ReadRows(Packed(parts)).find("lacks its sheet"), std::string::npos);
  parts.erase("xl/workbook.xml");
  EXPECT_NE(ReadRows(Packed(parts)).find("no workbook"), std::string::npos);
  EXPECT_NE(ReadRows("PK\x03\x04 no more").find("table of contents"),
            std::string::npos);
}

TEST(ReadXlsx, FilesCutShortAnywhereAreErrorsAndNothingElse) {
  const std::string bytes =
      Packed(SampleWorkbook("<row><c><v>1</v></c></row>"));
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    EXPECT_EQ(ReadRows(bytes.substr(0, size)).find("1:1|"), std::string::npos);
  }
}

// A row of the sample's columns as a workbook has it.
std::string SheetRow(std::string_view cpr, std::string_view ref,
                     std::string_view opened = "<v>46055</v>") {
  return "<row><c>" + std::string(cpr) + "</c><c t=\"inlineStr\"><is><t>" +
         std::string(ref) +
         "</t></is></c><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c "
         "s=\"1\">" +
         std::string(opened) + "</c><c/><c t=\"s\"><v>2</v></c></row>";
}

std::string SheetHeader() {
  std::string row = "<row>";
  for (const char* name :
       {"CPR", "Sag", "Enhed", "KLE", "Fra", "Til", "Status", "Kontakt",
        "Kriterier", "Beskyttet", "Koordinator", "Samtykke", "SagNavn"}) {
    row += std::string("<c t=\"inlineStr\"><is><t>") + name + "</t></is></c>";
  }
  return row + "</row>";
}

TEST(ReadExport, AWorkbookGivesTheSameRecordsAsAText) {
  const TempDir dir;
  std::ofstream(dir.File("e.xlsx"), std::ios::binary) << Packed(SampleWorkbook(
      SheetHeader() + SheetRow("<v>204024104</v>", "S-1") +
          SheetRow("<f>X</f>", "S-2") + SheetRow("<v>1</v>", "S-3"),
      "<si><t>Team Ung</t></si><si><t>27.24.03</t></si><si><t>Åben</t></si>"));
  ReadOptions options;
  options.day = kDay;
  const auto book = ReadExport(dir.File("e.xlsx"), SampleConfig(), options);
  ASSERT_TRUE(book.ok()) << book.status();
  const auto text = ReadSample(Row("020402-4104", "S-1", "Åben", "02-02-2026"),
                               SampleConfig());
  ASSERT_EQ(book->cases.size(), 1u);
  EXPECT_EQ(book->cases[0].record.ShortDebugString(),
            text->cases[0].record.ShortDebugString());
  EXPECT_EQ(book->cases[0].ExposeDigits(), text->cases[0].ExposeDigits());
  EXPECT_EQ(FormatRejects(book->rejects),
            "line,reason\n3,error_cell\n4,unreadable\n");
  EXPECT_EQ(book->counts.padded, 1u);
}

TEST(ReadExport, AnErrorInAColumnThatNobodyReadsDoesNotMatter) {
  const TempDir dir;
  const std::string row = SheetRow("<v>204024104</v>", "S-1");
  std::ofstream(dir.File("e.xlsx"), std::ios::binary) << Packed(SampleWorkbook(
      SheetHeader() + row.substr(0, row.size() - 6) +
          "<c r=\"M2\" t=\"e\"><v>#REF!</v></c></row>",
      "<si><t>Team Ung</t></si><si><t>27.24.03</t></si><si><t>Åben</t></si>"));
  ReadOptions options;
  options.day = kDay;
  const auto book = ReadExport(dir.File("e.xlsx"), SampleConfig(), options);
  ASSERT_TRUE(book.ok()) << book.status();
  EXPECT_EQ(book->cases.size(), 1u);
}

TEST(ReadExport, OldWorkbooksAndOnesWithAPasswordAreNamed) {
  const TempDir dir;
  std::ofstream(dir.File("e.xls"), std::ios::binary)
      << "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on";
  ReadOptions options;
  options.day = kDay;
  const auto book = ReadExport(dir.File("e.xls"), SampleConfig(), options);
  ASSERT_FALSE(book.ok());
  EXPECT_NE(book.status().message().find("old workbook"), std::string::npos);
  EXPECT_NE(clients::HintOf(book.status()).find(".xlsx"), std::string::npos);
}

}  // namespace
}  // namespace samkoer::agent
