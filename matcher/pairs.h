// Pairs of an old and a new pseudonym of one person, which travel with records
// while the key of pseudonyms is rotated: what they do to persons.
//
// Let `now` be whoever has the new key and `before` whoever has the old one.
//   * Only `before` exists: moved. The person's key becomes the new one;
//   number,
//     data key, subject, records and alert stay.
//   * Both: merged. All records go to one of them, the survivor, who gets the
//     new key. The survivor is who has the alert; if both have one, whose alert
//     a person has worked with (first an active state beyond IDENTIFIED, then
//     CLOSED or DECLINED), then whose is active, then whose was opened first.
//     The other alert loses its records, so its rule ceases to hold: it is
//     withdrawn in the feed and goes with retention. Until then its person
//     stays, without records, under a key worked out from the survivor's
//     (MergedInto).
//   * Only `now`, or neither: nothing. While the epoch before is taken the
//     person is also found by the old key.
// The first pair that names a person in an epoch wins: a later one that says
// otherwise is refused.
#ifndef SAMKOER_MATCHER_PAIRS_H_
#define SAMKOER_MATCHER_PAIRS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "matcher/loop_state.h"
#include "matcher/record_changes.h"
#include "matcher/transaction.h"
#include "storage/staged_batch.h"

namespace samkoer::matcher {

struct PairCounts {
  std::uint64_t moved = 0;
  std::uint64_t merged = 0;
  std::uint64_t refused = 0;
  // Objections (objection_epochs.h).
  std::uint64_t carried = 0;
  std::uint64_t contradicted = 0;
};

inline PairCounts Sum(const PairCounts& a, const PairCounts& b) {
  return {a.moved + b.moved, a.merged + b.merged, a.refused + b.refused,
          a.carried + b.carried, a.contradicted + b.contradicted};
}

// The pairs of one command.
//
// Thread safety: belongs to the commit loop's thread.
class Pairs {
 public:
  // All must outlive it. `epoch` is the push's.
  Pairs(LoopState& state, RecordChanges& changes, std::uint32_t epoch);

  // Call with all records before any of them comes in force; those without a
  // pair do nothing. Errors are fatal, as RecordChanges'.
  absl::Status Apply(const storage::StagedRecord& record);
  // Call when all have come in force: names the new persons.
  absl::Status Finish();

  const PairCounts& counts() const { return counts_; }

 private:
  void Dirty(PersonNo person);
  void Name(PersonNo person, const crypto::Hash16& previous);
  void Rekey(PersonNo person, const crypto::Hash16& key);
  absl::Status Merge(PersonNo before, PersonNo now,
                     const storage::StagedRecord& record);

  LoopState& state_;
  RecordChanges& changes_;
  const std::uint32_t epoch_;
  bool previous_is_taken_ = false;
  PairCounts counts_;
  std::vector<const storage::StagedRecord*> unnamed_;
};

// Adds PERSONS_REKEYED, if the pairs did anything.
void AddRekeyedLeaf(const LoopState& state, Transaction& tx,
                    std::string_view actor, std::string_view certificate,
                    std::string_view push_id, const PairCounts& counts);

// The persons who are left of those that were merged into the holder of this
// key: each has an alert that has ended, and no record.
std::vector<PersonNo> MergedInto(const LoopState& state,
                                 const crypto::Hash16& person_key);

// Whether an objection may go over to the holder of `person_key`: not if a pair
// has named that person already.
bool MayCarryObjection(const LoopState& state,
                       const crypto::Hash16& person_key);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_PAIRS_H_
