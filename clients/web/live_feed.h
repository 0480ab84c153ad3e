// Reads the matcher's feed, once for all pages, into a LiveHub; through broken
// lines and restarts of either side.
#ifndef SAMKOER_CLIENTS_WEB_LIVE_FEED_H_
#define SAMKOER_CLIENTS_WEB_LIVE_FEED_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "clients/alerts/cursor_file.h"
#include "clients/web/live.h"
#include "samkoer/v1/alerts.grpc.pb.h"

namespace samkoer::clients {

struct LiveFeedOptions {
  // Where it stands how far the feed was read.
  std::string cursor_file;
  // As many changes before that are read again at the start, so that pages
  // which were open before a restart go on where they were.
  std::uint64_t overlap = 2000;
  absl::Duration pause = absl::Milliseconds(500);
  // A stream without any event for so long is opened again. The server gives a
  // sign of life every 15 seconds.
  absl::Duration patience = absl::Seconds(45);
};

// Thread safety: Start and Stop by one thread.
class LiveFeed {
 public:
  // `hub` must outlive this. `stub` gives one for each new stream, so that a
  // renewed certificate is used.
  using MakeStub = std::function<std::unique_ptr<v1::Alerts::StubInterface>()>;
  LiveFeed(MakeStub stub, LiveHub& hub, LiveFeedOptions options);
  ~LiveFeed();  // as Stop()

  // Errors: the cursor file's, other than that it is not there.
  absl::Status Start();
  void Stop();

  // When the matcher was last heard: a sign of life comes every 15 seconds. May
  // be called from any thread.
  absl::Time last_contact() const;

 private:
  void Run();
  void Watch();
  // One stream; its end.
  grpc::Status FollowOnce();
  // False if the feed has a gap.
  bool Take(const v1::FeedEvent& event);
  void Save(bool now);
  void Wait(absl::Duration duration);
  void Tell(const grpc::Status& ended);

  const MakeStub stub_;
  LiveHub& hub_;
  const LiveFeedOptions options_;
  const CursorFile cursor_;
  // Of the feed that the hub's numbers are of; empty: not known.
  std::string feed_id_;
  FeedCursor saved_;
  absl::Time saved_at_ = absl::InfinitePast();
  std::string told_;  // what the log was last told of the stream's end
  mutable absl::Mutex mutex_;
  absl::Time contact_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  grpc::ClientContext* call_ ABSL_GUARDED_BY(mutex_) = nullptr;
  absl::Time heard_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread reader_;
  std::thread watcher_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_LIVE_FEED_H_
