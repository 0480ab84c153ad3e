// What `restore` leaves in a store: that it is a backup. A checkpoint outside
// may be lost with the store, and one that somebody else kept may be older than
// the backup; then nothing else shows that the store had gone on after it. The
// start asks for a declared loss (checkpoint_guard.h) while the mark stands.
//
// One of two meta values, sealed: version (u8, 1).
//   "restored"          of a backup that a running server made
//   "restored-stopped"  of one that was made while no server ran
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_RESTORED_MARK_H_
#define SAMKOER_STORAGE_RESTORED_MARK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"

namespace samkoer::storage {

enum class RestoredMark : std::uint8_t {
  kNone,
  kStopped,  // agrees with a checkpoint outside that ends where it ends
  kRunning,  // with none: the server may have written more
};

absl::Status WriteRestoredMark(Engine& engine, const ValueSealer& sealer,
                               RestoredMark mark);
// The stronger one if there are two. Errors of the engine.
absl::StatusOr<RestoredMark> ReadRestoredMark(const Reader& reader);
// When the start has accepted the store, or the loss is declared. Writes
// nothing if there is none.
absl::Status ClearRestoredMark(Engine& engine);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_RESTORED_MARK_H_
