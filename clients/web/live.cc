#include "clients/web/live.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "clients/common/cat.h"
#include "clients/web/http_rules.h"
#include "proto/limits.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMostEvents = 256;

std::string EventId(std::uint64_t sequence, const std::string& feed) {
  return feed.empty() ? Cat(sequence) : Cat(sequence, ".", feed);
}

}  // namespace

std::optional<LiveCursor> ParseEventId(std::string_view text) {
  std::optional<LiveCursor> seen;
  std::uint64_t after = 0;
  const char* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, after);
  if (number.ec != std::errc()) return seen;
  std::string_view feed(number.ptr, end);
  if (!feed.empty()) {
    if (!feed.starts_with('.')) return seen;
    feed.remove_prefix(1);
    if (feed.size() != 2 * proto::kFeedIdBytes ||
        feed.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
      return seen;
    }
  }
  seen.emplace();
  seen->after = after;
  seen->feed.assign(feed);
  return seen;
}

bool LiveHub::Publish(LiveEvent event) {
  const absl::MutexLock lock(&mutex_);
  if (last_ != 0 && event.sequence != last_ + 1) return false;
  last_ = event.sequence;
  events_.push_back(std::move(event));
  if (events_.size() > ring_) events_.pop_front();
  return true;
}

void LiveHub::BeginAfter(std::uint64_t sequence) {
  const absl::MutexLock lock(&mutex_);
  events_.clear();
  last_ = sequence;
}

void LiveHub::BeginAnew() {
  const absl::MutexLock lock(&mutex_);
  events_.clear();
  last_ = 0;
  ++era_;
  feed_.clear();
}

void LiveHub::SetFeed(std::string feed) {
  const absl::MutexLock lock(&mutex_);
  feed_ = std::move(feed);
}

void LiveHub::SetConnected(bool connected) {
  const absl::MutexLock lock(&mutex_);
  connected_ = connected;
}

void LiveHub::Stop() {
  const absl::MutexLock lock(&mutex_);
  stopped_ = true;
}

std::uint64_t LiveHub::last() const {
  const absl::MutexLock lock(&mutex_);
  return last_;
}

LiveCursor LiveHub::Open(const std::optional<LiveCursor>& seen) const {
  const absl::MutexLock lock(&mutex_);
  if (!seen) return {last_, era_, feed_};
  return {seen->after, era_, seen->feed};
}

bool LiveHub::IsOther(const LiveCursor& cursor) const {
  return era_ != cursor.era ||
         (!cursor.feed.empty() && !feed_.empty() && cursor.feed != feed_);
}

bool LiveHub::IsNews(const LiveCursor& cursor, bool connected_before) const {
  return stopped_ || IsOther(cursor) || last_ > cursor.after ||
         connected_ != connected_before;
}

bool LiveHub::Await(const LiveCursor& cursor, bool connected_before,
                    absl::Time deadline) const {
  const absl::MutexLock lock(&mutex_);
  const auto is_news = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return IsNews(cursor, connected_before);
  };
  return mutex_.AwaitWithDeadline(absl::Condition(&is_news), deadline);
}

LiveNews LiveHub::Read(LiveCursor& cursor, bool connected_before,
                       absl::Time deadline) {
  const absl::MutexLock lock(&mutex_);
  const auto is_news = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return IsNews(cursor, connected_before);
  };
  mutex_.AwaitWithDeadline(absl::Condition(&is_news), deadline);
  LiveNews news;
  news.connected = connected_;
  news.stopped = stopped_;
  const bool behind =
      last_ > cursor.after &&
      (events_.empty() || events_.front().sequence > cursor.after + 1);
  const bool beyond = cursor.after > last_ && connected_ && !is_news();
  if (IsOther(cursor) || behind || beyond) {
    news.reset = true;
    cursor = {last_, era_, feed_};
    return news;
  }
  if (!feed_.empty()) cursor.feed = feed_;
  if (last_ <= cursor.after) return news;
  const std::size_t skip = cursor.after + 1 - events_.front().sequence;
  const std::size_t end = std::min(events_.size(), skip + kMostEvents);
  for (std::size_t i = skip; i < end; ++i) news.events.push_back(events_[i]);
  cursor.after = news.events.back().sequence;
  return news;
}

std::string EventText(const LiveNews& news, const LiveCursor& cursor) {
  std::string out;
  if (news.reset) {
    out += Cat("id: ", EventId(cursor.after, cursor.feed),
               "\nevent: reset\ndata: {}\n\n");
  }
  for (const LiveEvent& event : news.events) {
    out +=
        Cat("id: ", EventId(event.sequence, cursor.feed),
            "\nevent: change\ndata: {\"alert_id\":", JsonString(event.alert_id),
            ",\"revision\":", event.revision, "}\n\n");
  }
  // Last: a page that got this has got all before it.
  return out + Cat("id: ", EventId(cursor.after, cursor.feed),
                   "\nevent: matcher\ndata: {\"connected\":",
                   news.connected ? "true" : "false", "}\n\n");
}

}  // namespace samkoer::clients
