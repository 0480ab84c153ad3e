#include "server/keyd_keyring.h"

#include <gtest/gtest.h>

#include <fstream>

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

}  // namespace
}  // namespace samkoer::server
