// Hashes leaves into a tree of their own on a second thread, while the caller
// hashes others: verifying a long log is all hashing.
#ifndef SAMKOER_CLIENTS_AUDIT_SUBTREE_HASHER_H_
#define SAMKOER_CLIENTS_AUDIT_SUBTREE_HASHER_H_

#include <atomic>
#include <thread>

#include "crypto/merkle.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

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
  // The tree of those leaves, counted from 0.
  crypto::CompactTree Wait();

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
  crypto::CompactTree tree_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_SUBTREE_HASHER_H_
