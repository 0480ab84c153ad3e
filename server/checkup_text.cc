#include "server/checkup_text.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "crypto/base64.h"

namespace samkoer::server {
namespace {

// Without the quotes' meaning: what JSON's strings need.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<std::uint8_t>(c) < 0x20) {
      absl::StrAppendFormat(&quoted, "\\u%04x", static_cast<std::uint8_t>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace

std::string HeldText(const CheckupResult& result) {
  std::string text = absl::StrCat("a log of ", result.log_size, " leaves");
  for (const auto& [what, count] : result.findings.held()) {
    absl::StrAppend(&text, ", ", count, " ", what);
  }
  return text;
}

std::string CheckupText(const CheckupResult& result,
                        const std::string& data_dir) {
  std::string text;
  for (const storage::Finding& finding : result.findings.kept()) {
    absl::StrAppend(&text, finding.place, ": ", finding.problem,
                    "\n  remedy: ", finding.remedy, "\n");
  }
  const std::uint64_t untold =
      result.findings.count() - result.findings.kept().size();
  if (untold != 0) absl::StrAppend(&text, "and ", untold, " more\n");
  absl::StrAppend(&text, data_dir, ": ", result.values, " values, ",
                  HeldText(result), ": ");
  if (result.findings.count() == 0) return text + "in order\n";
  absl::StrAppend(&text, result.findings.count(),
                  result.findings.count() == 1 ? " finding\n" : " findings\n");
  return text;
}

std::string CheckupJson(const CheckupResult& result,
                        const std::string& data_dir) {
  std::string json = absl::StrCat(
      "{\"data_dir\":", Quoted(data_dir), ",\"values\":", result.values,
      ",\"log_size\":", result.log_size,
      ",\"log_root\":", Quoted(crypto::EncodeBase64(result.log_root)),
      ",\"held\":{");
  bool first = true;
  for (const auto& [what, count] : result.findings.held()) {
    absl::StrAppend(&json, first ? "" : ",", Quoted(what), ":", count);
    first = false;
  }
  absl::StrAppend(&json, "},\"finding_count\":", result.findings.count(),
                  ",\"findings\":[");
  first = true;
  for (const storage::Finding& finding : result.findings.kept()) {
    absl::StrAppend(&json, first ? "" : ",",
                    "{\"place\":", Quoted(finding.place),
                    ",\"problem\":", Quoted(finding.problem),
                    ",\"remedy\":", Quoted(finding.remedy), "}");
    first = false;
  }
  return json + "]}\n";
}

}  // namespace samkoer::server
