#include "storage/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using absl::StatusCode;

TEST(AtomicFile, ReplacesWithOwnersModeAndLeavesNothingBehind) {
  TempDir dir;
  const std::string path = dir / "f";
  SAMKOER_ASSERT_OK(WriteFileAtomically(path, "one"));
  SAMKOER_ASSERT_OK(WriteFileAtomically(path, "second"));
  EXPECT_EQ(ValueOf(ReadSmallFile(path, 100)), "second");
  struct stat info;
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto entries = std::filesystem::directory_iterator(dir.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST(AtomicFile, LeftoverOfACrashIsOverwritten) {
  TempDir dir;
  SAMKOER_ASSERT_OK(WriteFileAtomically(dir / "f.tmp", "half and much more"));
  SAMKOER_ASSERT_OK(WriteFileAtomically(dir / "f", "whole"));
  EXPECT_EQ(ValueOf(ReadSmallFile(dir / "f", 100)), "whole");
}

// Somebody's pipe would keep who reads it waiting for ever.
TEST(AtomicFile, WhatIsNoFileIsRefusedAndNotWaitedFor) {
  TempDir dir;
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
  for (const std::string& path : {dir / "pipe", dir.path()}) {
    const auto status = ReadSmallFile(path, 100).status();
    EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition) << status;
    EXPECT_THAT(Message(status), testing::HasSubstr("not a regular file"));
  }
}

TEST(AtomicFile, MissingDirectoryIsNamed) {
  TempDir dir;
  const auto status = WriteFileAtomically(dir / "none/f", "x");
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_THAT(Message(status), testing::HasSubstr("none/f"));
}

TEST(AtomicFile, FailureKeepsTheOldFile) {
  TempDir dir;
  // The temporary name is taken by a directory, so the write cannot begin.
  SAMKOER_ASSERT_OK(WriteFileAtomically(dir / "f", "old"));
  std::filesystem::create_directory(dir / "f.tmp");
  EXPECT_FALSE(WriteFileAtomically(dir / "f", "new").ok());
  EXPECT_EQ(ValueOf(ReadSmallFile(dir / "f", 100)), "old");
}

TEST(AtomicFile, FailureRemovesItsTemporaryFile) {
  TempDir dir;
  std::filesystem::create_directory(dir / "f");  // cannot be replaced
  EXPECT_FALSE(WriteFileAtomically(dir / "f", "new").ok());
  EXPECT_FALSE(std::filesystem::exists(dir / "f.tmp"));
}

TEST(AtomicFile, ReadingIsBounded) {
  TempDir dir;
  SAMKOER_ASSERT_OK(WriteFileAtomically(dir / "f", std::string(5000, 'x')));
  EXPECT_EQ(ValueOf(ReadSmallFile(dir / "f", 5000)).size(), 5000u);
  EXPECT_EQ(ReadSmallFile(dir / "f", 4999).status().code(),
            StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadSmallFile(dir / "g", 10).status().code(),
            StatusCode::kNotFound);
}

}  // namespace
}  // namespace samkoer::storage
