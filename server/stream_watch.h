// Watches the streams that sync handlers write: one thread cuts those whose
// certificate no longer holds, and those whose client has not taken an answer
// for too long (a blocked Write cannot be ended by its own thread).
//
// Thread safety: all methods may be called from many threads at once.
#ifndef SAMKOER_SERVER_STREAM_WATCH_H_
#define SAMKOER_SERVER_STREAM_WATCH_H_

#include <list>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/access.h"
#include "server/periodic.h"

namespace grpc {
class ServerContextBase;
}

namespace samkoer::server {

class StreamWatch {
 public:
  // `access` must outlive this.
  explicit StreamWatch(const AccessControl& access);

  // One open stream, from construction to destruction.
  class Stream {
   public:
    // All must outlive this.
    Stream(StreamWatch& watch, grpc::ServerContextBase& context,
           const Identity& who);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // Runs `write`, which returns what Write returned. CANCELLED if the client
    // has gone or was cut; RESOURCE_EXHAUSTED if it took the message, but only
    // after more than kSlowWrite; PERMISSION_DENIED if the certificate no
    // longer holds.
    absl::Status Write(absl::FunctionRef<bool()> write);

   private:
    friend class StreamWatch;
    StreamWatch& watch_;
    grpc::ServerContextBase& context_;
    const Identity& who_;
    absl::Time write_started_;  // under the watch's mutex; InfiniteFuture: none
    std::list<Stream*>::iterator place_;
  };

  // Open streams now.
  std::size_t size() const;

 private:
  void Look();

  const AccessControl& access_;
  mutable absl::Mutex mutex_;
  std::list<Stream*> streams_ ABSL_GUARDED_BY(mutex_);
  Periodic periodic_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_STREAM_WATCH_H_
