// The embedded engine: RocksDB behind the seam of engine.h.
//
// Every write is synced before Write returns. Recovery is point in time: after
// damage in the middle of its log RocksDB opens with what came before, so the
// caller must compare the audit log with the checkpoint outside the store
// (checkpoint_guard.h). Values are not compressed, because they are sealed.
#ifndef SAMKOER_STORAGE_ROCKSDB_ENGINE_H_
#define SAMKOER_STORAGE_ROCKSDB_ENGINE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "storage/engine.h"
#include "storage/store_copier.h"

namespace samkoer::storage {

struct RocksDbOptions {
  // Make the store if there is none (default: no, so that a wrong path is an
  // error and not an empty store).
  bool create_if_missing = false;
  // Memory for blocks that were read (default 64 MiB). Reads beside the
  // in-memory index are few; more helps only look-ups over large logs.
  std::size_t block_cache_bytes = std::size_t{64} << 20;
  // Writes gather in memory up to this size (default 64 MiB) before they become
  // a file. Up to four are held. Larger makes bulk loads faster and start-up
  // after a crash slower.
  std::size_t memtable_bytes = std::size_t{64} << 20;
  // Threads that flush and compact; at least 2 (default 2).
  int background_threads = 2;
};

// Opens the store in directory `path`, for this process alone; the directory's
// mode becomes 0700.
//
// Errors, each with its remedy:
//  * NOT_FOUND: there is no store and `create_if_missing` is false.
//  * FAILED_PRECONDITION: it is open already, here or in another process.
//  * PERMISSION_DENIED: the directory cannot be made, read or locked.
//  * DATA_LOSS: the engine finds damage.
//  * RESOURCE_EXHAUSTED: the disk is full, or too full to open.
//  * INTERNAL: any other failure of the disk.
//
// The engine's own errors: NOT_FOUND (Get), DATA_LOSS, RESOURCE_EXHAUSTED (the
// disk is full), INTERNAL. Snapshots must be destroyed before the engine.
absl::StatusOr<std::unique_ptr<Engine>> OpenRocksDb(
    const std::string& path, const RocksDbOptions& options);

// What copies a store that OpenRocksDb opened; lives as long as the engine.
// Null for another engine.
StoreCopier* CopierOf(Engine& engine);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_ROCKSDB_ENGINE_H_
