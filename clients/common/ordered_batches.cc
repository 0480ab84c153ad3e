#include "clients/common/ordered_batches.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace samkoer::clients {
namespace {

using Outputs = absl::StatusOr<std::vector<crypto::OprfOutput>>;

// What the threads share.
struct Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t next = 0;       // the first batch nobody has taken
  std::size_t delivered = 0;  // all before this are delivered
  std::map<std::size_t, Outputs> done;
  std::atomic<bool> stop = false;
};

void Work(Shared& shared, std::size_t count, std::size_t window,
          const BatchWork& work) {
  while (true) {
    std::size_t number = 0;
    {
      std::unique_lock lock(shared.mutex);
      shared.changed.wait(lock, [&] {
        return shared.stop || shared.next >= count ||
               shared.next < shared.delivered + window;
      });
      if (shared.stop || shared.next >= count) return;
      number = shared.next++;
    }
    Outputs outputs = work(number, shared.stop);
    {
      std::lock_guard lock(shared.mutex);
      if (!outputs.ok()) shared.stop = true;
      shared.done.emplace(number, std::move(outputs));
    }
    shared.changed.notify_all();
  }
}

absl::Status Deliver(Shared& shared, std::size_t count,
                     const BatchDeliver& deliver) {
  for (std::size_t number = 0; number < count; ++number) {
    Outputs outputs = absl::CancelledError("not begun");
    {
      std::unique_lock lock(shared.mutex);
      // Batches are begun in order, so one that precedes a failed one is on its
      // way and will be done.
      shared.changed.wait(lock, [&] { return shared.done.contains(number); });
      auto entry = shared.done.extract(number);
      outputs = std::move(entry.mapped());
    }
    if (!outputs.ok()) return outputs.status();
    if (absl::Status status = deliver(number, *outputs); !status.ok()) {
      return status;
    }
    {
      std::lock_guard lock(shared.mutex);
      shared.delivered = number + 1;
    }
    shared.changed.notify_all();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunOrderedBatches(std::size_t count, unsigned threads,
                               const BatchWork& work,
                               const BatchDeliver& deliver) {
  threads = static_cast<unsigned>(
      std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(count, 1)));
  Shared shared;
  std::vector<std::jthread> workers;
  workers.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    workers.emplace_back([&shared, count, threads, &work] {
      Work(shared, count, std::size_t{2} * threads, work);
    });
  }
  absl::Status status = Deliver(shared, count, deliver);
  {
    std::lock_guard lock(shared.mutex);
    shared.stop = true;
  }
  shared.changed.notify_all();
  return status;
}

}  // namespace samkoer::clients
