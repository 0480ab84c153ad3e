// What tests of stores share: directories that vanish, fixed keys, leaves, a
// seed that can be replayed, and short ways to assert on Status.
#ifndef SAMKOER_TESTS_STORAGE_STORE_TESTING_H_
#define SAMKOER_TESTS_STORAGE_STORE_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret.h"
#include "crypto/signed_note.h"
#include "samkoer/v1/audit.pb.h"
#include "storage/audit_log.h"
#include "storage/rocksdb_engine.h"
#include "storage/sealed_value.h"

namespace samkoer::storage {

// A status' message as std::string, for matchers.
inline std::string Message(const absl::Status& status) {
  return std::string(status.message());
}

#define SAMKOER_EXPECT_OK(expression)          \
  do {                                         \
    const absl::Status status_ = (expression); \
    EXPECT_TRUE(status_.ok()) << status_;      \
  } while (false)
#define SAMKOER_ASSERT_OK(expression)          \
  do {                                         \
    const absl::Status status_ = (expression); \
    ASSERT_TRUE(status_.ok()) << status_;      \
  } while (false)

// The value, or the end of the test program with the error.
template <typename T>
T ValueOf(absl::StatusOr<T> result) {
  if (!result.ok()) {
    ADD_FAILURE() << result.status();
    std::abort();
  }
  return *std::move(result);
}

// A fresh directory, deleted with all it holds.
class TempDir {
 public:
  TempDir() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "samkoer-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }

 private:
  std::string path_;
};

// From SAMKOER_SEED, or random; printed, so that a failure can be replayed.
inline std::uint64_t TestSeed() {
  const char* given = ::getenv("SAMKOER_SEED");
  const std::uint64_t seed = given != nullptr
                                 ? std::strtoull(given, nullptr, 10)
                                 : std::random_device()();
  std::printf("SAMKOER_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

inline crypto::SecretArray<32> TestKey(std::uint8_t fill) {
  crypto::SecretArray<32> key;
  for (std::uint8_t& byte : key.ExposeMutable()) byte = fill;
  return key;
}

inline ValueSealer TestSealer(std::uint8_t fill = 1) {
  return ValueOf(ValueSealer::Create({{1, TestKey(fill)}}, 1));
}

inline crypto::NoteSigner TestSigner(std::uint8_t fill = 2) {
  return ValueOf(
      crypto::NoteSigner::FromSeed("samkoer/testby/matcher", TestKey(fill)));
}

inline crypto::HashKey TestIndexKey() { return TestKey(3); }

inline std::unique_ptr<Engine> OpenStore(const std::string& path) {
  RocksDbOptions options;
  options.create_if_missing = true;
  return ValueOf(OpenRocksDb(path, options));
}

inline std::unique_ptr<AuditLog> OpenLog(const Reader& reader,
                                         const ValueSealer& sealer) {
  return ValueOf(AuditLog::Open(reader, sealer, TestSigner(), TestIndexKey()));
}

// A valid leaf; `number` makes it differ from others.
inline samkoer::v1::AuditLeaf TestLeaf(std::uint64_t number) {
  samkoer::v1::AuditLeaf leaf;
  leaf.set_version(1);
  leaf.mutable_time()->set_seconds(1700000000 +
                                   static_cast<std::int64_t>(number));
  leaf.set_actor("matcher");
  leaf.set_action(samkoer::v1::AUDIT_ACTION_SWEEP);
  leaf.set_purpose("ungeindsats");
  auto* count = leaf.add_counts();
  count->set_name("number");
  count->set_value(number);
  return leaf;
}

}  // namespace samkoer::storage

#endif  // SAMKOER_TESTS_STORAGE_STORE_TESTING_H_
