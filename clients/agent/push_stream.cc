#include "clients/agent/push_stream.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "clients/common/channel.h"
#include "clients/common/cli.h"
#include "proto/limits.h"

namespace samkoer::agent {
namespace {

using Clock = std::chrono::steady_clock;

// Answers held at most: more than are ever under way. A matcher that sends more
// waits.
constexpr std::size_t kMaxAnswers = 4 * proto::kMaxBatchesInFlight;

}  // namespace

PushStream::PushStream(v1::CaseIntake::StubInterface& matcher)
    : stream_(matcher.Push(&context_)),
      reader_([this] { ReadAnswers(); }),
      watcher_([this] { WatchSends(); }) {}

PushStream::~PushStream() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (!finished_) context_.TryCancel();
  watcher_.join();
  reader_.join();
  // The call's resources are free only once it has finished.
  if (!finished_) stream_->Finish();
}

void PushStream::ReadAnswers() {
  for (v1::PushReceipt answer; stream_->Read(&answer);) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] {
      return answers_.size() < kMaxAnswers || ending_ || stalled_;
    });
    answers_.push_back(std::move(answer));
    changed_.notify_all();
  }
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

void PushStream::WatchSends() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (send_until_ == Clock::time_point::max()) {
      changed_.wait(lock);
    } else if (changed_.wait_until(lock, send_until_) ==
                   std::cv_status::timeout &&
               Clock::now() >= send_until_) {
      stalled_ = true;
      send_until_ = Clock::time_point::max();
      context_.TryCancel();
      changed_.notify_all();
    }
  }
}

bool PushStream::Send(const v1::PushRequest& frame, absl::Duration timeout) {
  {
    const std::lock_guard lock(mutex_);
    send_until_ = Clock::now() + absl::ToChronoNanoseconds(timeout);
  }
  changed_.notify_all();
  const bool sent = stream_->Write(frame);
  const std::lock_guard lock(mutex_);
  send_until_ = Clock::time_point::max();
  return sent;
}

absl::StatusOr<v1::PushReceipt> PushStream::Receive(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return !answers_.empty() || closed_; };
  if (!changed_.wait_for(lock, absl::ToChronoNanoseconds(timeout), ready)) {
    stalled_ = true;
    context_.TryCancel();
    changed_.wait(lock, ready);
  }
  if (!answers_.empty()) {
    v1::PushReceipt answer = std::move(answers_.front());
    answers_.pop_front();
    changed_.notify_all();
    return answer;
  }
  const bool stalled = stalled_;
  lock.unlock();
  grpc::Status status;
  if (!std::exchange(finished_, true)) status = stream_->Finish();
  if (stalled) {
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
