// Makes workbooks for tests, byte by byte: what a program of an office suite
// writes, and what none ever would.
#ifndef SAMKOER_TESTS_CLIENTS_AGENT_WORKBOOK_H_
#define SAMKOER_TESTS_CLIENTS_AGENT_WORKBOOK_H_

#include <zip.h>

#include <map>
#include <string>
#include <string_view>

namespace samkoer::agent {

// The parts of a package, by name.
using WorkbookParts = std::map<std::string, std::string>;

inline constexpr std::string_view kRelationTypes =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

inline std::string Relation(std::string_view id, std::string_view type,
                            std::string_view target) {
  return std::string("<Relationship Id=\"")
      .append(id)
      .append("\" Type=\"")
      .append(kRelationTypes)
      .append(type)
      .append("\" Target=\"")
      .append(target)
      .append("\"/>");
}

// A workbook with the sheets "Vejledning" (a chart's page), "Sager" and "Andet"
// (empty). `rows` is what stands in sheetData of "Sager"; `strings` the shared
// strings' <si> elements. Styles: 0 plain, 1 a built-in date, 2 "dd-mm-yyyy",
// 3 "0000000000", 4 "0.00".
inline WorkbookParts SampleWorkbook(std::string_view rows,
                                    std::string_view strings = "",
                                    bool system_1904 = false) {
  WorkbookParts parts;
  parts["_rels/.rels"] = "<Relationships>" +
                         Relation("r1", "officeDocument", "xl/workbook.xml") +
                         "</Relationships>";
  parts["xl/workbook.xml"] =
      std::string(
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?><x:workbook "
          "xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/"
          "main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/"
          "2006/relationships\"><x:workbookPr") +
      (system_1904 ? " date1904=\"1\"" : "") +
      "/><x:sheets><x:sheet name=\"Vejledning\" sheetId=\"1\" r:id=\"s0\"/>"
      "<x:sheet name=\"Sager\" sheetId=\"2\" r:id=\"s1\"/>"
      "<x:sheet name=\"Andet\" sheetId=\"3\" r:id=\"s2\"/></x:sheets>"
      "</x:workbook>";
  parts["xl/_rels/workbook.xml.rels"] =
      "<Relationships>" +
      Relation("s0", "chartsheet", "chartsheets/sheet1.xml") +
      Relation("s1", "worksheet", "worksheets/sheet1.xml") +
      Relation("s2", "worksheet", "/xl/worksheets/sheet2.xml") +
      Relation("st", "styles", "styles.xml") +
      Relation("ss", "sharedStrings", "sharedStrings.xml") + "</Relationships>";
  parts["xl/styles.xml"] =
      "<styleSheet><numFmts><numFmt numFmtId=\"164\" "
      "formatCode=\"dd\\-mm\\-yyyy\"/><numFmt numFmtId=\"165\" "
      "formatCode=\"0000000000\"/></numFmts><cellStyleXfs><xf "
      "numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf "
      "numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf "
      "numFmtId=\"2\"/></cellXfs></styleSheet>";
  parts["xl/sharedStrings.xml"] =
      std::string("<sst>").append(strings).append("</sst>");
  parts["xl/worksheets/sheet1.xml"] = std::string("<worksheet><sheetData>")
                                          .append(rows)
                                          .append("</sheetData></worksheet>");
  parts["xl/worksheets/sheet2.xml"] = "<worksheet><sheetData/></worksheet>";
  return parts;
}

// The package's bytes, compressed.
inline std::string Packed(const WorkbookParts& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(target);
  zip_t* archive = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  for (const auto& [name, text] : parts) {
    zip_file_add(archive, name.c_str(),
                 zip_source_buffer(archive, text.data(), text.size(), 0),
                 ZIP_FL_ENC_UTF_8);
  }
  zip_close(archive);
  zip_error_fini(&error);
  zip_source_open(target);
  zip_source_seek(target, 0, SEEK_END);
  std::string bytes(static_cast<std::size_t>(zip_source_tell(target)), '\0');
  zip_source_seek(target, 0, SEEK_SET);
  zip_source_read(target, bytes.data(), bytes.size());
  zip_source_close(target);
  zip_source_free(target);
  return bytes;
}

}  // namespace samkoer::agent

#endif  // SAMKOER_TESTS_CLIENTS_AGENT_WORKBOOK_H_
