// Hashes leaves into small trees on a second thread, while the caller hashes
// others: verifying a long log is all hashing.
#ifndef SAMKOER_CLIENTS_AUDIT_SUBTREE_HASHER_H_
#define SAMKOER_CLIENTS_AUDIT_SUBTREE_HASHER_H_

#include <atomic>
#include <thread>
#include <vector>

#include "crypto/merkle.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

// Leaves a tree. Trees begin at multiples of this in the log, so that the log's
// tree can take them in whole (CompactTree::AppendTree).
inline constexpr int kSubtreeLeaves = 64;

// Thread safety: for one thread at a time; has one of its own, which ends with
// it.
class SubtreeHasher {
 public:
  SubtreeHasher();
  ~SubtreeHasher();
  SubtreeHasher(const SubtreeHasher&) = delete;
  SubtreeHasher& operator=(const SubtreeHasher&) = delete;

  // Begins hashing leaves [begin, end) of `batch`, which must stay as it is
  // until Wait, which must follow.
  void Begin(const v1::LeafBatch& batch, int begin, int end);
  // The trees of those leaves in order, kSubtreeLeaves each but for the last.
  std::vector<crypto::CompactTree> Wait();

 private:
  enum State : int { kIdle, kWork, kDone, kStop };
  void Run();
  void Enter(State state);
  // Returns when the state is no longer `state`. Looks for a while before it
  // sleeps: being woken takes as long as hashing hundreds of leaves.
  void Leave(State state);

  // Whose turn it is: the fields below are the thread's in kWork, else the
  // caller's.
  std::atomic<int> state_ = kIdle;
  const v1::LeafBatch* batch_ = nullptr;
  int begin_ = 0, end_ = 0;
  std::vector<crypto::CompactTree> trees_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_SUBTREE_HASHER_H_
