// Named places where a test can kill the process, to show that nothing is lost
// or half done whatever the moment. Where SAMKOER_FAILPOINTS is 0 nothing is left.
//
// SAMKOER_FAILPOINT="name:count" in the environment, read once, kills at the
// count-th time (from 1) that the place is passed. Unknown names never fire.
// The names, and what is durable when they fire:
//   loop.before-write       nothing of the group
//   loop.after-write        all of the group, nobody has been answered
//   loop.after-answer       all of the group, everybody has been answered
//   stage.prepared          a batch was checked, nothing of it is written
//   commit.before-intent    all batches of the push; its commit is not
//   commit.after-intent     the intent: the commit must be rolled forward
//   commit.applied          the intent; the index has the push, the store not
//   rollforward.before      the intent, at the start of the next process
//   rollforward.after       the push, rolled forward
//   policy.before-apply     the older policy
//   proposal.before-write   the older policy, and the proposal still open
//   sweep.before-write      the state before the sweep
//   erase.before-write      the state before the erasure
//   audit.before-checkpoint the group, but not the checkpoint outside
//   backup.file             one file more of a backup, not its manifest
//   backup.before-manifest  all files of a backup
//   backup.after-manifest   the backup, its older ones not yet removed
//   kek.before-keyring      nothing of the rotation
//   kek.after-keyring       the keyring file with both keys; no leaf
//   kek.step                the leaf, and a part of the values sealed again
//   kek.before-destroy      all of them; the keyring file still has both keys
//   kek.after-destroy       the keyring file with the new key alone; no leaf
//   keyd.before-debit       nothing of the group
//   keyd.after-debit        the debits and their leaves, nobody is answered
//   keyd.after-answer       the same, everybody has been answered
//
// Thread safety: may be passed by many threads.
#ifndef SAMKOER_STORAGE_FAILPOINT_H_
#define SAMKOER_STORAGE_FAILPOINT_H_

#include <string_view>

namespace samkoer::storage {

// Ends the process if the environment says so; else returns.
void PassFailpoint(std::string_view name);

}  // namespace samkoer::storage

// samkoer_failpoints() in the folder's CMakeLists.txt says so: a file that it does
// not name would lose its failpoints without a word.
#ifndef SAMKOER_FAILPOINTS
#error "name this file in samkoer_failpoints() of its CMakeLists.txt"
#endif

#if SAMKOER_FAILPOINTS
#define SAMKOER_FAILPOINT(name) ::samkoer::storage::PassFailpoint(name)
#else
#define SAMKOER_FAILPOINT(name) static_cast<void>(0)
#endif

#endif  // SAMKOER_STORAGE_FAILPOINT_H_
