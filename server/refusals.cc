#include "server/refusals.h"

#include <utility>

#include "absl/time/clock.h"
#include "server/limits.h"
#include "server/log.h"

namespace samkoer::server {

void RefusalWindow::Add(const RefusalReport& refusal, absl::Time now,
                        std::vector<RefusalReport>& due) {
  Key key{refusal.actor, refusal.method, refusal.code};
  RefusalReport named = refusal;
  if (!entries_.contains(key) && entries_.size() >= kMaxDistinctRefusals) {
    named = RefusalReport{"others", {}, "others", refusal.code, 0, ""};
    key = Key{named.actor, named.method, named.code};
  }
  const auto [entry, inserted] = entries_.try_emplace(key);
  if (inserted) {
    entry->second.since = now;
    entry->second.report = named;
    entry->second.report.count = 0;
    named.count = 1;
    due.push_back(std::move(named));
  } else {
    ++entry->second.report.count;
  }
}

void RefusalWindow::Collect(absl::Time now, bool all,
                            std::vector<RefusalReport>& due) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (!all && now - entry->second.since < kRefusalWindow) {
      ++entry;
      continue;
    }
    if (entry->second.report.count > 0) due.push_back(entry->second.report);
    entry = entries_.erase(entry);
  }
}

RefusalRecorder::RefusalRecorder(Writer writer)
    : writer_(std::move(writer)), thread_([this] { Run(); }) {}

RefusalRecorder::~RefusalRecorder() { Stop(); }

void RefusalRecorder::Record(const RefusalReport& refusal) {
  absl::MutexLock lock(&mutex_);
  if (!stopping_) window_.Add(refusal, absl::Now(), due_);
}

void RefusalRecorder::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void RefusalRecorder::Run() {
  bool last = false;
  while (!last) {
    std::vector<RefusalReport> due;
    {
      const auto wanted = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return stopping_ || !due_.empty();
      };
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(&wanted), absl::Seconds(1));
      last = stopping_;
      window_.Collect(absl::Now(), last, due_);
      due.swap(due_);
    }
    for (const RefusalReport& report : due) {
      log::Warning("call.refused",
                   {{"method", report.method},
                    {"actor", report.actor},
                    {"code", absl::StatusCodeToString(report.code)},
                    {"reason", report.reason},
                    {"count", report.count}});
      const absl::Status written = writer_(report);
      if (!written.ok()) {
        log::Error("audit.refusal_not_written", {{"status", written}});
      }
    }
  }
}

}  // namespace samkoer::server
