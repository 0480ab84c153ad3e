// What the engine is told about RocksDB, and why.
#ifndef SAMKOER_STORAGE_ROCKSDB_OPTIONS_H_
#define SAMKOER_STORAGE_ROCKSDB_OPTIONS_H_

#include <rocksdb/options.h>

#include "storage/rocksdb_engine.h"

namespace samkoer::storage {

// RocksDB's settings for a store that was opened with `wanted`. Pure.
rocksdb::Options RocksDbSettings(const RocksDbOptions& wanted);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_ROCKSDB_OPTIONS_H_
