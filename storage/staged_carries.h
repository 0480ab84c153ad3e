// Objections that a batch would carry over to a new key of pseudonyms, kept
// with the staged batch (staged_batch.h) until its push is committed. A batch
// that carries any is of version 3, whose records are followed by
//   how many (u32), then for each: person key (16), the same person's key under
//   the epoch before, as the department says (16)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_STAGED_CARRIES_H_
#define SAMKOER_STORAGE_STAGED_CARRIES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"

namespace samkoer::storage {

struct StagedCarry {
  crypto::Hash16 person_key{};
  crypto::Hash16 previous_key{};
  bool operator==(const StagedCarry&) const = default;
};

// Ends a staged batch, which has its head and all its records. Without carries
// it stays as it is.
void PutStagedCarries(std::string& batch,
                      const std::vector<StagedCarry>& carries);

// Those of a staged batch. Errors as DecodeStagedBatch.
absl::StatusOr<std::vector<StagedCarry>> DecodeStagedCarries(
    std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_STAGED_CARRIES_H_
