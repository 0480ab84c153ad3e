// One stream of CaseIntake.Push that cannot hang.
#ifndef SAMKOER_CLIENTS_AGENT_PUSH_STREAM_H_
#define SAMKOER_CLIENTS_AGENT_PUSH_STREAM_H_

#include <grpcpp/client_context.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "samkoer/v1/intake.grpc.pb.h"

namespace samkoer::agent {

// Thread safety: for one thread at a time.
class PushStream {
 public:
  // Opens the stream; errors show in Send and Receive.
  explicit PushStream(v1::CaseIntake::StubInterface& matcher);
  // Gives the stream up if it is still open.
  ~PushStream();

  // False if the stream is broken; then Receive says why. At most `timeout`.
  bool Send(const v1::PushRequest& frame, absl::Duration timeout);
  // The next answer, or the error that ended the stream (clients::FromGrpc;
  // UNAVAILABLE if there was no answer for `timeout`, or if the matcher ended
  // the stream without an error).
  absl::StatusOr<v1::PushReceipt> Receive(absl::Duration timeout);

 private:
  // Cancels the call when the time is over.
  void Watch();
  void Arm(absl::Duration timeout);
  void Disarm();

  grpc::ClientContext context_;
  std::unique_ptr<
      grpc::ClientReaderWriterInterface<v1::PushRequest, v1::PushReceipt>>
      stream_;
  bool finished_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  absl::Time deadline_ = absl::InfiniteFuture();
  bool stalled_ = false, ending_ = false;
  std::thread watcher_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_PUSH_STREAM_H_
