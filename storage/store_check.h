// Checks of a whole store that both servers' stores need. They read everything,
// write nothing, and take memory that does not grow with the store.
//
// All return an error only where the engine itself fails or `progress` ends
// them; what is wrong with the store becomes a finding.
//
// Thread safety: pure but for what they read.
#ifndef SAMKOER_STORAGE_STORE_CHECK_H_
#define SAMKOER_STORAGE_STORE_CHECK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "storage/engine.h"
#include "storage/findings.h"
#include "storage/sealed_value.h"
#include "storage/store_kind.h"

namespace samkoer::storage {

struct CheckedStore {
  const Reader& reader;
  const ValueSealer& sealer;
  StoreKind kind;
  crypto::HashKey index_key;  // StoreMeta
  CheckProgress progress;     // may be empty
};

// Every key is of a table of this kind of store and formed as such, and every
// value is sealed for its key under a key-encryption key of the keyring; what
// is not sealed is the identity, or empty where keys say everything. How many
// values there are.
absl::StatusOr<std::uint64_t> CheckValues(const CheckedStore& store,
                                          Findings& findings);

// Every leaf is there and valid, the tiles hold exactly the tree of the leaves,
// and every entry of the subject index leads to a leaf that names the subject.
// (That a leaf's entry is missing is no finding: an erasure removes it.)
absl::Status CheckLog(const CheckedStore& store, Findings& findings);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_STORE_CHECK_H_
