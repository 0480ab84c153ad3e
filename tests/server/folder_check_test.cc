#include "server/folder_check.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "samkoer/v1/server_config.pb.h"
#include "server/exit_codes.h"
#include "tests/storage/store_testing.h"

namespace samkoer::server {
namespace {

namespace fs = std::filesystem;

std::string Text(const absl::Status& status) {
  return std::string(status.message());
}

TEST(FolderCheckTest, AFolderOfOurOwnIsInOrder) {
  const storage::TempDir dir;
  EXPECT_TRUE(CheckFolder("checkpoint_file", dir.path()).ok());
  EXPECT_TRUE(CheckFolderOf("checkpoint_file", dir / "checkpoint").ok());
}

TEST(FolderCheckTest, OneThatIsMissingIsNamedWithItsFieldAndWhatToDo) {
  const storage::TempDir dir;
  const absl::Status status = CheckFolderOf("checkpoint_file", dir / "no/file");
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_EQ(Text(status), "checkpoint_file: the folder " + (dir / "no") +
                              " cannot be written to: No such file or "
                              "directory");
  EXPECT_NE(HintOf(status).find("ReadWritePaths="), std::string::npos);
  std::ofstream(dir / "file") << "x";
  EXPECT_TRUE(absl::IsPermissionDenied(
      CheckFolderOf("checkpoint_file", dir / "file/x")));
}

TEST(FolderCheckTest, OneThatIsAnothersIsRefused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const storage::TempDir dir;
  ASSERT_EQ(::chmod(dir.path().c_str(), 0500), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(CheckFolder("f", dir.path())));
  ASSERT_EQ(::chmod(dir.path().c_str(), 0700), 0);
}

TEST(FolderCheckTest, RootLeavesNothingInTheServicesFolder) {
  const storage::TempDir dir;
  EXPECT_TRUE(CheckNotAnothers(dir / "data", "samkoer-keyd").ok());
  if (::geteuid() != 0) GTEST_SKIP() << "only root can";
  constexpr uid_t kOther = 65534;
  ASSERT_EQ(::chown(dir.path().c_str(), kOther, kOther), 0);
  for (const std::string& folder : {dir.path(), dir / "data"}) {
    const absl::Status status = CheckNotAnothers(folder, "samkoer-keyd");
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    EXPECT_NE(HintOf(status).find("runuser -u nobody -- samkoer-keyd ..."),
              std::string::npos)
        << HintOf(status);
  }
}

TEST(FolderCheckTest, BackupsNeedTheirFolderOrTheOneAboveIt) {
  const storage::TempDir dir;
  v1::BackupConfig backup;
  EXPECT_TRUE(CheckBackupFolders(backup).ok());
  backup.set_folder(dir / "backups");
  EXPECT_TRUE(CheckBackupFolders(backup).ok());
  fs::create_directory(dir / "backups");
  EXPECT_TRUE(CheckBackupFolders(backup).ok());
  backup.set_keyring_copy(dir / "elsewhere/keyring");
  EXPECT_EQ(Text(CheckBackupFolders(backup)).find("backup.keyring_copy: "), 0u);
  backup.set_keyring_copy(dir / "backups");
  EXPECT_NE(Text(CheckBackupFolders(backup)).find("is a folder"),
            std::string::npos);
  backup.set_folder(dir / "no/backups");
  EXPECT_EQ(Text(CheckBackupFolders(backup)).find("backup.folder: "), 0u);
}

}  // namespace
}  // namespace samkoer::server
