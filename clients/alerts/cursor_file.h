// How far a follower of the feed has come, kept in a small file.
#ifndef SAMKOER_CLIENTS_ALERTS_CURSOR_FILE_H_
#define SAMKOER_CLIENTS_ALERTS_CURSOR_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace samkoer::clients {

// How far, and in which feed.
struct FeedCursor {
  std::uint64_t sequence = 0;
  // ListAlertsResponse.feed_id; empty: not known.
  std::string feed_id;

  friend bool operator==(const FeedCursor&, const FeedCursor&) = default;
};

// The file: "samkoer-alerts cursor 2\n", the last sequence number that was
// printed in decimal, "\n", the feed's id as 32 hexadecimal digits, or "-" if
// it is not known, "\n". Version 1, which is read and never written, has no
// line of the feed. Text of another shape is INVALID_ARGUMENT: a cursor that
// cannot be read must not silently become 0 or skip anything.
std::string FormatCursor(const FeedCursor& cursor);
absl::StatusOr<FeedCursor> ParseCursor(std::string_view text);

// One cursor. For one thread at a time.
class CursorFile {
 public:
  // Relative paths are relative to the working directory.
  explicit CursorFile(std::string path) : path_(std::move(path)) {}

  // {} if there is no file yet: from the beginning. INVALID_ARGUMENT or
  // PERMISSION_DENIED naming the path if there is one that cannot be used.
  absl::StatusOr<FeedCursor> Load() const;
  // On disk, synced, when this returns OK (clients/common/private_file.h).
  absl::Status Save(const FeedCursor& cursor) const;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_CURSOR_FILE_H_
