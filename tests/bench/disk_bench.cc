// Goal e: bytes on disk after compaction, of a store that nobody has open.
//
//   disk_bench DIRECTORY

#include <cstdio>

#include "storage/rocksdb_engine.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: disk_bench DIRECTORY\n");
    return 64;
  }
  auto engine = samkoer::storage::OpenRocksDb(argv[1], {});
  if (!engine.ok() || !(*engine)->Compact().ok()) {
    std::fprintf(stderr, "error: cannot open or compact the store\n");
    return 1;
  }
  auto bytes = (*engine)->DiskBytes();
  if (!bytes.ok()) return 1;
  std::printf("disk %llu bytes\n", static_cast<unsigned long long>(*bytes));
  return 0;
}
