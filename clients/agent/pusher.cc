#include "clients/agent/pusher.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "clients/agent/little_endian.h"
#include "clients/agent/push_stream.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/cli.h"
#include "proto/limits.h"

namespace samkoer::agent {
namespace {

constexpr absl::Duration kLongestPause = absl::Seconds(10);

// Errors after which the same push may go on.
bool MayGoOn(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
      return true;
    default:
      return false;
  }
}

absl::Status Surprised(std::string_view expected) {
  return clients::WithHint(
      absl::UnimplementedError(
          clients::Cat("matcher: answered something else than ", expected)),
      "are matcher and agent of the same version?");
}

absl::Status Explain(const absl::Status& status) {
  if (!clients::HintOf(status).empty()) return status;
  switch (status.code()) {
    case absl::StatusCode::kAborted:
      return clients::WithHint(
          status,
          "is another agent of this department running? Nothing of this push "
          "came into force unless it says so");
    case absl::StatusCode::kAlreadyExists:
      return clients::WithHint(status, "run it again: it begins a new push");
    case absl::StatusCode::kFailedPrecondition:
      return clients::WithHint(
          status,
          "nothing came into force; mend what the message names. A "
          "snapshot that is meant to remove so much: --allow-shrink");
    case absl::StatusCode::kInvalidArgument:
      return clients::WithHint(
          status,
          "nothing of that batch was stored; run `samkoer-agent check`");
    default:
      return MayGoOn(status)
                 ? clients::WithHint(
                       status, "run it again: a push goes on where it stopped")
                 : status;
  }
}

// One push through as many streams as it takes.
class Attempt {
 public:
  Attempt(v1::CaseIntake::StubInterface& matcher, const PusherOptions& options,
          PushContents& contents, PushStateStore& store)
      : matcher_(matcher),
        options_(options),
        contents_(contents),
        store_(store),
        plan_(contents) {}

  absl::StatusOr<PushResult> Run() {
    FillBegin();
    std::optional<PushState> stored = store_.Load();
    if (stored && stored->begin == state_.begin) {
      state_ = *stored;
      result_.resumed = true;
    } else {
      NewPush();
    }
    absl::Duration pause = options_.first_pause;
    for (int failures = 0;;) {
      const std::uint64_t before = receipts_;
      absl::Status status = OneStream();
      if (status.ok()) {
        store_.Clear();
        return std::move(result_);
      }
      if (begin_anew_) {
        // The stored push is not ours any more.
        begin_anew_ = false;
        NewPush();
        continue;
      }
      if (!MayGoOn(status)) {
        store_.Clear();
        return Explain(status);
      }
      if (receipts_ > before) {
        failures = 0;
        pause = options_.first_pause;
      }
      if (clients::WaitsForWitness(status)) return Explain(status);
      if (++failures >= options_.attempts) return Explain(status);
      absl::SleepFor(pause);
      pause = std::min(pause * 2, kLongestPause);
    }
  }

 private:
  void FillBegin() {
    v1::PushBegin& begin = *begin_frame_.mutable_begin();
    begin.set_kind(options_.kind);
    begin.set_purpose(options_.purpose);
    begin.set_epoch(options_.epoch);
    begin.set_self_test(std::string(crypto::AsText(options_.self_test)));
    if (options_.previous_epoch != 0) {
      begin.set_previous_epoch(options_.previous_epoch);
      begin.set_previous_self_test(
          std::string(crypto::AsText(options_.previous_self_test)));
    }
    begin.set_day(options_.day);
    begin.set_allow_shrink(options_.allow_shrink);
    std::string bytes = "samkoer/v1/push-begin";
    PutU32(bytes, static_cast<std::uint32_t>(options_.kind));
    PutU32(bytes, options_.epoch);
    PutU32(bytes, options_.allow_shrink ? 1 : 0);
    bytes += clients::Cat(options_.day, "|", options_.purpose, "|",
                          crypto::AsText(options_.self_test));
    if (options_.previous_epoch != 0) PutU32(bytes, options_.previous_epoch);
    state_.begin = crypto::Blake2b256(crypto::AsBytes(bytes));
  }

  void NewPush() {
    randombytes_buf(state_.push_id.data(), state_.push_id.size());
    result_.resumed = false;
    saved_ = false;
  }

  // A whole stream, from `begin` to the receipt of the commit.
  absl::Status OneStream() {
    PushStream stream(matcher_);
    begin_frame_.mutable_begin()->set_push_id(
        std::string(crypto::AsText(state_.push_id)));
    stream.Send(begin_frame_, options_.stall_timeout);
    auto answer = stream.Receive(options_.stall_timeout);
    if (!answer.ok()) {
      // A stored push may have been overtaken; a new one may not.
      begin_anew_ = result_.resumed && !verified_ && !MayGoOn(answer.status());
      return answer.status();
    }
    if (!answer->has_begun()) return Surprised("begun");
    const v1::PushBegun& begun = answer->begun();
    if (absl::Status status = Prepare(begun); !status.ok()) return status;
    if (begun.committed()) return ReadCommit(stream);
    if (absl::Status status = Select(stream, begun); !status.ok()) {
      return status;
    }
    if (absl::Status status = SendBatches(stream, begun.next_batch());
        !status.ok()) {
      return status;
    }
    return Commit(stream);
  }

