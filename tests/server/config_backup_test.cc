#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_replace.h"
#include "crypto/encrypted_file.h"
#include "server/config.h"
#include "tests/storage/store_testing.h"

namespace samkoer::server {
namespace {

constexpr char kText[] = R"(municipality: viborg
tls:
  listen: "127.0.0.1:7000"
  ca_file: ca.pem
  certificate_file: keyd.pem
  key_file: keyd.key
keyring_file: keyring
passphrase: "fd:3"
data_dir: data
checkpoint_file: checkpoint
backup:
  folder: ../backups
  public_key: "KEY"
  every_hours: 24
  keyring_copy: /srv/keyring
)";

class BackupConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(crypto::InitializeProcess());
    key_ = crypto::DecryptionKey::Random().Public().Text();
  }
  absl::StatusOr<v1::KeydConfig> With(const std::string& from,
                                      const std::string& to) {
    std::string text = kText;
    EXPECT_NE(text.find(from), std::string::npos) << from;
    text = absl::StrReplaceAll(text, {{from, to}});
    return ParseKeydConfig(absl::StrReplaceAll(text, {{"KEY", key_}}),
                           "/etc/samkoer/keyd.yaml");
  }
  void ExpectRefused(const std::string& from, const std::string& to,
                     const std::string& field) {
    const auto config = With(from, to);
    EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument) << to;
    EXPECT_NE(config.status().message().find("backup." + field + ": "),
              std::string::npos)
        << config.status();
  }

  std::string key_;
};

TEST_F(BackupConfigTest, ASoundOneIsReadWithItsPathsAndTheUsualNumber) {
  const auto config = With("24", "24");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->backup().folder(), "/etc/backups");
  EXPECT_EQ(config->backup().keyring_copy(), "/srv/keyring");
  EXPECT_EQ(config->backup().keep(), 14u);
  EXPECT_EQ(With("keyring_copy: /srv/keyring", "keep: 1000")->backup().keep(),
            1000u);
}

TEST_F(BackupConfigTest, BackupsLieApartFromStoreAndKeyring) {
  for (const char* folder :
       {"data", "data/backups", "./data/../data/x", ".", "/etc/samkoer", "/"}) {
    ExpectRefused("../backups", folder, "folder");
  }
  EXPECT_TRUE(With("../backups", "data-backups").ok());
  for (const char* copy : {"../backups/keyring", "keyring",
                           "../samkoer/./keyring", "data", "data/keyring"}) {
    ExpectRefused("/srv/keyring", copy, "keyring_copy");
  }
}

// A copy that is the keyring itself would be replaced by itself, and one in the
// store or among the backups would be copied with them.
TEST_F(BackupConfigTest, LinksDoNotHideThatPathsAreOne) {
  const storage::TempDir dir;
  const std::filesystem::path root = dir.path();
  std::filesystem::create_directories(root / "data");
  std::filesystem::create_directories(root / "backups");
  std::ofstream(root / "keyring") << "sealed";
  std::filesystem::create_directory_symlink(root, root / "same");
  std::filesystem::create_directory_symlink(root / "data", root / "link");
  std::filesystem::create_hard_link(root / "keyring", root / "hard");
  const auto with = [&](const std::string& folder, const std::string& copy) {
    std::string text = absl::StrReplaceAll(
        kText, {{"KEY", key_},
                {"../backups", (root / folder).string()},
                {"/srv/keyring", (root / copy).string()},
                {"keyring_file: keyring",
                 "keyring_file: " + (root / "keyring").string()},
                {"data_dir: data", "data_dir: " + (root / "data").string()}});
    return ParseKeydConfig(text, "/etc/samkoer/keyd.yaml").status();
  };
  EXPECT_TRUE(with("backups", "copy").ok()) << with("backups", "copy");
  for (const char* copy :
       {"same/keyring", "hard", "link/k", "same/backups/k"}) {
    EXPECT_FALSE(with("backups", copy).ok()) << copy;
  }
  EXPECT_FALSE(with("link/backups", "copy").ok());
}

TEST_F(BackupConfigTest, UnsoundValuesAreRefused) {
  ExpectRefused("folder: ../backups", "keep: 3", "folder");
  ExpectRefused("KEY", "samkoer-backup+00000000+AAAA", "public_key");
  ExpectRefused("24", "8761", "every_hours");
  ExpectRefused("every_hours: 24", "keep: 1001", "keep");
}

}  // namespace
}  // namespace samkoer::server
