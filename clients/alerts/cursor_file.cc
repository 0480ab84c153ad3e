#include "clients/alerts/cursor_file.h"

#include <algorithm>
#include <charconv>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/private_file.h"

namespace samkoer::clients {
namespace {

constexpr std::string_view kHeader = "samkoer-alerts cursor 1\n";

}  // namespace

std::string FormatCursor(std::uint64_t sequence) {
  return Cat(kHeader, sequence, "\n");
}

absl::StatusOr<std::uint64_t> ParseCursor(std::string_view text) {
  if (text.starts_with(kHeader) && text.ends_with('\n')) {
    text.remove_prefix(kHeader.size());
    text.remove_suffix(std::min<std::size_t>(text.size(), 1));
    std::uint64_t sequence = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, sequence);
    if (parsed.ec == std::errc() && parsed.ptr == end) return sequence;
  }
  return absl::InvalidArgumentError("not a cursor of samkoer-alerts");
}

absl::StatusOr<std::uint64_t> CursorFile::Load() const {
  absl::StatusOr<std::string> text = ReadSmallFile(path_, 256);
  if (absl::IsNotFound(text.status())) return 0;
  if (!text.ok()) return text.status();
  absl::StatusOr<std::uint64_t> sequence = ParseCursor(*text);
  if (sequence.ok()) return sequence;
  return absl::InvalidArgumentError(
      Cat(path_, ": ", sequence.status().message()));
}

absl::Status CursorFile::Save(std::uint64_t sequence) const {
  return WritePrivateFile(path_, FormatCursor(sequence));
}

}  // namespace samkoer::clients
