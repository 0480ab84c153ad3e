#include "server/file_text.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>

#include "support/test_pki.h"

namespace samkoer::server {
namespace {

TEST(ReadFileText, AFileOfTheLargestSizeIsReadWhole) {
  const testing::TestDirectory directory;
  const std::string text(100, 'x');
  const std::string path = directory.Write("file", text);
  EXPECT_EQ(ReadFileText(path, 100).value(), text);
  EXPECT_EQ(ReadFileText(path, 99).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ReadFileText, MissingFilesAndFoldersAreNamed) {
  const testing::TestDirectory directory;
  const auto missing = ReadFileText(directory.File("none"), 10);
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(std::string(missing.status().message()).find("none"),
            std::string::npos);
  EXPECT_EQ(ReadFileText(directory.path(), 10).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ReadFileText, APipeIsRefusedAndNotWaitedFor) {
  const testing::TestDirectory directory;
  const std::string pipe = directory.File("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(ReadFileText(pipe, 10).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ReadFileText, ALinkIsFollowedAndItsFilesModeCounts) {
  const testing::TestDirectory directory;
  const std::string file = directory.Write("key-2", "secret");
  const std::string link = directory.File("key");
  std::filesystem::create_symlink("key-2", link);
  EXPECT_EQ(ReadFileText(link, 10, FileReaders::kOwnerOnly).value(), "secret");
  for (const mode_t mode : {0640, 0604, 0660, 0601}) {
    ASSERT_EQ(chmod(file.c_str(), mode), 0);
    EXPECT_EQ(ReadFileText(link, 10, FileReaders::kOwnerOnly).status().code(),
              absl::StatusCode::kPermissionDenied);
    EXPECT_TRUE(ReadFileText(link, 10).ok());
  }
}

// What is at the end of the link changes all the time: the file whose mode was
// checked must be the one that was read, every time.
TEST(ReadFileText, WhatWasCheckedIsWhatIsRead) {
  const testing::TestDirectory directory;
  directory.Write("mine", "mine");
  ASSERT_EQ(chmod(directory.Write("open", "open").c_str(), 0644), 0);
  const std::string link = directory.File("key");
  std::filesystem::create_symlink("mine", link);
  std::atomic<bool> stop = false;
  std::thread swapper([&] {
    for (int i = 0; !stop; ++i) {
      const std::string next = directory.File("next");
      std::filesystem::create_symlink(i % 2 == 0 ? "open" : "mine", next);
      std::rename(next.c_str(), link.c_str());
    }
  });
  for (int i = 0; i < 20000; ++i) {
    const auto text = ReadFileText(link, 10, FileReaders::kOwnerOnly);
    if (text.ok()) {
      EXPECT_EQ(*text, "mine");
    } else {
      EXPECT_EQ(text.status().code(), absl::StatusCode::kPermissionDenied);
    }
  }
  stop = true;
  swapper.join();
}

}  // namespace
}  // namespace samkoer::server
