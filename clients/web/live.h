// What all open pages are told of the feed: that an alert has changed, not how.
// A page then asks for what it shows in its person's name, so that the log
// knows who read what. One ring of the last changes serves every page: however
// slow a page is, it costs a number, and one that falls behind the ring is told
// to read everything again.
//
// Thread safety: all methods may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_WEB_LIVE_H_
#define SAMKOER_CLIENTS_WEB_LIVE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace samkoer::clients {

// One change.
struct LiveEvent {
  std::uint64_t sequence = 0;  // of the feed
  std::string alert_id;        // empty if its contents are gone
  std::uint64_t revision = 0;  // 0 if the alert was deleted
};

// How far a page has read.
struct LiveCursor {
  std::uint64_t after = 0;
  std::uint64_t era = 0;
  // Of which feed the number is, in hexadecimal; empty: not known.
  std::string feed = {};
};

// What a page says it has seen: an event's id, or the number of a list
// ("50", or "50." and the feed in hexadecimal). None if it is neither.
std::optional<LiveCursor> ParseEventId(std::string_view text);

// What is new for a page.
struct LiveNews {
  // The page must read everything again; `events` is then empty.
  bool reset = false;
  std::vector<LiveEvent> events;
  // Whether the matcher can be heard.
  bool connected = false;
  // No more will come.
  bool stopped = false;
};

class LiveHub {
 public:
  // Remembers the last `ring` changes.
  explicit LiveHub(std::size_t ring = 10'000) : ring_(ring) {}

  // The next change; false, and nothing happens, unless it follows the last
  // one. The first may have any number.
  bool Publish(LiveEvent event);
  // The feed was read up to `sequence` before; what pages saw up to there
  // stands.
  void BeginAfter(std::uint64_t sequence);
  // The store behind the feed is another: every page reads all again.
  void BeginAnew();
  // Of which feed the numbers are, in hexadecimal. A page that has seen another
  // one reads all again, however far that had come.
  void SetFeed(std::string feed);
  void SetConnected(bool connected);
  // Wakes all readers up for good.
  void Stop();

  std::uint64_t last() const;

  // For a page that has seen everything up to there; without: up to now.
  LiveCursor Open(const std::optional<LiveCursor>& seen) const;
  // Waits until `deadline` for something new, and says whether there is.
  bool Await(const LiveCursor& cursor, bool connected_before,
             absl::Time deadline) const;
  // Waits until `deadline` for something new and moves the cursor past it: at
  // most 256 changes. A cursor beyond the feed waits for it, and is reset at
  // the deadline where the matcher can be heard.
  LiveNews Read(LiveCursor& cursor, bool connected_before, absl::Time deadline);

 private:
  bool IsOther(const LiveCursor& cursor) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsNews(const LiveCursor& cursor, bool connected_before) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::size_t ring_;
  mutable absl::Mutex mutex_;
  std::deque<LiveEvent> events_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t era_ ABSL_GUARDED_BY(mutex_) = 1;
  std::string feed_ ABSL_GUARDED_BY(mutex_);
  bool connected_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

// As server-sent events (text/event-stream): each change with its sequence and
// feed as id (ParseEventId), "reset" with that of the cursor, and at the end,
// also where nothing is new, "matcher" with that of the cursor.
std::string EventText(const LiveNews& news, const LiveCursor& cursor);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_LIVE_H_
