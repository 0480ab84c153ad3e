// A store at rest, to be looked at and not to be changed.
#ifndef SAMKOER_STORAGE_READ_ONLY_STORE_H_
#define SAMKOER_STORAGE_READ_ONLY_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "storage/engine.h"

namespace samkoer::storage {

// Opens the store in directory `path` as OpenRocksDb (rocksdb_engine.h) does,
// beside no server, but writes nothing at all: not what opening recovers, which
// stays in memory, no mode, no lock file; so it does not matter whom the files
// belong to. The engine's Write and Compact fail. Errors as OpenRocksDb.
absl::StatusOr<std::unique_ptr<Engine>> OpenRocksDbReadOnly(
    const std::string& path);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_READ_ONLY_STORE_H_
