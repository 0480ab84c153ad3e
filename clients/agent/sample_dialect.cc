#include "clients/agent/sample_dialect.h"

#include <sodium.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "clients/agent/text_decoder.h"
#include "clients/common/cat.h"
#include "clients/common/csv_reader.h"

namespace samkoer::agent {
namespace {

// Rows whose fields are counted, and bytes they may take.
constexpr std::size_t kRows = 500;
constexpr std::size_t kBytes = 256 * 1024;

// Wipes on the way out.
struct Text {
  std::string text;
  ~Text() { sodium_memzero(text.data(), text.capacity()); }
};

bool IsUtf8(std::string_view bytes) {
  auto decoder = TextDecoder::Create("utf-8");
  Text out;
  return decoder.ok() && decoder->Feed(bytes, out.text).ok();
}

// "utf-16le" or "utf-16be" where every other byte is mostly zero, as in a text
// of mostly ASCII without a mark; "" otherwise.
std::string Utf16WithoutMark(std::string_view bytes) {
  std::size_t even = 0, odd = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    (i % 2 == 0 ? even : odd) += bytes[i] == '\0';
  }
  const std::size_t half = bytes.size() / 2;
  if (half < 4) return "";
  if (odd * 10 >= half * 7 && even * 10 < half) return "utf-16le";
  if (even * 10 >= half * 7 && odd * 10 < half) return "utf-16be";
  return "";
}

// How many fields the first rows have.
std::vector<std::size_t> Widths(std::string_view text,
                                std::string_view delimiter) {
  std::vector<std::size_t> widths;
  auto reader = clients::CsvReader::Create(
      delimiter,
      [&](std::int64_t, std::span<const std::string> fields) -> absl::Status {
        widths.push_back(fields.size());
        return widths.size() < kRows ? absl::OkStatus()
                                     : absl::CancelledError("enough");
      });
  // What comes before an error (the end may be cut off in a quote) counts.
  if (reader.ok() && (*reader)->Feed(text).ok()) {
    (*reader)->Finish().IgnoreError();
  }
  return widths;
}

}  // namespace

FoundEncoding FindEncoding(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    return {"utf-8", "the file begins with its mark"};
  }
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return {"utf-16", "the file begins with its mark"};
  }
  if (const std::string found = Utf16WithoutMark(bytes); !found.empty()) {
    return {found, "every other byte is zero"};
  }
  if (IsUtf8(bytes)) return {"utf-8", "all bytes are UTF-8"};
  // Five bytes stand for nothing in windows-1252.
  const bool control =
      bytes.find_first_of("\x81\x8D\x8F\x90\x9D") != std::string_view::npos;
  return {control ? "iso-8859-1" : "windows-1252", "the bytes are no UTF-8"};
}

FoundDelimiter FindDelimiter(std::string_view bytes,
                             std::string_view encoding) {
  auto decoder = TextDecoder::Create(encoding);
  Text text;
  if (decoder.ok()) {
    // An error ends the text; what came before it counts.
    decoder->Feed(bytes.substr(0, kBytes), text.text).IgnoreError();
  }
  FoundDelimiter best{";", 1, "none stands in the header"};
  double best_share = 0;
  for (const char* delimiter : {";", "\t", ",", "|"}) {
    std::vector<std::size_t> widths = Widths(text.text, delimiter);
    // The last row may be cut short.
    if (widths.size() > 2) widths.pop_back();
    if (widths.empty() || widths.front() < 2) continue;
    const auto equal = static_cast<std::size_t>(
        std::count(widths.begin(), widths.end(), widths.front()));
    const double share =
        static_cast<double>(equal) / static_cast<double>(widths.size());
    // Nine in ten are good enough; beyond that more columns are better.
    const double capped = std::min(share, 0.9);
    if (capped > best_share ||
        (capped == best_share && widths.front() > best.columns)) {
      best_share = capped;
      best = {
          delimiter, widths.front(),
          clients::Cat(equal - 1, " of ", widths.size() - 1,
                       " rows have the header's ", widths.front(), " columns")};
    }
  }
  return best;
}

}  // namespace samkoer::agent
