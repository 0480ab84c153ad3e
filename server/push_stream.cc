#include "server/push_stream.h"

#include <type_traits>
#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/server_context.h"
#include "matcher/matcher.h"
#include "server/caller_of.h"
#include "server/intake_metrics.h"
#include "server/limits.h"
#include "server/log.h"

namespace samkoer::server {
namespace {

// Puts the matcher's answer into a frame.
template <typename Receipt>
PushMailbox::Answer ToAnswer(absl::StatusOr<Receipt> receipt) {
  if (!receipt.ok()) return receipt.status();
  v1::PushReceipt frame;
  if constexpr (std::is_same_v<Receipt, v1::BatchReceipt>) {
    *frame.mutable_batch() = *std::move(receipt);
  } else {
    *frame.mutable_commit() = *std::move(receipt);
  }
  return frame;
}

}  // namespace

absl::Status CheckQuiet(bool write_in_flight, bool matcher_at_work,
                        absl::Duration quiet) {
  if (write_in_flight && quiet > kWriteTimeout) {
    return absl::ResourceExhaustedError("the client does not take receipts");
  }
  if (!write_in_flight && !matcher_at_work && quiet > kPushIdleTimeout) {
    return absl::DeadlineExceededError(
        "no frame for too long; go on later with the same push id");
  }
  return absl::OkStatus();
}

PushStream::PushStream(const Shared& shared,
                       grpc::CallbackServerContext& context,
                       CallGate::Call call, Admission::Ticket department_ticket)
    : shared_(shared),
      context_(context),
      call_(std::move(call)),
      department_ticket_(std::move(department_ticket)),
      caller_(CallerOf(call_.who)),
      mailbox_(std::make_shared<PushMailbox>()),
      last_news_(absl::Now()) {
  place_.emplace(*shared_.registry, caller_.name, mailbox_);
}

PushStream::~PushStream() = default;

void PushStream::Run() {
  const absl::Status status = Serve();
  place_.reset();
  Finish(shared_.gate->Complete(call_, status));
  // A client that takes nothing would hold the call for ever.
  const absl::Time cut = absl::Now() + kWriteTimeout;
  bool was_cut = false;
  while (!mailbox_->Take(kStreamLook).finished) {
    if (!was_cut && absl::Now() > cut) {
      Cut();
      was_cut = true;
    }
  }
}

void PushStream::OnDone() {
  const std::lock_guard lock(ending_);
  done_ = true;
  mailbox_->PostFinished();
}

void PushStream::Cut() {
  const std::lock_guard lock(ending_);
  if (!done_) context_.TryCancel();
}

absl::Status PushStream::Serve() {
  StartNextRead();
  while (true) {
    PushMailbox::Mail mail = mailbox_->Take(kStreamLook);
    const absl::Time now = absl::Now();
    if (mail.cancelled || mail.write_failed) {
      return absl::CancelledError("the client has gone");
    }
    if (!mail.empty()) last_news_ = now;
    if (mail.reads > 0) {
      reading_ = false;
      filled_ += mail.reads;
    }
    if (mail.read_ended) {
      reading_ = false;
      read_ended_ = true;
    }
    if (mail.write_done) write_in_flight_ = false;
    unanswered_ -= mail.answers.size();
    for (PushMailbox::Answer& answer : mail.answers) {
      if (answer.ok()) {
        receipts_.push_back(*std::move(answer));
      } else {
        failure_.Update(answer.status());
      }
    }

    const absl::Status in_time = CheckTime(now);
    if (!in_time.ok()) return in_time;
    WriteNextReceipt();
    while (filled_ > 0 && MayTakeFrame() && !mail.end.has_value()) {
      // The next frame is read while this one is worked on.
      StartNextRead();
      failure_.Update(TakeFrame(*slots_[first_filled_].frame));
      last_news_ = absl::Now();
      first_filled_ = (first_filled_ + 1) % kSlots;
      --filled_;
      WriteNextReceipt();
    }
    StartNextRead();

    // A refusal must not overtake the receipts of what was taken before it.
    if (!Idle()) continue;
    if (!failure_.ok()) return failure_;
    if (last_frame_taken_) return absl::OkStatus();
    if (mail.end.has_value()) return *mail.end;
    if (read_ended_ && filled_ == 0) {
      return absl::CancelledError(
          "the stream ended before its commit; go on with the same push id");
    }
  }
}

absl::Status PushStream::CheckTime(absl::Time now) const {
  const absl::Status still = shared_.gate->access().StillPermitted(call_.who);
  if (!still.ok()) return still;
  return CheckQuiet(write_in_flight_, unanswered_ > 0, now - last_news_);
}

void PushStream::StartNextRead() {
  if (reading_ || read_ended_ || last_frame_taken_ || filled_ == kSlots) return;
  reading_ = true;
  Slot& slot = slots_[(first_filled_ + filled_) % kSlots];
  slot.arena.Reset();
  slot.frame =
      google::protobuf::Arena::CreateMessage<v1::PushRequest>(&slot.arena);
  StartRead(slot.frame);
}

void PushStream::WriteNextReceipt() {
  if (write_in_flight_ || receipts_.empty()) return;
  writing_ = std::move(receipts_.front());
  receipts_.pop_front();
  write_in_flight_ = true;
  shared_.metrics->CountReceipt(writing_);
  if (writing_.has_commit()) {
    const v1::CommitReceipt& commit = writing_.commit();
    log::Info("push.committed", {{"department", caller_.name},
                                 {"records", commit.record_count()},
                                 {"added", commit.added()},
                                 {"changed", commit.changed()},
                                 {"withdrawn", commit.withdrawn()}});
  }
  StartWrite(&writing_);
}

bool PushStream::Idle() const {
  return unanswered_ == 0 && receipts_.empty() && !write_in_flight_;
}

bool PushStream::MayTakeFrame() const {
  return !last_frame_taken_ && failure_.ok() &&
         unanswered_ + receipts_.size() < kMaxUnansweredBatches;
}

absl::Status PushStream::TakeFrame(const v1::PushRequest& request) {
  if (session_ == nullptr) {
    if (!request.has_begin()) {
      return absl::InvalidArgumentError("the first frame must be begin");
    }
    return Begin(request.begin());
  }
  return place_->HandOver([&] { return HandOver(request); });
}

absl::Status PushStream::HandOver(const v1::PushRequest& request) {
  if (absl::Status s = shared_.gate->CheckChange(); !s.ok()) return s;
  switch (request.frame_case()) {
    case v1::PushRequest::kDigests: {
      auto difference = session_->SubmitDigests(request.digests());
      if (!difference.ok()) return difference.status();
      v1::PushReceipt frame;
      *frame.mutable_difference() = *std::move(difference);
      receipts_.emplace_back(std::move(frame));
      return absl::OkStatus();
    }
    case v1::PushRequest::kBatch:
      SubmitBatch(request.batch());
      return absl::OkStatus();
    case v1::PushRequest::kCommit:
      SubmitCommit(request.commit());
      return absl::OkStatus();
    case v1::PushRequest::kBegin:
      return absl::InvalidArgumentError("begin stands first and only once");
    case v1::PushRequest::FRAME_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a frame without contents");
}

absl::Status PushStream::Begin(const v1::PushBegin& begin) {
  const absl::Status status =
      place_->Begin(begin.push_id(), [&]() -> absl::StatusOr<bool> {
        // The client may have gone, and have begun anew, while this waited for
        // its turn: what it begins last must stay the newest.
        if (absl::Status s = mailbox_->Ending(); !s.ok()) return s;
        auto session = shared_.matcher->BeginPush(caller_, begin);
        if (!session.ok()) return session.status();
        session_ = *std::move(session);
        // Who comes back for a receipt is not newer than what is on its way.
        return !session_->begun().committed();
      });
  if (!status.ok()) return status;
  const v1::PushBegun& begun = session_->begun();
  log::Info("push.begun", {{"department", caller_.name},
                           {"next_batch", begun.next_batch()},
                           {"committed", begun.committed()}});
  v1::PushReceipt frame;
  *frame.mutable_begun() = begun;
  receipts_.emplace_back(std::move(frame));
  if (begun.committed()) {
    v1::PushReceipt commit;
    *commit.mutable_commit() = session_->commit_receipt();
    receipts_.emplace_back(std::move(commit));
    last_frame_taken_ = true;
  }
  return absl::OkStatus();
}

void PushStream::SubmitBatch(const v1::RecordBatch& batch) {
  ++unanswered_;
  shared_.metrics->ObserveBatch(batch.records_size());
  session_->SubmitBatch(
      batch, [mailbox = mailbox_, metrics = shared_.metrics,
              start = absl::Now()](absl::StatusOr<v1::BatchReceipt> receipt) {
        if (receipt.ok()) metrics->ObserveReceiptTime(absl::Now() - start);
        mailbox->PostAnswer(ToAnswer(std::move(receipt)));
      });
}

void PushStream::SubmitCommit(const v1::PushCommit& commit) {
  ++unanswered_;
  last_frame_taken_ = true;
  session_->SubmitCommit(
      commit, [mailbox = mailbox_, metrics = shared_.metrics,
               start = absl::Now()](absl::StatusOr<v1::CommitReceipt> receipt) {
        if (receipt.ok()) metrics->ObserveCommitTime(absl::Now() - start);
        mailbox->PostAnswer(ToAnswer(std::move(receipt)));
      });
}

}  // namespace samkoer::server
