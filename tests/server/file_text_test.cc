#include "server/file_text.h"

#include <gtest/gtest.h>

#include <string>

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

}  // namespace
}  // namespace samkoer::server
