#include "storage/rocksdb_options.h"

#include <gtest/gtest.h>

namespace samkoer::storage {
namespace {

TEST(RocksDbSettings, WhatWasWantedIsPassedOn) {
  const rocksdb::Options options =
      RocksDbSettings({.create_if_missing = true, .memtable_bytes = 1 << 20});
  EXPECT_TRUE(options.create_if_missing);
  EXPECT_EQ(options.write_buffer_size, std::size_t{1} << 20);
  EXPECT_FALSE(RocksDbSettings({}).create_if_missing);
}

TEST(RocksDbSettings, ThereAreAtLeastTwoBackgroundThreads) {
  EXPECT_GE(RocksDbSettings({.background_threads = 0}).max_background_jobs, 2);
  EXPECT_EQ(RocksDbSettings({.background_threads = 5}).max_background_jobs, 5);
}

TEST(RocksDbSettings, SealedValuesAreNotCompressed) {
  EXPECT_EQ(RocksDbSettings({}).compression, rocksdb::kNoCompression);
  EXPECT_EQ(RocksDbSettings({}).bottommost_compression,
            rocksdb::kNoCompression);
}

TEST(RocksDbSettings, NothingGoesOnAfterAnErrorAndKeysAreNotLogged) {
  const rocksdb::Options options = RocksDbSettings({});
  EXPECT_EQ(options.max_bgerror_resume_count, 0);
  EXPECT_EQ(options.wal_recovery_mode,
            rocksdb::WALRecoveryMode::kPointInTimeRecovery);
  EXPECT_EQ(options.info_log_level, rocksdb::InfoLogLevel::WARN_LEVEL);
}

}  // namespace
}  // namespace samkoer::storage
