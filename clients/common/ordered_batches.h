// Works on numbered batches with several threads and gives the results on in
// order. Knows nothing of what the work is.
#ifndef SAMKOER_CLIENTS_COMMON_ORDERED_BATCHES_H_
#define SAMKOER_CLIENTS_COMMON_ORDERED_BATCHES_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/oprf.h"

namespace samkoer::clients {

// Computes batch `number`. Called from several threads at once. `stop` becomes
// true when another batch has failed: waiting is then pointless.
using BatchWork = std::function<absl::StatusOr<std::vector<crypto::OprfOutput>>(
    std::size_t number, const std::atomic<bool>& stop)>;
// Takes the result of batch `number`. Called from the calling thread, 0, 1, 2
// and so on.
using BatchDeliver = std::function<absl::Status(
    std::size_t number, const std::vector<crypto::OprfOutput>& outputs)>;

// Runs `work` for 0 to `count` - 1 on `threads` threads (at least 1). At most
// 2 * `threads` results wait for their turn. After an error no new batch is
// begun; what comes before the first failed batch is still delivered, and its
// error returned.
absl::Status RunOrderedBatches(std::size_t count, unsigned threads,
                               const BatchWork& work,
                               const BatchDeliver& deliver);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_ORDERED_BATCHES_H_
