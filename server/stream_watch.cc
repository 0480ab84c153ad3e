#include "server/stream_watch.h"

#include "absl/time/clock.h"
#include "grpcpp/server_context.h"
#include "server/limits.h"

namespace samkoer::server {

StreamWatch::StreamWatch(const AccessControl& access)
    : access_(access), periodic_(kStreamLook, [this] { Look(); }) {}

StreamWatch::Stream::Stream(StreamWatch& watch,
                            grpc::ServerContextBase& context,
                            const Identity& who)
    : watch_(watch),
      context_(context),
      who_(who),
      write_started_(absl::InfiniteFuture()) {
  absl::MutexLock lock(&watch_.mutex_);
  place_ = watch_.streams_.insert(watch_.streams_.end(), this);
}

StreamWatch::Stream::~Stream() {
  absl::MutexLock lock(&watch_.mutex_);
  watch_.streams_.erase(place_);
}

absl::Status StreamWatch::Stream::Write(absl::FunctionRef<bool()> write) {
  const absl::Status still = watch_.access_.StillPermitted(who_);
  if (!still.ok()) return still;
  const absl::Time start = absl::Now();
  {
    absl::MutexLock lock(&watch_.mutex_);
    write_started_ = start;
  }
  const bool written = write();
  {
    absl::MutexLock lock(&watch_.mutex_);
    write_started_ = absl::InfiniteFuture();
  }
  if (!written) return absl::CancelledError("the client has gone");
  if (absl::Now() - start > kSlowWrite) {
    return absl::ResourceExhaustedError(
        "the reader does not keep up; go on from the last entry received");
  }
  return absl::OkStatus();
}

std::size_t StreamWatch::size() const {
  absl::MutexLock lock(&mutex_);
  return streams_.size();
}

void StreamWatch::Look() {
  const absl::Time now = absl::Now();
  absl::MutexLock lock(&mutex_);
  for (Stream* stream : streams_) {
    // One that does not write looks at its certificate itself.
    if (stream->write_started_ == absl::InfiniteFuture()) continue;
    if (now - stream->write_started_ > kWriteTimeout ||
        !access_.StillPermitted(stream->who_).ok()) {
      stream->context_.TryCancel();
    }
  }
}

}  // namespace samkoer::server
