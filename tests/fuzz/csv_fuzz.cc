// Export files as bytes, in any encoding: never a crash, bounded memory, and
// the pieces in which a file is read do not change what is read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "clients/agent/text_decoder.h"
#include "clients/common/csv_reader.h"

namespace {

// All rows as one text, or "error".
std::string ReadIn(std::string_view encoding, std::string_view delimiter,
                   std::string_view bytes, std::size_t piece) {
  std::string rows;
  auto decoder = samkoer::agent::TextDecoder::Create(encoding);
  auto reader = samkoer::clients::CsvReader::Create(
      delimiter, [&](std::int64_t line, std::span<const std::string> fields) {
        rows += std::to_string(line);
        for (const std::string& field : fields) rows += '\x1e' + field;
        rows += '\x1d';
        return absl::OkStatus();
      });
  if (!decoder.ok() || !reader.ok()) std::abort();
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    std::string text;
    if (!decoder->Feed(bytes.substr(at, piece), text).ok() ||
        !(*reader)->Feed(text).ok()) {
      return "error";
    }
  }
  std::string text;
  if (!decoder->Finish(text).ok() || !(*reader)->Feed(text).ok() ||
      !(*reader)->Finish().ok()) {
    return "error";
  }
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2) return 0;
  constexpr std::string_view kEncodings[] = {
      "utf-8", "windows-1252", "iso-8859-1", "utf-16", "utf-16le", "utf-16be"};
  constexpr std::string_view kDelimiters[] = {";", ",", "\t", "\xC2\xA7"};
  const std::string_view encoding = kEncodings[data[0] % 6];
  const std::string_view delimiter = kDelimiters[data[0] / 6 % 4];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2,
                               size - 2);
  const std::string whole =
      ReadIn(encoding, delimiter, bytes, bytes.size() + 1);
  const std::string pieces =
      ReadIn(encoding, delimiter, bytes, 1 + data[1] % 16);
  if (whole != pieces) std::abort();
  return 0;
}
