#include "clients/agent/push_stream.h"

#include <grpcpp/grpcpp.h>

#include "absl/time/clock.h"
#include "clients/common/channel.h"
#include "clients/common/cli.h"

namespace samkoer::agent {

PushStream::PushStream(v1::CaseIntake::StubInterface& matcher)
    : stream_(matcher.Push(&context_)), watcher_([this] { Watch(); }) {}

PushStream::~PushStream() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  watcher_.join();
  if (!finished_) {
    context_.TryCancel();
    // The call's resources are free only once it has finished.
    stream_->Finish();
  }
}

void PushStream::Watch() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (deadline_ == absl::InfiniteFuture()) {
      changed_.wait(lock);
    } else if (absl::Now() < deadline_) {
      changed_.wait_for(lock,
                        absl::ToChronoMilliseconds(deadline_ - absl::Now() +
                                                   absl::Milliseconds(1)));
    } else {
      stalled_ = true;
      deadline_ = absl::InfiniteFuture();
      context_.TryCancel();
    }
  }
}

void PushStream::Arm(absl::Duration timeout) {
  {
    const std::lock_guard lock(mutex_);
    deadline_ = absl::Now() + timeout;
  }
  changed_.notify_all();
}

void PushStream::Disarm() {
  const std::lock_guard lock(mutex_);
  deadline_ = absl::InfiniteFuture();
}

bool PushStream::Send(const v1::PushRequest& frame, absl::Duration timeout) {
  Arm(timeout);
  const bool sent = stream_->Write(frame);
  Disarm();
  return sent;
}

absl::StatusOr<v1::PushReceipt> PushStream::Receive(absl::Duration timeout) {
  v1::PushReceipt receipt;
  Arm(timeout);
  const bool received = stream_->Read(&receipt);
  Disarm();
  if (received) return receipt;
  const grpc::Status status = stream_->Finish();
  finished_ = true;
  const std::lock_guard lock(mutex_);
  if (stalled_) {
    return clients::WithHint(
        absl::UnavailableError("matcher: no answer in time"),
        "run it again: a push goes on where it stopped");
  }
  if (status.ok()) {
    return absl::UnavailableError(
        "matcher: the stream ended without an answer");
  }
  return clients::FromGrpc(status, "matcher");
}

}  // namespace samkoer::agent
