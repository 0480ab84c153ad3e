#include "server/keyd_keyring.h"

#include <gtest/gtest.h>

#include <fstream>

#include "storage/keyring_file.h"
#include "tests/server/keyd_fixture.h"

namespace samkoer::server {
namespace {

class KeydKeyringTest : public KeydFixture {
 protected:
  KeydKeyringTest() { SetPassphrase("a passphrase of this test"); }
  void SetPassphrase(const std::string& text) {
    const std::string path = folder_ + "/passphrase";
    std::filesystem::remove(path);
    std::ofstream(path) << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_read |
                                           std::filesystem::perms::owner_write);
    config_.set_passphrase("file:" + path);
  }
  absl::StatusOr<OpenKeyring> Make() {
    return MakeKeyring(config_, "ungeindsats",
                       crypto::SealStrength::kInteractive);
  }
};

TEST_F(KeydKeyringTest, WhatIsMadeIsWhatIsLoaded) {
  auto made = Make();
  ASSERT_TRUE(made.ok()) << made.status();
  auto loaded = LoadKeyring(config_);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const LiveKey* key = loaded->keys.Find("ungeindsats", 1);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->pair.public_key, made->keys.all().front().pair.public_key);
  EXPECT_EQ(loaded->keyring.municipality, "viborg");
}

TEST_F(KeydKeyringTest, AKeyringIsNeverOverwritten) {
  ASSERT_TRUE(Make().ok());
  EXPECT_EQ(Make().status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(KeydKeyringTest, AWrongPassphraseOpensNothing) {
  ASSERT_TRUE(Make().ok());
  SetPassphrase("another passphrase");
  EXPECT_EQ(LoadKeyring(config_).status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST_F(KeydKeyringTest, ABadPurposeLeavesNoFile) {
  EXPECT_EQ(
      MakeKeyring(config_, "Ungeindsats", crypto::SealStrength::kInteractive)
          .status()
          .code(),
      absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(config_.keyring_file()));
}

TEST_F(KeydKeyringTest, ARotationStandsInTheFileAndEndsOnItsDay) {
  auto made = Make();
  ASSERT_TRUE(made.ok()) << made.status();
  auto rotated = RotateKeyring(config_, "ungeindsats", "2026-12-24");
  ASSERT_TRUE(rotated.ok()) << rotated.status();
  EXPECT_EQ(rotated->keys.Of("ungeindsats").size(), 2u);
  EXPECT_EQ(rotated->keys.Find("ungeindsats", 1)->closes_on, "2026-12-24");
  EXPECT_EQ(RotateKeyring(config_, "ungeindsats", "2027-12-24").status().code(),
            absl::StatusCode::kFailedPrecondition);
  const auto passphrase = crypto::ReadPassphrase(config_.passphrase());
  ASSERT_TRUE(passphrase.ok());
  EXPECT_EQ(*DestroyDueSeeds(config_, *passphrase, "2026-12-23"), 0u);
  EXPECT_EQ(LoadKeyring(config_)->keys.all().size(), 2u);
  EXPECT_EQ(*DestroyDueSeeds(config_, *passphrase, "2026-12-24"), 1u);
  const auto left = LoadKeyring(config_);
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_EQ(left->keys.Find("ungeindsats", 1), nullptr);
  EXPECT_TRUE(left->keys.IsRetired("ungeindsats", 1));
  EXPECT_NE(left->keys.Find("ungeindsats", 2), nullptr);
  EXPECT_EQ(left->keyring.keks.size(), made->keyring.keks.size());
}

TEST_F(KeydKeyringTest, WhileTheFileIsBeingChangedItIsNotRotated) {
  ASSERT_TRUE(Make().ok());
  const auto lock = storage::KeyringLock::Take(config_.keyring_file());
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(RotateKeyring(config_, "ungeindsats", "2026-12-24").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace samkoer::server
