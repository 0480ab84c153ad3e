// The pushes that the matcher remembers: what each department has open, what it
// committed last, and which pushes are over: given up, or committed before it.
//
// Thread safety: belongs to the commit loop's thread.
#ifndef SAMKOER_MATCHER_PUSH_BOOK_H_
#define SAMKOER_MATCHER_PUSH_BOOK_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "crypto/keyed_hash.h"
#include "matcher/transaction.h"
#include "storage/engine.h"
#include "storage/push_table.h"
#include "storage/sealed_value.h"

namespace samkoer::matcher {

// A push with its number, which is its key in the store.
struct NumberedPush {
  std::uint64_t number = 0;
  storage::StoredPush stored;
};

// A push that takes batches, or whose commit is to be carried through.
struct OpenPush : NumberedPush {
  struct Batch {
    crypto::Hash32 digest;
    std::uint32_t records;
  };
  std::vector<Batch> batches;
  std::uint64_t record_count = 0;
  // Of a delta: which batch states or withdraws a case. A snapshot's cases are
  // compared at the commit, all at once (snapshot_diff.h).
  absl::flat_hash_map<crypto::Hash16, std::uint32_t> mentioned;

  // BLAKE2b-256 over the digests of all batches in order.
  crypto::Hash32 Digest() const;
};

struct DepartmentPushes {
  std::optional<OpenPush> open;
  std::optional<NumberedPush> committed;
  // Those that are over, oldest first.
  std::deque<NumberedPush> given_up;
};

class PushBook {
 public:
  // How many given-up ids a department keeps: enough to recognise every stream
  // that can still be connected.
  static constexpr std::size_t kGivenUpKept = 16;

  // Reads the tables of pushes and staged batches. DATA_LOSS if damaged.
  absl::Status Load(const storage::Reader& reader,
                    const storage::ValueSealer& sealer);

  DepartmentPushes& of(std::uint16_t department) {
    return departments_[department];
  }
  // The department's open push if it has this number, else null.
  OpenPush* FindOpen(std::uint16_t department, std::uint64_t number);
  absl::flat_hash_map<std::uint16_t, DepartmentPushes>& departments() {
    return departments_;
  }

  // Each changes the book and adds what the store must hold to the transaction.
  void Open(NumberedPush push, Transaction& tx,
            const storage::ValueSealer& sealer);
  // Writes the open push again after a change.
  void Update(const OpenPush& push, Transaction& tx,
              const storage::ValueSealer& sealer);
  // The open push is in force: its staged batches go, `receipt` stays. Of the
  // push committed before it only the id is remembered.
  void Commit(std::uint16_t department, storage::StoredPush receipt,
              Transaction& tx, const storage::ValueSealer& sealer);
  // The open push and its staged batches go. Its id is remembered if
  // `remember`; else a push may begin under it again.
  void GiveUp(std::uint16_t department, bool remember, Transaction& tx,
              const storage::ValueSealer& sealer);
  // Gives up every open push, remembering none. Returns how many.
  std::uint64_t GiveUpAll(Transaction& tx, const storage::ValueSealer& sealer);
  // What the department committed last is no longer all in force: of that push,
  // too, only the id is remembered.
  void EndCommitted(std::uint16_t department, Transaction& tx,
                    const storage::ValueSealer& sealer);

 private:
  absl::Status LoadBatches(const storage::Reader& reader,
                           const storage::ValueSealer& sealer, OpenPush& push);

  absl::flat_hash_map<std::uint16_t, DepartmentPushes> departments_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_PUSH_BOOK_H_
