#include "clients/web/live_feed.h"

#include <grpcpp/client_context.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "proto/log.h"
#include "proto/other_feed.h"

namespace samkoer::clients {
namespace {

// A crash reads again what came since, and the overlap.
constexpr absl::Duration kSaveEvery = absl::Seconds(5);
constexpr absl::Duration kLook = absl::Seconds(1);

}  // namespace

LiveFeed::LiveFeed(MakeStub stub, LiveHub& hub, LiveFeedOptions options)
    : stub_(std::move(stub)),
      hub_(hub),
      options_(std::move(options)),
      cursor_(options_.cursor_file) {}

LiveFeed::~LiveFeed() { Stop(); }

absl::Status LiveFeed::Start() {
  const auto stored = cursor_.Load();
  if (!stored.ok()) return stored.status();
  saved_ = *stored;
  feed_id_ = saved_.feed_id;
  hub_.SetFeed(absl::BytesToHexString(feed_id_));
  hub_.BeginAfter(saved_.sequence > options_.overlap
                      ? saved_.sequence - options_.overlap
                      : 0);
  reader_ = std::thread([this] { Run(); });
  watcher_ = std::thread([this] { Watch(); });
  return absl::OkStatus();
}

void LiveFeed::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
    if (call_ != nullptr) call_->TryCancel();
  }
  if (reader_.joinable()) reader_.join();
  if (watcher_.joinable()) watcher_.join();
}

absl::Time LiveFeed::last_contact() const {
  const absl::MutexLock lock(&mutex_);
  return contact_;
}

void LiveFeed::Wait(absl::Duration duration) {
  const absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&stopping_), duration);
}

// Read has no deadline of its own.
void LiveFeed::Watch() {
  while (true) {
    Wait(kLook);
    const absl::MutexLock lock(&mutex_);
    if (stopping_) return;
    if (call_ != nullptr && absl::Now() - heard_ > options_.patience) {
      call_->TryCancel();
    }
  }
}

void LiveFeed::Run() {
  while (true) {
    const grpc::Status ended = FollowOnce();
    hub_.SetConnected(false);
    Save(true);
    {
      const absl::MutexLock lock(&mutex_);
      if (stopping_) return;
    }
    if (ended.error_code() == grpc::StatusCode::OUT_OF_RANGE ||
        ended.error_message() == proto::kOtherFeedMessage ||
        ended.error_code() == grpc::StatusCode::DATA_LOSS) {
      log::Warning("feed.other_store",
                   {{"hint",
                     "the matcher's store is another than the one that "
                     "was read: all pages read again"}});
      hub_.BeginAnew();
      feed_id_.clear();
    } else {
      Tell(ended);
    }
    Wait(options_.pause);
  }
}

// Once a reason, not each half second: until the matcher is heard again.
void LiveFeed::Tell(const grpc::Status& ended) {
  const std::string name = absl::StatusCodeToString(
      static_cast<absl::StatusCode>(ended.error_code()));
  if (std::exchange(told_, name) == name) return;
  if (ended.error_code() == grpc::StatusCode::PERMISSION_DENIED ||
      ended.error_code() == grpc::StatusCode::UNAUTHENTICATED) {
    log::Error("matcher.not_permitted",
               {{"code", name},
                {"hint",
                 "does the matcher's configuration name our "
                 "certificate among portals, and is it in date?"}});
    return;
  }
  log::Warning("matcher.lost", {{"code", name}});
}

grpc::Status LiveFeed::FollowOnce() {
  grpc::ClientContext context;
  {
    const absl::MutexLock lock(&mutex_);
    if (stopping_) return grpc::Status::CANCELLED;
    call_ = &context;
    heard_ = absl::Now();
  }
  // While nobody waits, nobody turns the channel's wheels: after a failure it
  // would come back by chance only, and with it the pages' own calls.
  context.set_wait_for_ready(true);
  v1::FollowRequest request;
  request.set_after_sequence(hub_.last());
  request.set_feed_id(feed_id_);
  const auto stub = stub_();
  const auto reader = stub->Follow(&context, request);
  bool gap = false;
  v1::FeedEvent event;
  while (!gap && reader->Read(&event)) {
    {
      const absl::MutexLock lock(&mutex_);
      heard_ = contact_ = absl::Now();
    }
    if (!std::exchange(told_, "").empty()) log::Info("matcher.back");
    hub_.SetConnected(true);
    gap = !Take(event);
    if (gap) context.TryCancel();
    Save(false);
  }
  grpc::Status ended = reader->Finish();
  const absl::MutexLock lock(&mutex_);
  call_ = nullptr;
  return gap ? grpc::Status(grpc::StatusCode::DATA_LOSS, "a gap") : ended;
}

bool LiveFeed::Take(const v1::FeedEvent& event) {
  if (!event.feed_id().empty()) {
    feed_id_ = event.feed_id();
    hub_.SetFeed(absl::BytesToHexString(feed_id_));
  }
  if (!event.has_entry()) return true;
  const v1::FeedEntry& entry = event.entry();
  if (entry.sequence() <= hub_.last()) return true;  // repeated
  LiveEvent change{entry.sequence(), entry.alert().alert_id(),
                   entry.alert().revision()};
  if (entry.has_tombstone()) change.alert_id = entry.tombstone().alert_id();
  return hub_.Publish(std::move(change));
}

void LiveFeed::Save(bool now) {
  FeedCursor read{hub_.last(), feed_id_};
  if (read == saved_ || (!now && absl::Now() - saved_at_ < kSaveEvery)) return;
  const absl::Status saved = cursor_.Save(read);
  if (!saved.ok()) {
    log::Error("cursor.not_saved", {{"status", saved}});
    return;
  }
  saved_ = std::move(read);
  saved_at_ = absl::Now();
}

}  // namespace samkoer::clients
