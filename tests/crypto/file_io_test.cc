#include "crypto/file_io.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/crypto/temporary_folder.h"

namespace samkoer::crypto {
namespace {

using absl::StatusCode;

TEST(WriteFileAtomically, NewFileIsPrivateAndAlone) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder / "f", AsBytes("one"), false).ok());
  EXPECT_EQ(folder.Read("f"), "one");
  EXPECT_EQ(folder.CountFiles(), 1u);
  struct stat info;
  ASSERT_EQ(stat((folder / "f").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
}

TEST(WriteFileAtomically, ExistingFileStaysUnlessReplaced) {
  const TemporaryFolder folder;
  folder.Write("f", "old", 0644);
  const absl::Status refused =
      WriteFileAtomically(folder / "f", AsBytes("new"), false);
  EXPECT_EQ(refused.code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(folder.Read("f"), "old");
  EXPECT_EQ(folder.CountFiles(), 1u);
  ASSERT_TRUE(WriteFileAtomically(folder / "f", AsBytes("new"), true).ok());
  EXPECT_EQ(folder.Read("f"), "new");
  EXPECT_EQ(folder.CountFiles(), 1u);
}

TEST(WriteFileAtomically, FailureNamesThePlaceAndLeavesNothing) {
  const TemporaryFolder folder;
  const std::string path = folder / "no-such-folder/f";
  const absl::Status status = WriteFileAtomically(path, AsBytes("x"), true);
  // The same each time: nothing of the temporary name stands in it.
  EXPECT_EQ(WriteFileAtomically(path, AsBytes("x"), true), status);
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("no-such-folder"), absl::string_view::npos);
  // A folder stands where the file should.
  ASSERT_TRUE(std::filesystem::create_directory(folder / "d"));
  EXPECT_FALSE(WriteFileAtomically(folder / "d", AsBytes("x"), true).ok());
  EXPECT_EQ(folder.CountFiles(), 1u);
}

TEST(ForeignOwner, IsOfTheFolderOrWhatIsAboveIt) {
  const TemporaryFolder folder;
  EXPECT_EQ(ForeignOwner(folder / "a/b"), std::nullopt);
  if (geteuid() != 0) GTEST_SKIP() << "root alone works in others' folders";
  ASSERT_EQ(mkdir((folder / "others").c_str(), 0700), 0);
  ASSERT_EQ(chown((folder / "others").c_str(), 65534, 65534), 0);
  EXPECT_EQ(ForeignOwner(folder / "others"), "nobody");
  EXPECT_EQ(ForeignOwner(folder / "others/a/b"), "nobody");
  ASSERT_EQ(chown((folder / "others").c_str(), 54321, 54321), 0);
  EXPECT_EQ(ForeignOwner(folder / "others"), "#54321");
}

TEST(ReadFile, LengthIsLimited) {
  const TemporaryFolder folder;
  const std::string path = folder.Write("f", "12345");
  const auto read = ReadFile(path, 5, FileAccess::kAny);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(AsText(read->Expose()), "12345");
  EXPECT_EQ(ReadFile(path, 4, FileAccess::kAny).status().code(),
            StatusCode::kInvalidArgument);
}

TEST(ReadFile, WhatIsNotARegularFileIsRefused) {
  const TemporaryFolder folder;
  EXPECT_EQ(ReadFile(folder / "none", 9, FileAccess::kAny).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(ReadFile(folder.path(), 9, FileAccess::kAny).status().code(),
            StatusCode::kInvalidArgument);
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(ReadFile(folder / "pipe", 9, FileAccess::kAny).status().code(),
            StatusCode::kInvalidArgument);
}

TEST(ReadFile, FileOpenToOthersIsRefusedWhereAsked) {
  const TemporaryFolder folder;
  for (const mode_t mode : {0644, 0604, 0602, 0601, 0620, 0660}) {
    const std::string path = folder.Write("f", "secret", mode);
    EXPECT_EQ(ReadFile(path, 9, FileAccess::kNotOthers).status().code(),
              StatusCode::kFailedPrecondition)
        << std::oct << mode;
    EXPECT_TRUE(ReadFile(path, 9, FileAccess::kAny).ok());
  }
  for (const mode_t mode : {0600, 0400, 0440, 0640}) {
    const std::string path = folder.Write("g", "secret", 0600);
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    EXPECT_TRUE(ReadFile(path, 9, FileAccess::kNotOthers).ok())
        << std::oct << mode;
    ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  }
}

TEST(ReadDescriptor, ReadsAPipeToItsEndInPieces) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "in two ", 7), 7);
  ASSERT_EQ(write(ends[1], "pieces", 6), 6);
  close(ends[1]);
  const auto read = ReadDescriptor(ends[0], "the pipe", 100);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(AsText(read->Expose()), "in two pieces");
  EXPECT_EQ(close(ends[0]), 0) << "it must be left open";
}

TEST(ReadDescriptor, ClosedDescriptorIsAnErrorThatNamesIt) {
  const auto read = ReadDescriptor(987'654, "descriptor X", 100);
  EXPECT_FALSE(read.ok());
  EXPECT_NE(read.status().message().find("descriptor X"),
            absl::string_view::npos);
}

}  // namespace
}  // namespace samkoer::crypto
