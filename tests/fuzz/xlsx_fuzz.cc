// Workbooks as bytes, and sheets, strings and styles inside a sound package:
// never a crash, bounded memory.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "clients/agent/xlsx_reader.h"
#include "clients/agent/xlsx_sheet.h"
#include "clients/agent/zip_package.h"

namespace {

using namespace samkoer::agent;

const DatePattern& Pattern() {
  static const DatePattern pattern = *DatePattern::Parse("%Y-%m-%d");
  return pattern;
}

absl::Status Ignore(std::int64_t, std::span<const std::string>) {
  return absl::OkStatus();
}

void Feed(XmlHandler& handler, std::string_view xml) {
  XmlReader reader(handler);
  if (reader.Feed(xml).ok()) (void)reader.Finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ZipLimits limits;
  limits.part_bytes = limits.free_bytes = 1 << 20;
  if (const auto package = ZipPackage::OpenBytes(bytes, limits); package.ok()) {
    (void)ReadXlsx(**package, "", Pattern(), Ignore, {});
  }
  // Strings, styles and rows, separated by zero bytes.
  const std::size_t first = bytes.find('\0');
  if (first == std::string_view::npos) return 0;
  const std::size_t second = bytes.find('\0', first + 1);
  if (second == std::string_view::npos) return 0;
  XlsxStrings strings;
  XlsxStyles styles;
  Feed(strings, bytes.substr(0, first));
  Feed(styles, bytes.substr(first + 1, second - first - 1));
  const RowSink sink = Ignore;
  XlsxSheet sheet(strings, styles, size % 2 == 0, Pattern(), sink);
  Feed(sheet, bytes.substr(second + 1));
  return 0;
}