  absl::Status Prepare(const v1::PushBegun& begun) {
    if (begun.digest_key().size() != 32 || begun.bucket_count() == 0 ||
        begun.bucket_count() > proto::kMaxBuckets) {
      return Surprised("a digest key and a bucket count");
    }
    if (digest_key_ != begun.digest_key()) {
      digest_key_ = begun.digest_key();
      plan_.Prepare(crypto::HashKey(crypto::AsBytes(digest_key_).first<32>()),
                    options_.threads);
    }
    const crypto::Hash32 contents = plan_.ContentsDigest();
    if (result_.resumed && !verified_ && contents != state_.contents) {
      begin_anew_ = true;
      return absl::CancelledError("the export has changed since");
    }
    verified_ = true;
    if (saved_ || result_.resumed) return absl::OkStatus();
    state_.contents = contents;
    saved_ = true;
    return store_.Save(state_);
  }

  // Which records travel: asks the matcher where a snapshot differs.
  absl::Status Select(PushStream& stream, const v1::PushBegun& begun) {
    if (begun.has_difference()) {
      return plan_.SelectDiffering(begun.difference().differing(),
                                   begun.bucket_count());
    }
    if (options_.kind != v1::PUSH_KIND_SNAPSHOT || begun.next_batch() > 0) {
      return plan_.SelectAll();
    }
    v1::PushRequest frame;
    *frame.mutable_digests() = plan_.Buckets(begun.bucket_count());
    stream.Send(frame, options_.stall_timeout);
    auto answer = stream.Receive(options_.stall_timeout);
    if (!answer.ok()) return answer.status();
    if (!answer->has_difference()) return Surprised("the difference");
    return plan_.SelectDiffering(answer->difference().differing(),
                                 begun.bucket_count());
  }

  absl::Status SendBatches(PushStream& stream, std::uint64_t next) {
    const std::size_t total = plan_.batch_count();
    if (next > total) return Surprised("a batch that was sent");
    std::uint64_t done = 0;
    for (std::size_t i = 0; i < next; ++i) done += plan_.batch_records(i);
    std::size_t answered = next, sent = next;
    bool broken = false;
    while (answered < total) {
      if (options_.progress) options_.progress(done, plan_.record_count());
      while (!broken && sent < total &&
             sent - answered < proto::kMaxBatchesInFlight) {
        broken = !plan_.LendBatch(sent, [&](const v1::PushRequest& frame) {
          return stream.Send(frame, options_.stall_timeout);
        });
        if (!broken) ++sent;
      }
      auto answer = stream.Receive(options_.stall_timeout);
      if (!answer.ok()) return answer.status();
      if (!answer->has_batch() || answer->batch().number() != answered) {
        return Surprised("the receipt of the oldest batch");
      }
      if (answer->batch().digest() !=
              crypto::AsText(plan_.batch_digest(answered)) ||
          answer->batch().record_count() != plan_.batch_records(answered)) {
        return absl::DataLossError(
            clients::Cat("the matcher's receipt of batch ", answered,
                         " is not of what was sent; nothing is committed"));
      }
      done += plan_.batch_records(answered);
      ++answered;
      ++receipts_;
    }
    if (options_.progress) options_.progress(done, plan_.record_count());
    return absl::OkStatus();
  }

  absl::Status Commit(PushStream& stream) {
    v1::PushRequest frame;
    v1::PushCommit& commit = *frame.mutable_commit();
    commit.set_batch_count(plan_.batch_count());
    commit.set_record_count(plan_.record_count());
    const crypto::Hash32 digest = plan_.CommitDigest();
    commit.set_digest(std::string(crypto::AsText(digest)));
    result_.sent = plan_.record_count();
    result_.unchanged = contents_.records.size() - plan_.record_count();
    result_.batches = plan_.batch_count();
    stream.Send(frame, options_.commit_timeout);
    return ReadCommit(stream);
  }

  absl::Status ReadCommit(PushStream& stream) {
    auto answer = stream.Receive(options_.commit_timeout);
    if (!answer.ok()) return answer.status();
    if (!answer->has_commit()) return Surprised("the receipt of the commit");
    result_.commit = answer->commit();
    return absl::OkStatus();
  }

  v1::CaseIntake::StubInterface& matcher_;
  const PusherOptions& options_;
  PushContents& contents_;
  PushStateStore& store_;
  PushPlan plan_;
  PushState state_;
  PushResult result_;
  v1::PushRequest begin_frame_;
  std::string digest_key_;
  std::uint64_t receipts_ = 0;
  bool saved_ = false;     // the state is on disk
  bool verified_ = false;  // the stored push has our contents
  bool begin_anew_ = false;
};

}  // namespace

absl::StatusOr<PushResult> Push(v1::CaseIntake::StubInterface& matcher,
                                const PusherOptions& options,
                                PushContents& contents, PushStateStore& store) {
  return Attempt(matcher, options, contents, store).Run();
}

}  // namespace samkoer::agent
