// Follows the feed of alerts through broken lines and restarts.
//
// What is promised: every entry is printed at least once, in order; an entry is
// on the cursor only after it was printed and flushed. A gap or a step back in
// the sequence is refused, never skipped.
#ifndef SAMKOER_CLIENTS_ALERTS_FOLLOW_H_
#define SAMKOER_CLIENTS_ALERTS_FOLLOW_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <iosfwd>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/alerts/alert_text.h"
#include "clients/alerts/cursor_file.h"
#include "clients/common/cli.h"
#include "samkoer/v1/alerts.grpc.pb.h"

namespace samkoer::clients {

struct FollowOptions {
  // Ignore the stored cursor and begin with the first entry.
  bool from_start = false;
  // End with OK when all that was there has been printed.
  bool until_caught_up = false;
  OutputFormat format = OutputFormat::kHuman;
  TextStyle style;
  // The pause before a new attempt doubles from the first to the last and
  // begins anew after every event that arrives.
  absl::Duration first_pause = absl::Seconds(1);
  absl::Duration last_pause = absl::Seconds(30);
  // A stream without any event for so long is broken and opened again. The
  // server gives a sign of life every 15 seconds.
  absl::Duration patience = absl::Seconds(45);
  // Attempts in a row without any event before giving up; 0: never.
  int max_attempts = 0;
  // Waits; returns early if the wait should be cut short.
  std::function<void(absl::Duration)> sleep;
};

// Prints entries to `out` (human lines, or one JSON object a line) and notices
// about the connection to `notices`. Returns when `stop` becomes true (OK; the
// call in progress is cancelled within a second), when caught up if so asked,
// or on an error that waiting does not mend:
//  * FAILED_PRECONDITION: the cursor is of another feed: the server's store was
//    restored since. The hint says what to do.
//  * OUT_OF_RANGE: the cursor lies beyond the feed's end: the server's store is
//    older than what was already seen. The hint says what to do.
//  * DATA_LOSS: a gap in the feed.
//  * PERMISSION_DENIED, UNAUTHENTICATED, UNIMPLEMENTED, INVALID_ARGUMENT: as
//    the server said.
//  * what the cursor file or the output said (RESOURCE_EXHAUSTED, INTERNAL).
absl::Status FollowFeed(v1::Alerts::StubInterface& stub,
                        const CursorFile& cursor, const FollowOptions& options,
                        const std::atomic<bool>& stop, std::ostream& out,
                        std::ostream& notices);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_FOLLOW_H_
