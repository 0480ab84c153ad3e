#include "storage/rocksdb_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstdint>

namespace samkoer::storage {

rocksdb::Options RocksDbSettings(const RocksDbOptions& wanted) {
  rocksdb::Options options;
  options.create_if_missing = wanted.create_if_missing;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // After an error the process ends; nothing is tried behind its back.
  options.max_bgerror_resume_count = 0;

  options.IncreaseParallelism(std::max(wanted.background_threads, 2));
  options.write_buffer_size = wanted.memtable_bytes;
  options.max_write_buffer_number = 4;
  // Room in level 0 for a bulk load before writes are slowed.
  options.level0_file_num_compaction_trigger = 4;
  options.level0_slowdown_writes_trigger = 24;
  options.level0_stop_writes_trigger = 48;
  options.level_compaction_dynamic_level_bytes = true;
  options.max_bytes_for_level_base = std::uint64_t{256} << 20;

  // Sealed values do not compress.
  options.compression = rocksdb::kNoCompression;
  options.bottommost_compression = rocksdb::kNoCompression;
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;
  table.block_size = 16 << 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_cache = rocksdb::NewLRUCache(wanted.block_cache_bytes);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));

  // Warnings only: at INFO level the engine's LOG prints keys of compactions.
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 3;
  options.max_log_file_size = 1 << 20;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

}  // namespace samkoer::storage
