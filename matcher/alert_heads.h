// The heads of all alerts (alert_table.h) in memory, as the store has them at
// one moment: what lists and the overview look through, without opening a
// block. About 120 bytes an alert, shared by all moments in which it is the
// same.
#ifndef SAMKOER_MATCHER_ALERT_HEADS_H_
#define SAMKOER_MATCHER_ALERT_HEADS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "storage/alert_table.h"

namespace samkoer::matcher {

// Thread safety: never changes, so that many threads may read it.
class AlertHeads {
 public:
  // Of which moment. Every change of a head is an entry of the feed in the same
  // write, so that equal numbers mean equal heads.
  std::uint64_t feed_sequence() const { return feed_sequence_; }

  // Calls `visit` for the heads with a number below `before` (0: all), newest
  // first, until it returns false.
  void Scan(
      std::uint64_t before,
      absl::FunctionRef<bool(const storage::StoredAlert& head)> visit) const;

 private:
  friend class AlertHeadBook;
  // Heads of one block of the store, ascending.
  using Block = std::vector<storage::StoredAlert>;

  std::uint64_t feed_sequence_ = 0;
  std::vector<std::shared_ptr<const Block>> blocks_;  // null: it has none
};

// The newest ones. The commit loop's own.
class AlertHeadBook {
 public:
  // A block as it is written, ascending; empty if nobody is left in it.
  void Put(std::uint64_t block, std::vector<storage::StoredAlert> heads);

  // All of them, as of this end of the feed. The same object for as long as
  // neither has changed.
  std::shared_ptr<const AlertHeads> Share(std::uint64_t feed_sequence);

 private:
  std::vector<std::shared_ptr<const AlertHeads::Block>> blocks_;
  bool changed_ = true;  // since the last Share
  std::shared_ptr<const AlertHeads> shared_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ALERT_HEADS_H_
