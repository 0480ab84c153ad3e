// What a store is: its format version and whose it is. Checked before anything
// else is read, so that a newer format, or another municipality's store, is
// refused and never half understood.
#ifndef SAMKOER_STORAGE_META_H_
#define SAMKOER_STORAGE_META_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"
#include "storage/store_kind.h"

namespace samkoer::storage {

// The format that FORMAT.md describes.
inline constexpr std::uint32_t kFormatVersion = 1;

// Whose store it is.
struct StoreIdentity {
  StoreKind kind = StoreKind::kMatcher;
  std::string municipality;  // IsMunicipalityName
  std::string purpose;       // at most 64 bytes; empty for the key service
  friend bool operator==(const StoreIdentity&, const StoreIdentity&) = default;
};

// An identified store's own secrets.
struct StoreMeta {
  StoreIdentity identity;
  // The key of IndexHash: random, made with the store, sealed in it.
  crypto::HashKey index_key;
};

// Puts a new store's meta into `batch`; write it together with the first audit
// leaf (STORE_CREATED). INVALID_ARGUMENT for a bad municipality or purpose.
absl::StatusOr<StoreMeta> StageNewMeta(WriteBatch& batch,
                                       const ValueSealer& sealer,
                                       const StoreIdentity& identity);

// Reads the meta and compares it with what the caller expects.
//  * NOT_FOUND: the store is empty: make it with StageNewMeta.
//  * FAILED_PRECONDITION: unknown format version; other kind, municipality or
//    purpose than expected; a key generation that is not here.
//  * DATA_LOSS: the store has keys but no meta, or the meta is damaged or was
//    sealed under another key-encryption key.
absl::StatusOr<StoreMeta> LoadMeta(const Reader& reader,
                                   const ValueSealer& sealer,
                                   const StoreIdentity& expected);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_META_H_
