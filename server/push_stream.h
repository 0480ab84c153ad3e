// One Push stream: takes frames, hands them to the matcher and writes the
// receipts in order, with up to kMaxUnansweredBatches on the way.
//
// gRPC's callback threads only post to the mailbox; a thread of the stream's
// own does what may block (the matcher's queue). The callback interface is used
// for this one rpc because a sync handler that waits for a frame cannot end the
// stream with a status, which is what a refused batch must do.
#ifndef SAMKOER_SERVER_PUSH_STREAM_H_
#define SAMKOER_SERVER_PUSH_STREAM_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/arena.h"
#include "grpcpp/support/server_callback.h"
#include "matcher/caller.h"
#include "samkoer/v1/intake.pb.h"
#include "server/call_gate.h"
#include "server/push_mailbox.h"
#include "server/push_registry.h"

namespace samkoer::matcher {
class Matcher;
class PushSession;
}  // namespace samkoer::matcher

namespace samkoer::server {

class IntakeMetrics;

// Whether a stream on which nothing has happened for `quiet` must end:
// RESOURCE_EXHAUSTED if the client does not take a receipt, DEADLINE_EXCEEDED
// if it sends nothing though nothing keeps it from sending. The matcher may
// work as long as it needs.
absl::Status CheckQuiet(bool write_in_flight, bool matcher_at_work,
                        absl::Duration quiet);

class PushStream final
    : public grpc::ServerBidiReactor<v1::PushRequest, v1::PushReceipt> {
 public:
  // What all streams share; must outlive them.
  struct Shared {
    matcher::Matcher* matcher;
    CallGate* gate;
    PushRegistry* registry;
    IntakeMetrics* metrics;
  };

  // `call` was admitted. `context` lives until gRPC calls OnDone.
  PushStream(const Shared& shared, grpc::CallbackServerContext& context,
             CallGate::Call call, Admission::Ticket department_ticket);
  ~PushStream() override;

  // Serves the stream to its end and returns when gRPC has let go of it; then
  // it may be destroyed. From a thread that may block.
  void Run();

  void OnReadDone(bool ok) override { mailbox_->PostRead(ok); }
  void OnWriteDone(bool ok) override { mailbox_->PostWrite(ok); }
  void OnCancel() override { mailbox_->PostCancelled(); }
  void OnDone() override;

 private:
  // Frames read ahead of the one that is worked on.
  static constexpr int kSlots = 2;

  absl::Status Serve();
  // Ends the call under a client that takes nothing.
  void Cut();
  // The status to end with, if it is time to end.
  absl::Status CheckTime(absl::Time now) const;
  void StartNextRead();
  void WriteNextReceipt();
  // Nothing is on the way to the matcher or to the client.
  bool Idle() const;
  bool MayTakeFrame() const;
  absl::Status TakeFrame(const v1::PushRequest& request);
  absl::Status HandOver(const v1::PushRequest& request);
  absl::Status Begin(const v1::PushBegin& begin);
  void SubmitBatch(const v1::RecordBatch& batch);
  void SubmitCommit(const v1::PushCommit& commit);

  const Shared shared_;
  grpc::CallbackServerContext& context_;
  CallGate::Call call_;
  const Admission::Ticket department_ticket_;
  const matcher::Caller caller_;
  const std::shared_ptr<PushMailbox> mailbox_;
  std::optional<PushRegistry::Place> place_;
  // The context goes when OnDone returns, so that one who uses it keeps OnDone
  // waiting. Recursive, because gRPC may call OnDone from within TryCancel.
  std::recursive_mutex ending_;
  bool done_ = false;  // under ending_

  // All below: the serving thread's alone. gRPC fills slots and reads
  // `writing_` between Start and the event.
  // Each on an arena that is emptied before the next frame: a batch of 1,000
  // records is thousands of small objects.
  struct Slot {
    google::protobuf::Arena arena;
    v1::PushRequest* frame = nullptr;
  };
  Slot slots_[kSlots];
  int filled_ = 0;        // frames that wait in slots
  int first_filled_ = 0;  // the oldest of them
  bool reading_ = false;
  bool read_ended_ = false;
  bool write_in_flight_ = false;
  v1::PushReceipt writing_;
  std::deque<v1::PushReceipt> receipts_;  // not yet written, in order
  // The first answer that is an error; ends the stream when all that was
  // handed over has been answered.
  absl::Status failure_;
  std::size_t unanswered_ = 0;  // handed over, no answer yet
  std::unique_ptr<matcher::PushSession> session_;
  bool last_frame_taken_ = false;  // a commit, or a push already committed
  absl::Time last_news_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_PUSH_STREAM_H_
