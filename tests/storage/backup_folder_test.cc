#include "storage/backup_folder.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

namespace fs = std::filesystem;

TEST(BackupFolderTest, IsMadeOnceForItsOwnerAlone) {
  const TempDir dir;
  SAMKOER_ASSERT_OK(MakeFolder(dir / "set"));
  SAMKOER_EXPECT_OK(MakeFolder(dir / "set"));
  EXPECT_EQ(fs::status(dir / "set").permissions(), fs::perms::owner_all);
  EXPECT_TRUE(absl::IsFailedPrecondition(MakeFolder(dir / "a/b")));
}

TEST(BackupFolderTest, OnlyWhatIsUnfinishedIsRemoved) {
  const TempDir dir;
  for (const char* name : {"new-file", "b", "a"}) {
    std::ofstream(dir / name) << "x";
  }
  SAMKOER_ASSERT_OK(RemoveUnfinished(dir.path(), "new-"));
  EXPECT_EQ(ValueOf(NamesIn(dir.path())), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(absl::IsFailedPrecondition(NamesIn(dir / "none").status()));
}

TEST(BackupFolderTest, RoomIsAskedForBefore) {
  const TempDir dir;
  SAMKOER_EXPECT_OK(CheckBackupRoom(dir.path(), 1));
  const absl::Status status =
      CheckBackupRoom(dir.path(), std::uint64_t{1} << 60);
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_NE(Message(status).find("MiB free"), std::string::npos);
}

TEST(BackupFolderTest, TheLockTellsAnotherWriterFromWhatIsNoLock) {
  const TempDir dir;
  {
    const auto held = FolderLock::Take(dir.path());
    ASSERT_TRUE(held.ok()) << held.status();
    const auto second = FolderLock::Take(dir.path()).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(second));
    EXPECT_NE(Message(second).find("another program"), std::string::npos);
  }
  EXPECT_TRUE(FolderLock::Take(dir.path()).ok());
  // A link would lock, and make, somebody else's file.
  fs::remove(dir / "lock");
  fs::create_symlink(dir / "elsewhere", dir / "lock");
  EXPECT_TRUE(absl::IsPermissionDenied(FolderLock::Take(dir.path()).status()));
  EXPECT_FALSE(fs::exists(dir / "elsewhere"));
}

}  // namespace
}  // namespace samkoer::storage
