// Gives records their pseudonyms: from the cache, and for new people from the
// key service.
#ifndef SAMKOER_CLIENTS_AGENT_PSEUDONYMISE_H_
#define SAMKOER_CLIENTS_AGENT_PSEUDONYMISE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/agent/clean_case.h"
#include "clients/agent/pseudonym_cache.h"
#include "clients/common/oprf_client.h"

namespace samkoer::agent {

// How the key service is reached; called only if it is needed.
using OpenKeyService =
    std::function<absl::StatusOr<std::shared_ptr<grpc::ChannelInterface>>()>;

struct PseudonymiseResult {
  // Evaluations asked of the key service, the self-test included.
  std::uint64_t asked = 0;
};

// Fills `record.pseudonym` of all `cases`. What the key service answers is in
// the cache, synced, before it is used, so that nothing is paid for twice.
//
// The key is proven before anything is sent: the output of the self-test input,
// from the cache or from the key service, must have the digest that the matcher
// pins. If all people and the self-test are in the cache, the key service is
// not asked at all.
//
// Errors as clients::PseudonymClient; what was answered until then stays in the
// cache, and `cases` is incomplete and not to be sent.
absl::StatusOr<PseudonymiseResult> Pseudonymise(
    std::vector<CleanCase>& cases, PseudonymCache& cache,
    const std::string& purpose, const clients::PinnedOprfKey& pinned,
    const OpenKeyService& open,
    const std::function<void(std::uint64_t done, std::uint64_t total)>&
        progress = {});

// Fills `record.previous_pseudonym` of those `cases` whose person is in
// `cache`, the one of the key before the newest. With `open` (while that key
// lives) the key service is asked for the others first, as far as it answers: a
// pair that is missing is no error. Returns how many evaluations were asked.
std::uint64_t AddPreviousPseudonyms(std::vector<CleanCase>& cases,
                                    PseudonymCache& cache,
                                    const std::string& purpose,
                                    const clients::PinnedOprfKey& pinned,
                                    const OpenKeyService& open);

// Rewrites the cache without people who are not in `cases`, if they have become
// more than a tenth of it. The self-test stays.
absl::Status PruneCache(const std::vector<CleanCase>& cases,
                        PseudonymCache& cache);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_PSEUDONYMISE_H_
