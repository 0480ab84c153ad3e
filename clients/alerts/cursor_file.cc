#include "clients/alerts/cursor_file.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/escaping.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/private_file.h"
#include "proto/limits.h"

namespace samkoer::clients {
namespace {

constexpr std::string_view kHeader = "samkoer-alerts cursor 2\n";
constexpr std::string_view kEarlierHeader = "samkoer-alerts cursor 1\n";
constexpr std::string_view kUnknownFeed = "-";

// The next line, without its end; false if there is none.
bool TakeLine(std::string_view& text, std::string_view& line) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return false;
  line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return true;
}

bool ParseNumber(std::string_view line, std::uint64_t& number) {
  const char* end = line.data() + line.size();
  const auto parsed = std::from_chars(line.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

bool ParseFeed(std::string_view line, std::string& id) {
  if (line == kUnknownFeed) return true;
  const auto is_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  };
  if (line.size() != 2 * proto::kFeedIdBytes ||
      !std::all_of(line.begin(), line.end(), is_digit)) {
    return false;
  }
  id = absl::HexStringToBytes(std::string(line));
  return true;
}

}  // namespace

std::string FormatCursor(const FeedCursor& cursor) {
  return Cat(kHeader, cursor.sequence, "\n",
             cursor.feed_id.empty() ? std::string(kUnknownFeed)
                                    : absl::BytesToHexString(cursor.feed_id),
             "\n");
}

absl::StatusOr<FeedCursor> ParseCursor(std::string_view text) {
  FeedCursor cursor;
  const bool earlier = text.starts_with(kEarlierHeader);
  std::string_view number, feed = kUnknownFeed;
  if (earlier || text.starts_with(kHeader)) {
    text.remove_prefix(kHeader.size());
    if (TakeLine(text, number) && (earlier || TakeLine(text, feed)) &&
        text.empty() && ParseNumber(number, cursor.sequence) &&
        ParseFeed(feed, cursor.feed_id)) {
      return cursor;
    }
  }
  return absl::InvalidArgumentError("not a cursor of samkoer-alerts");
}

absl::StatusOr<FeedCursor> CursorFile::Load() const {
  absl::StatusOr<std::string> text = ReadSmallFile(path_, 256);
  if (absl::IsNotFound(text.status())) return FeedCursor();
  if (!text.ok()) return text.status();
  absl::StatusOr<FeedCursor> cursor = ParseCursor(*text);
  if (cursor.ok()) return cursor;
  return absl::InvalidArgumentError(
      Cat(path_, ": ", cursor.status().message()));
}

absl::Status CursorFile::Save(const FeedCursor& cursor) const {
  return WritePrivateFile(path_, FormatCursor(cursor));
}

}  // namespace samkoer::clients
