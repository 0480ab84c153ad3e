// Goal e: bytes on disk after compaction, of a store that nobody has open; and
// the bytes of keys and values by table (FORMAT.md has the letters).
//
//   disk_bench DIRECTORY

#include <cstdio>
#include <map>
#include <string>

#include "storage/key_layout.h"
#include "storage/rocksdb_engine.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: disk_bench DIRECTORY\n");
    return 64;
  }
  auto engine = samkoer::storage::OpenRocksDb(argv[1], {});
  const absl::Status ready =
      engine.ok() ? (*engine)->Compact() : engine.status();
  if (!ready.ok()) {
    std::fprintf(stderr, "error: %s\n", std::string(ready.message()).c_str());
    return 1;
  }
  auto bytes = (*engine)->DiskBytes();
  if (!bytes.ok()) return 1;
  std::printf("disk %llu bytes\n", static_cast<unsigned long long>(*bytes));
  std::map<char, std::uint64_t> tables;
  const absl::Status scanned = (*engine)->Scan(
      "", "", [&](std::string_view key, std::string_view value) {
        tables[key.empty() ? '?' : key[0]] += key.size() + value.size();
        return true;
      });
  if (!scanned.ok()) return 1;
  for (const auto& [table, size] : tables) {
    std::printf("disk_%c %llu bytes\n", table,
                static_cast<unsigned long long>(size));
  }
  return 0;
}
