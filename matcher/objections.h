// Who has objected: the persons of whom nothing is taken in, as keyed hashes of
// their person keys (storage/objection_table.h).
#ifndef SAMKOER_MATCHER_OBJECTIONS_H_
#define SAMKOER_MATCHER_OBJECTIONS_H_

#include <cstddef>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "crypto/keyed_hash.h"
#include "matcher/transaction.h"

namespace samkoer::matcher {

struct LoopState;

// Thread safety: const methods may be called from many threads. A set that is
// shared is not changed any more.
class ObjectionSet {
 public:
  ObjectionSet() = default;
  // `index_key` is the store's (storage/meta.h).
  explicit ObjectionSet(const crypto::HashKey& index_key)
      : index_key_(index_key) {}

  bool empty() const { return hashes_.empty(); }
  std::size_t size() const { return hashes_.size(); }
  bool Contains(const crypto::Hash16& person_key) const {
    return !hashes_.empty() && hashes_.contains(HashOf(person_key));
  }
  // What stands in the store in place of the person key.
  crypto::Hash16 HashOf(const crypto::Hash16& person_key) const;
  void Insert(const crypto::Hash16& hash) { hashes_.insert(hash); }
  void Remove(const crypto::Hash16& hash) { hashes_.erase(hash); }

 private:
  crypto::HashKey index_key_;
  absl::flat_hash_set<crypto::Hash16> hashes_;
};

// Reads the table into the state, whose index key is set. DATA_LOSS if damaged.
absl::Status LoadObjections(LoopState& state);

// Each changes the state and adds what the store must hold to the transaction.
// Returns false if there was nothing to change.
bool RegisterObjection(LoopState& state, Transaction& tx,
                       const crypto::Hash16& person_key);
bool LiftObjection(LoopState& state, Transaction& tx,
                   const crypto::Hash16& person_key);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_OBJECTIONS_H_
