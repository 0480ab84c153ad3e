// One stream of CaseIntake.Push that cannot hang.
#ifndef SAMKOER_CLIENTS_AGENT_PUSH_STREAM_H_
#define SAMKOER_CLIENTS_AGENT_PUSH_STREAM_H_

#include <grpcpp/client_context.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "samkoer/v1/intake.grpc.pb.h"

namespace samkoer::agent {

// Answers are read on a thread of their own, so that neither side can wait for
// the other to read while it writes.
//
// Thread safety: for one thread at a time.
class PushStream {
 public:
  // Opens the stream; errors show in Send and Receive.
  explicit PushStream(v1::CaseIntake::StubInterface& matcher);
  // Gives the stream up if it is still open.
  ~PushStream();
  PushStream(const PushStream&) = delete;
  PushStream& operator=(const PushStream&) = delete;

  // False if the stream is broken; then Receive says why. At most `timeout`.
  bool Send(const v1::PushRequest& frame, absl::Duration timeout);
  // The next answer, or the error that ended the stream (clients::FromGrpc;
  // UNAVAILABLE if there was no answer for `timeout`, or if the matcher ended
  // the stream without an error).
  absl::StatusOr<v1::PushReceipt> Receive(absl::Duration timeout);

 private:
  void ReadAnswers();
  // Cancels the call when a Send takes too long.
  void WatchSends();

  grpc::ClientContext context_;
  std::unique_ptr<
      grpc::ClientReaderWriterInterface<v1::PushRequest, v1::PushReceipt>>
      stream_;
  bool finished_ = false;  // Finish was called; for the caller's thread

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<v1::PushReceipt> answers_;
  bool closed_ = false;   // no more answers come
  bool stalled_ = false;  // given up for lack of an answer
  bool ending_ = false;   // the destructor has begun
  std::chrono::steady_clock::time_point send_until_ =
      std::chrono::steady_clock::time_point::max();
  std::thread reader_, watcher_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_PUSH_STREAM_H_
