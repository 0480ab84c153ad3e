#include "clients/alerts/follow.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ostream>
#include <thread>

#include "clients/common/cat.h"
#include "proto/other_feed.h"

namespace samkoer::clients {
namespace {

// How often a busy feed's cursor is synced to disk at most: a crash repeats
// what was printed since, which at-least-once allows.
constexpr std::chrono::milliseconds kSaveInterval{250};

using Clock = std::chrono::steady_clock;

bool MendsByWaiting(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:  // the server stopped in order
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::CANCELLED:  // by our own guard
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
      return true;
    default:
      return false;
  }
}

class Follower {
 public:
  Follower(v1::Alerts::StubInterface& stub, const CursorFile& cursor,
           const FollowOptions& options, const std::atomic<bool>& stop,
           std::ostream& out, std::ostream& notices)
      : stub_(stub),
        cursor_(cursor),
        options_(options),
        stop_(stop),
        out_(out),
        notices_(notices) {}

  absl::Status Run() {
    if (!options_.from_start) {
      absl::StatusOr<FeedCursor> stored = cursor_.Load();
      if (!stored.ok()) return ExplainCursor(stored.status());
      printed_ = stored->sequence;
      feed_id_ = stored->feed_id;
      saved_ = *std::move(stored);
    }
    absl::Duration pause = options_.first_pause;
    int silent_attempts = 0;
    while (!stop_ && !caught_up_) {
      heard_ = false;
      const grpc::Status ended = FollowOnce();
      if (absl::Status s = Save(); !s.ok() && failure_.ok()) failure_ = s;
      if (!failure_.ok()) return failure_;
      if (stop_ || caught_up_) break;
      if (heard_) {
        pause = options_.first_pause;
        silent_attempts = 0;
      }
      ++silent_attempts;
      if (!MendsByWaiting(ended.error_code())) return Explain(ended);
      if (silent_attempts == options_.max_attempts) return Explain(ended);
      Notice(ended, pause);
      options_.sleep(pause);
      pause = std::min(pause * 2, options_.last_pause);
    }
    return absl::OkStatus();
  }

 private:
  // One stream, until it ends.
  grpc::Status FollowOnce() {
    grpc::ClientContext context;
    // Once it has answered, a server that is away is one that starts again:
    // the channel waits for it. Before that it may be a wrong address, which
    // is to be told.
    context.set_wait_for_ready(heard_before_);
    v1::FollowRequest request;
    request.set_after_sequence(printed_);
    request.set_feed_id(feed_id_);
    auto reader = stub_.Follow(&context, request);
    last_event_ = Clock::now();
    const Guard guard(*this, context);
    v1::FeedEvent event;
    while (reader->Read(&event)) {
      last_event_ = Clock::now();
      heard_ = heard_before_ = true;
      failure_ = Handle(event);
      if (!failure_.ok() || stop_ || caught_up_) {
        context.TryCancel();
        break;
      }
    }
    return reader->Finish();
  }

  absl::Status Handle(const v1::FeedEvent& event) {
    if (!event.feed_id().empty()) feed_id_ = event.feed_id();
    if (event.has_heartbeat()) {
      caught_up_ = options_.until_caught_up &&
                   event.heartbeat().caught_up_to() <= printed_;
      return Save();
    }
    if (!event.has_entry()) return absl::OkStatus();
    const v1::FeedEntry& entry = event.entry();
    if (entry.sequence() <= printed_) return absl::OkStatus();  // repeated
    if (entry.sequence() != printed_ + 1) return Gap(entry.sequence());
    if (absl::Status s = Print(entry); !s.ok()) return s;
    printed_ = entry.sequence();
    const auto now = Clock::now();
    return now - saved_at_ >= kSaveInterval ? Save() : absl::OkStatus();
  }

  absl::Status Print(const v1::FeedEntry& entry) {
    if (options_.format == OutputFormat::kJson) {
      absl::StatusOr<std::string> json = JsonText(entry);
      if (!json.ok()) return json.status();
      out_ << *json << "\n";
    } else {
      out_ << FeedLine(entry, options_.style) << "\n";
    }
    out_.flush();
    if (out_) return absl::OkStatus();
    return absl::InternalError(Say(language(), "kan ikke skrive resultatet",
                                   "cannot write the output"));
  }

