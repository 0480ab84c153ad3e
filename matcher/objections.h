// Who has objected: the persons of whom nothing is taken in, as keyed hashes of
// their person keys (storage/objection_table.h).
#ifndef SAMKOER_MATCHER_OBJECTIONS_H_
#define SAMKOER_MATCHER_OBJECTIONS_H_

#include <cstddef>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "crypto/keyed_hash.h"
#include "matcher/transaction.h"
#include "storage/objection_table.h"

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
  // `before`: the same person's under the epoch before, if there is one.
  void Insert(const crypto::Hash16& hash,
              const std::optional<crypto::Hash16>& before = std::nullopt) {
    hashes_[hash] = before;
  }
  std::optional<crypto::Hash16> Before(const crypto::Hash16& hash) const {
    const auto found = hashes_.find(hash);
    return found == hashes_.end() ? std::nullopt : found->second;
  }
  void Remove(const crypto::Hash16& hash) { hashes_.erase(hash); }

 private:
  crypto::HashKey index_key_;
  absl::flat_hash_map<crypto::Hash16, std::optional<crypto::Hash16>> hashes_;
};

// Calls `visit` with each objection of the table and its hash. DATA_LOSS if the
// table is damaged; `visit` has then had some of them.
absl::Status ReadObjections(
    const LoopState& state,
    absl::FunctionRef<void(const crypto::Hash16&, storage::StoredObjection)>
        visit);

// Reads the table into the state, whose index key is set. DATA_LOSS if damaged.
absl::Status LoadObjections(LoopState& state);

// Each changes the state and adds what the store must hold to the transaction.
// Returns false if there was nothing to change. `previous_key`: the same
// person's under the epoch before, whose objection this one goes on with.
bool RegisterObjection(
    LoopState& state, Transaction& tx, const crypto::Hash16& person_key,
    const std::optional<crypto::Hash16>& previous_key = std::nullopt);
bool LiftObjection(LoopState& state, Transaction& tx,
                   const crypto::Hash16& person_key);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_OBJECTIONS_H_
