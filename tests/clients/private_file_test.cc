#include "clients/common/private_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "clients/common/cli.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

unsigned ModeOf(const std::string& path) {
  struct stat info = {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

TEST(WritePrivateFile, ReplacesTheWholeContent) {
  const TestDirectory dir;
  const std::string path = dir.file("state");
  ASSERT_TRUE(WritePrivateFile(path, "a long first content").ok());
  ASSERT_TRUE(WritePrivateFile(path, "short").ok());
  EXPECT_EQ(*ReadSmallFile(path), "short");
  EXPECT_EQ(ModeOf(path), 0600u);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(WritePrivateFile, AnOldFileThatOthersCouldReadBecomesPrivate) {
  const TestDirectory dir;
  const std::string path = dir.file("state");
  std::ofstream(path) << "old";
  ::chmod(path.c_str(), 0644);
  ASSERT_TRUE(WritePrivateFile(path, "new").ok());
  EXPECT_EQ(ModeOf(path), 0600u);
}

TEST(WritePrivateFile, WhatLiesInTheTemporaryFilesPlaceIsNotWrittenThrough) {
  const TestDirectory dir;
  const std::string path = dir.file("state");
  const std::string victim = dir.file("victim");
  std::ofstream(victim) << "untouched";
  std::filesystem::create_symlink(victim, path + ".new");
  ASSERT_TRUE(WritePrivateFile(path, "private").ok());
  EXPECT_EQ(*ReadSmallFile(victim), "untouched");
  EXPECT_FALSE(std::filesystem::is_symlink(path));

  std::ofstream(path + ".new") << "left by a crash";
  ::chmod((path + ".new").c_str(), 0666);
  ASSERT_TRUE(WritePrivateFile(path, "private").ok());
  EXPECT_EQ(*ReadSmallFile(path), "private");
  EXPECT_EQ(ModeOf(path), 0600u);
}

TEST(WritePrivateFile, AFailureLeavesTheOldFile) {
  const TestDirectory dir;
  const std::string path = dir.file("state");
  ASSERT_TRUE(WritePrivateFile(path, "old").ok());
  // The new content has nowhere to go.
  std::filesystem::create_directory(path + ".new");
  EXPECT_FALSE(WritePrivateFile(path, "new").ok());
  EXPECT_EQ(*ReadSmallFile(path), "old");
}

TEST(WritePrivateFile, AMissingDirectoryIsNotFound) {
  const TestDirectory dir;
  EXPECT_TRUE(absl::IsNotFound(WritePrivateFile(dir.file("no/state"), "x")));
}

TEST(CheckNotAnothers, RootLeavesNothingInAFolderOfAService) {
  const TestDirectory dir;
  const std::string own = dir.file("own"), others = dir.file("others");
  std::filesystem::create_directory(own);
  EXPECT_TRUE(CheckNotAnothers(own, "samkoer-agent").ok());
  EXPECT_TRUE(CheckNotAnothers(own + "/a/b", "samkoer-agent").ok());
  if (::geteuid() != 0) GTEST_SKIP() << "only root can";
  std::filesystem::create_directory(others);
  constexpr uid_t kOther = 65534;
  ASSERT_EQ(::chown(others.c_str(), kOther, kOther), 0);
  for (const std::string& state : {others, others + "/a/b"}) {
    const absl::Status status = CheckNotAnothers(state, "samkoer-agent");
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    EXPECT_NE(HintOf(status).find("runuser -u nobody -- samkoer-agent"),
              std::string::npos)
        << HintOf(status);
  }
}

TEST(MakePrivateDirectory, MakesAllThatIsMissing) {
  const TestDirectory dir;
  ASSERT_TRUE(MakePrivateDirectory(dir.file("a/b/c")).ok());
  ASSERT_TRUE(MakePrivateDirectory(dir.file("a/b/c")).ok());
  EXPECT_EQ(ModeOf(dir.file("a")), 0700u);
  EXPECT_EQ(ModeOf(dir.file("a/b/c")), 0700u);
}

TEST(MakePrivateDirectory, AFileInTheWayIsAnError) {
  const TestDirectory dir;
  std::ofstream(dir.file("a")) << "x";
  EXPECT_FALSE(MakePrivateDirectory(dir.file("a")).ok());
  EXPECT_FALSE(MakePrivateDirectory(dir.file("a/b")).ok());
  EXPECT_FALSE(MakePrivateDirectory("").ok());
}

TEST(WriteNewPrivateFile, ReplacesNothing) {
  const TestDirectory dir;
  const std::string path = dir.file("report");
  ASSERT_TRUE(WriteNewPrivateFile(path, "first").ok());
  EXPECT_EQ(ModeOf(path), 0600u);
  EXPECT_TRUE(absl::IsAlreadyExists(WriteNewPrivateFile(path, "second")));
  EXPECT_EQ(*ReadSmallFile(path), "first");
}

TEST(WriteNewPrivateFile, ALinkIsNotFollowed) {
  const TestDirectory dir;
  const std::string path = dir.file("report");
  std::filesystem::create_symlink(dir.file("elsewhere"), path);
  EXPECT_TRUE(absl::IsAlreadyExists(WriteNewPrivateFile(path, "private")));
  EXPECT_FALSE(std::filesystem::exists(dir.file("elsewhere")));
}

TEST(WriteNewPrivateFile, AMissingDirectoryIsNamed) {
  const TestDirectory dir;
  const absl::Status status =
      WriteNewPrivateFile(dir.file("none") + "/report", "x");
  EXPECT_TRUE(absl::IsNotFound(status));
}

}  // namespace
}  // namespace samkoer::clients