  absl::Status Save() {
    FeedCursor now{printed_, feed_id_};
    if (now == saved_) return absl::OkStatus();
    if (absl::Status s = cursor_.Save(now); !s.ok()) return s;
    saved_ = std::move(now);
    saved_at_ = Clock::now();
    return absl::OkStatus();
  }

  absl::Status Gap(std::uint64_t sequence) const {
    return absl::DataLossError(Cat(
        Say(language(), "strømmen af advis har et hul: efter nummer ",
            "the feed has a gap: after number "),
        printed_, Say(language(), " kom nummer ", " came number "), sequence));
  }

  absl::Status ExplainCursor(const absl::Status& status) const {
    return WithHint(status,
                    Say(language(),
                        "slet filen, eller brug --from-start, for at læse alt "
                        "forfra",
                        "remove the file, or use --from-start, to read all "
                        "from the beginning"));
  }

  absl::Status Explain(const grpc::Status& ended) const {
    absl::Status status = FromServer(ended, Peer::kMatcher, language());
    if (status.ok()) {
      status = absl::UnavailableError(Say(language(),
                                          "matcheren lukkede forbindelsen",
                                          "the matcher closed the connection"));
    }
    if (ended.error_message() == proto::kOtherFeedMessage) return ExplainFeed();
    if (!absl::IsOutOfRange(status)) return status;
    return WithHint(
        absl::OutOfRangeError(Cat(
            Say(language(),
                "matcherens lager er ældre end det, der allerede er læst: "
                "markøren står på ",
                "the matcher's store is older than what was already read: the "
                "cursor is at "),
            printed_)),
        Say(language(),
            "matcheren er formentlig gendannet fra en sikkerhedskopi: spørg "
            "driften, og læs så alt forfra med --from-start",
            "the matcher was probably restored from a backup: ask its "
            "operator, then read all again with --from-start"));
  }

  absl::Status ExplainFeed() const {
    return WithHint(
        absl::FailedPreconditionError(
            Say(language(),
                "matcherens lager er gendannet, siden der sidst blev læst: "
                "markøren hører til det gamle, og ændringer kan mangle",
                "the matcher's store was restored since the last reading: the "
                "cursor belongs to the old one, and changes may be missing")),
        Say(language(),
            "se alle advis igen (samkoer-alerts list), og læs så strømmen "
            "forfra med --from-start",
            "look at all alerts again (samkoer-alerts list), then read the "
            "feed from the beginning with --from-start"));
  }

  void Notice(const grpc::Status& ended, absl::Duration pause) {
    notices_ << Say(language(), "forbindelsen er brudt",
                    "the connection is broken");
    if (!ended.error_message().empty()) {
      notices_ << " (" << TerminalSafe(ended.error_message()) << ")";
    }
    notices_ << Say(language(), "; prøver igen om ", "; trying again in ")
             << absl::FormatDuration(pause) << "\n";
    notices_.flush();
  }

  // Cancels the call when `stop` is set or the line has fallen silent: Read has
  // no deadline of its own.
  class Guard {
   public:
    Guard(const Follower& follower, grpc::ClientContext& context)
        : thread_([this, &follower, &context] {
            const auto patience =
                absl::ToChronoNanoseconds(follower.options_.patience);
            while (!done_) {
              if (follower.stop_ ||
                  Clock::now() - follower.last_event_.load() > patience) {
                context.TryCancel();
                return;
              }
              std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
          }) {}
    ~Guard() {
      done_ = true;
      thread_.join();
    }

   private:
    std::atomic<bool> done_ = false;
    std::thread thread_;
  };

  Language language() const { return options_.style.language; }

  v1::Alerts::StubInterface& stub_;
  const CursorFile& cursor_;
  const FollowOptions& options_;
  const std::atomic<bool>& stop_;
  std::ostream& out_;
  std::ostream& notices_;
  std::uint64_t printed_ = 0;
  std::string feed_id_;
  FeedCursor saved_;
  Clock::time_point saved_at_{};
  std::atomic<Clock::time_point> last_event_{};
  bool heard_ = false;         // of this stream
  bool heard_before_ = false;  // of any
  bool caught_up_ = false;
  absl::Status failure_;
};

}  // namespace

absl::Status FollowFeed(v1::Alerts::StubInterface& stub,
                        const CursorFile& cursor, const FollowOptions& options,
                        const std::atomic<bool>& stop, std::ostream& out,
                        std::ostream& notices) {
  return Follower(stub, cursor, options, stop, out, notices).Run();
}

}  // namespace samkoer::clients
