#ifndef SAMKOER_MATCHER_PARALLEL_H_
#define SAMKOER_MATCHER_PARALLEL_H_

#include <cstddef>
#include <functional>

#include "absl/status/status.h"

namespace samkoer::matcher {

// Calls `work(begin, end)` for pieces of [0, n) of at most `grain`, on the
// calling thread and up to `threads` - 1 others, and returns when all are done:
// the first error, or OK. After an error pieces not yet begun are left out.
// `work` must bear being called from several threads at once. One piece runs
// without any other thread.
absl::Status ParallelFor(
    unsigned threads, std::size_t n, std::size_t grain,
    const std::function<absl::Status(std::size_t begin, std::size_t end)>&
        work);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_PARALLEL_H_
