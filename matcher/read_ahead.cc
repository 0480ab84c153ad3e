#include "matcher/read_ahead.h"

#include <utility>

#include "proto/limits.h"

namespace samkoer::matcher {

ReadAhead::ReadAhead(const storage::Reader& store,
                     const storage::ValueSealer& sealer, unsigned threads)
    : store_(store), sealer_(sealer), threads_(threads) {
  thread_ = std::thread([this] { Run(); });
}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::shared_ptr<ReadAhead::Request> ReadAhead::Ask(std::uint64_t push,
                                                   std::uint64_t batches,
                                                   std::uint64_t records) {
  auto request = std::make_shared<Request>(*this);
  request->push_ = push;
  request->batches_ = batches;
  request->records_ = records;
  if (batches <= proto::kMaxPushBatches && records <= kMostRecords) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(request);
  }
  changed_.notify_all();
  return request;
}

std::optional<StagedSnapshot> ReadAhead::Take(Request& request) {
  std::optional<StagedSnapshot> snapshot;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock,
                  [&] { return request.state_ != Request::State::kReading; });
    if (request.state_ == Request::State::kRead) {
      snapshot.swap(request.snapshot_);
      held_ = false;
    }
    request.state_ = Request::State::kOver;
  }
  changed_.notify_all();
  return snapshot;
}

void ReadAhead::Drop(Request& request) {
  {
    // Nobody else has it: it is not being read.
    const std::lock_guard lock(mutex_);
    if (request.state_ == Request::State::kRead) held_ = false;
  }
  changed_.notify_all();
}

void ReadAhead::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock,
                  [&] { return stopping_ || (!held_ && !waiting_.empty()); });
    if (stopping_) return;
    std::shared_ptr<Request> request = waiting_.front().lock();
    waiting_.pop_front();
    const bool wanted =
        request != nullptr && request->state_ == Request::State::kWaiting;
    if (wanted) {
      request->state_ = Request::State::kReading;
      held_ = true;
    }
    lock.unlock();
    if (wanted) ReadNow(*request);
    // Perhaps the last to hold it: not under the lock.
    request.reset();
    lock.lock();
  }
}

void ReadAhead::ReadNow(Request& request) {
  auto read = ReadStagedSnapshot(
      [&](std::string_view key) { return store_.Get(key); }, sealer_, threads_,
      request.push_, request.batches_, request.records_);
  {
    const std::lock_guard lock(mutex_);
    if (read.ok()) {
      request.snapshot_ = *std::move(read);
      request.state_ = Request::State::kRead;
    } else {
      request.state_ = Request::State::kOver;
      held_ = false;
    }
  }
  changed_.notify_all();
}

}  // namespace samkoer::matcher
