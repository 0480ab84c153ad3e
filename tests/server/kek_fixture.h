// A matcher over real TLS whose store is on disk and whose key can be rotated.
#ifndef SAMKOER_TESTS_SERVER_KEK_FIXTURE_H_
#define SAMKOER_TESTS_SERVER_KEK_FIXTURE_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "server/kek_rotation.h"
#include "server/matcher_kek_writer.h"
#include "storage/key_layout.h"
#include "storage/keyring_file.h"
#include "storage/rocksdb_engine.h"
#include "tests/server/matcherd_fixture.h"

namespace samkoer::server {

// A sealed value as it lay in a store.
struct SealedValue {
  std::string key;
  std::string value;
};

inline std::vector<SealedValue> SealedValuesOf(const storage::Reader& store) {
  std::vector<SealedValue> values;
  const absl::Status status =
      store.Scan("", "", [&](std::string_view key, std::string_view value) {
        if (storage::IsSealed(key, value)) {
          values.push_back({std::string(key), std::string(value)});
        }
        return true;
      });
  EXPECT_TRUE(status.ok()) << status;
  return values;
}

// How many of the values stand in any file of the folder. A value is known by
// its nonce, 24 random bytes.
inline std::size_t FoundInFiles(const std::string& folder,
                                const std::vector<SealedValue>& values) {
  std::size_t found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    for (const SealedValue& value : values) {
      found += bytes.find(value.value.substr(5, 24)) != std::string::npos;
    }
  }
  return found;
}

// How many of the values a keyring's keys open.
inline std::size_t Opened(const storage::Keyring& keyring,
                          const std::vector<SealedValue>& values) {
  const auto sealer = keyring.Sealer();
  EXPECT_TRUE(sealer.ok()) << sealer.status();
  std::size_t opened = 0;
  for (const SealedValue& value : values) {
    opened += sealer->Open(value.key, value.value).ok();
  }
  return opened;
}

// Waits until no older key is left. False after a minute.
inline bool RotationEnds(const KekRotation& kek) {
  for (int i = 0; i < 6000; ++i) {
    if (kek.Status().older_generations().empty()) return true;
    absl::SleepFor(absl::Milliseconds(10));
  }
  return false;
}

class KekFixture : public MatcherdFixture {
 protected:
  void SetUp() override {
    config_.set_keyring_file(ring_.File("keyring"));
    keyring_ =
        *storage::Keyring::Generate(storage::StoreKind::kMatcher, "viborg");
    const absl::Status saved =
        keyring_.Save(config_.keyring_file(), Passphrase(),
                      crypto::SealStrength::kInteractive, false);
    ASSERT_TRUE(saved.ok()) << saved;
    MatcherdFixture::SetUp();
  }
  KekRotation* StartKek() override {
    writer_ = std::make_unique<MatcherKekWriter>(*matcher_);
    auto kek = KekRotation::Start(
        {*store_->engine, *store_->sealer, File(), *writer_, *metrics_},
        {config_.data_dir(), days_, [this] { return now_; }}, keyring_);
    EXPECT_TRUE(kek.ok()) << kek.status();
    kek_ = *std::move(kek);
    return kek_.get();
  }
  void StopKek() override {
    if (kek_) kek_->Stop();
  }
  void DropKek() override { kek_.reset(); }
  // Not later, when the overrides above are gone.
  void TearDown() override { Close(); }
  // As a process that starts again: with what the keyring file says.
  void Restart() {
    Close();
    keyring_ = LoadedKeyring();
    Open();
  }

  const storage::KeyringFile& File() {
    if (!keyring_file_) {
      keyring_file_ = std::make_unique<storage::KeyringFile>(
          config_.keyring_file(), storage::StoreKind::kMatcher,
          [] { return Passphrase(); });
    }
    return *keyring_file_;
  }
  static crypto::SecretBuffer Passphrase() {
    return crypto::SecretBuffer(crypto::AsBytes("a passphrase of this test"));
  }
  storage::Keyring LoadedKeyring() const {
    auto keyring = storage::Keyring::Load(
        config_.keyring_file(), storage::StoreKind::kMatcher, Passphrase());
    EXPECT_TRUE(keyring.ok()) << keyring.status();
    return *std::move(keyring);
  }
  std::vector<v1::AuditLeaf> LeavesOf(v1::AuditAction action) {
    std::vector<v1::AuditLeaf> found;
    for (v1::AuditLeaf& leaf : Leaves()) {
      if (leaf.action() == action) found.push_back(std::move(leaf));
    }
    return found;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  std::uint32_t days_ = 0;
  testing::TestDirectory ring_;
  std::unique_ptr<storage::KeyringFile> keyring_file_;
  std::unique_ptr<MatcherKekWriter> writer_;
  std::unique_ptr<KekRotation> kek_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_TESTS_SERVER_KEK_FIXTURE_H_
