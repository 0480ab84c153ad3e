// What stands in a key in place of a name or id that must not be in the clear.
#ifndef SAMKOER_STORAGE_INDEX_HASH_H_
#define SAMKOER_STORAGE_INDEX_HASH_H_

#include <string_view>

#include "crypto/keyed_hash.h"

namespace samkoer::storage {

// BLAKE2b-128 keyed with the store's index key (meta.h) over
//   "samkoer/v1/index" 0x00 label 0x00 value.
// `label` names the use ("subject", "quota") and holds no zero byte. Without
// the index key, which lies sealed in the store, a hash cannot be tested
// against a guess. Pure; may be called from many threads.
crypto::Hash16 IndexHash(const crypto::HashKey& index_key,
                         std::string_view label, crypto::Bytes value);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_INDEX_HASH_H_
