// What happens to one push stream, from gRPC's threads, the matcher's thread
// and other streams, handed to the one thread that serves it.
#ifndef SAMKOER_SERVER_PUSH_MAILBOX_H_
#define SAMKOER_SERVER_PUSH_MAILBOX_H_

#include <deque>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "samkoer/v1/intake.pb.h"

namespace samkoer::server {

// Thread safety: all methods may be called from many threads at once. Posting
// never blocks for longer than the mutex. Held by shared_ptr, because the
// matcher may answer after the stream has ended.
class PushMailbox {
 public:
  using Answer = absl::StatusOr<v1::PushReceipt>;

  // What there was since the last Take.
  struct Mail {
    int reads = 0;            // frames that have arrived
    bool read_ended = false;  // no more will
    bool write_done = false;
    bool write_failed = false;
    bool cancelled = false;
    bool finished = false;  // gRPC has let go of the call
    std::deque<Answer> answers;
    // Set once somebody asks the stream to end; stays.
    std::optional<absl::Status> end;
    bool empty() const {
      return reads == 0 && !read_ended && !write_done && !write_failed &&
             !cancelled && !finished && answers.empty();
    }
  };

  void PostRead(bool ok) {
    absl::MutexLock lock(&mutex_);
    if (ok) {
      ++mail_.reads;
    } else {
      mail_.read_ended = true;
    }
  }
  void PostWrite(bool ok) {
    absl::MutexLock lock(&mutex_);
    (ok ? mail_.write_done : mail_.write_failed) = true;
  }
  void PostCancelled() {
    absl::MutexLock lock(&mutex_);
    mail_.cancelled = true;
  }
  void PostFinished() {
    absl::MutexLock lock(&mutex_);
    mail_.finished = true;
  }
  void PostAnswer(Answer answer) {
    absl::MutexLock lock(&mutex_);
    mail_.answers.push_back(std::move(answer));
  }
  // Asks the stream to end with `status` once all it took has been answered.
  // The first to ask decides.
  void PostEnd(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    if (end_.has_value()) return;
    end_ = std::move(status);
    end_is_news_ = true;
  }

  // Why the stream is to end, for whoever waits for something else than news:
  // the client has gone, or somebody asks. OK if it goes on. For the thread
  // that takes; what it has taken already does not count, but for requests to
  // end.
  absl::Status Ending() {
    absl::MutexLock lock(&mutex_);
    if (mail_.cancelled || mail_.finished) {
      return absl::CancelledError("the client has gone");
    }
    return end_.value_or(absl::OkStatus());
  }

  // Waits for news, at most until the timeout, and takes it.
  Mail Take(absl::Duration timeout) {
    const auto news = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return !mail_.empty() || end_is_news_;
    };
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&news), timeout);
    Mail taken = std::exchange(mail_, Mail());
    taken.end = end_;
    end_is_news_ = false;
    return taken;
  }

 private:
  absl::Mutex mutex_;
  Mail mail_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  bool end_is_news_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_PUSH_MAILBOX_H_
