#include "matcher/parallel.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace samkoer::matcher {

absl::Status ParallelFor(
    unsigned threads, std::size_t n, std::size_t grain,
    const std::function<absl::Status(std::size_t begin, std::size_t end)>&
        work) {
  const std::size_t pieces = (n + grain - 1) / grain;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  absl::Status status;
  const auto run = [&] {
    while (!failed) {
      const std::size_t piece = next++;
      if (piece >= pieces) return;
      const std::size_t begin = piece * grain;
      if (absl::Status s = work(begin, std::min(n, begin + grain)); !s.ok()) {
        std::lock_guard lock(mutex);
        if (status.ok()) status = s;
        failed = true;
      }
    }
  };
  std::vector<std::thread> others;
  const std::size_t helpers = std::min<std::size_t>(
      threads == 0 ? 0 : threads - 1, pieces == 0 ? 0 : pieces - 1);
  for (std::size_t i = 0; i < helpers; ++i) others.emplace_back(run);
  run();
  for (std::thread& other : others) other.join();
  return status;
}

}  // namespace samkoer::matcher
