#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "crypto/sealed_file.h"
#include "tests/crypto/temporary_folder.h"

namespace samkoer::crypto {
namespace {

using absl::StatusCode;

StatusCode CodeOf(const std::string& source) {
  return ReadPassphrase(source).status().code();
}

std::string TextOf(const std::string& source) {
  const auto read = ReadPassphrase(source);
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? std::string(AsText(read->Expose())) : "";
}

TEST(ReadPassphrase, OneTrailingNewlineIsDropped) {
  const TemporaryFolder folder;
  EXPECT_EQ(TextOf("file:" + folder.Write("a", "twelve bytes")),
            "twelve bytes");
  EXPECT_EQ(TextOf("file:" + folder.Write("b", "twelve bytes\n")),
            "twelve bytes");
  EXPECT_EQ(TextOf("file:" + folder.Write("c", "twelve bytes\n\n")),
            "twelve bytes\n");
  EXPECT_EQ(TextOf("file:" + folder.Write("d", "\ntwelve bytes ")),
            "\ntwelve bytes ");
}

TEST(ReadPassphrase, EmptyAndShortOnesAreRefused) {
  const TemporaryFolder folder;
  for (const char* const text : {"", "\n", "eleven byte", "eleven byte\n"}) {
    EXPECT_EQ(CodeOf("file:" + folder.Write("p", text)),
              StatusCode::kInvalidArgument)
        << text;
  }
}

TEST(ReadPassphrase, LongestIsTakenAndLongerRefused) {
  const TemporaryFolder folder;
  const std::string longest(kMaxPassphraseBytes, 'x');
  EXPECT_EQ(TextOf("file:" + folder.Write("a", longest + "\n")), longest);
  EXPECT_EQ(CodeOf("file:" + folder.Write("b", longest + "x")),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf("file:" + folder.Write("c", longest + "x\n")),
            StatusCode::kInvalidArgument);
}

TEST(ReadPassphrase, FileReadableByOthersIsRefusedWithARemedy) {
  const TemporaryFolder folder;
  const auto read =
      ReadPassphrase("file:" + folder.Write("p", "twelve bytes", 0644));
  EXPECT_EQ(read.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(read.status().message().find("chmod 600"), absl::string_view::npos);
}

TEST(ReadPassphrase, FileThatIsNotThereIsNotTakenForAMissingStore) {
  const TemporaryFolder folder;
  EXPECT_EQ(CodeOf("file:" + (folder / "none")),
            StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeOf("file:"), StatusCode::kFailedPrecondition);
}

TEST(ReadPassphrase, DescriptorIsReadToItsEnd) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "through a pipe\n", 15), 15);
  close(ends[1]);
  EXPECT_EQ(TextOf("fd:" + std::to_string(ends[0])), "through a pipe");
  close(ends[0]);
}

TEST(ReadPassphrase, CredentialComesFromSystemdsFolder) {
  const TemporaryFolder folder;
  folder.Write("keyd-passphrase", "twelve bytes\n", 0440);
  folder.Write("open-to-all", "twelve bytes\n", 0444);
  ASSERT_EQ(setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1), 0);
  EXPECT_EQ(TextOf("credential:keyd-passphrase"), "twelve bytes");
  EXPECT_EQ(CodeOf("credential:open-to-all"), StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeOf("credential:none"), StatusCode::kFailedPrecondition);
  for (const char* const name :
       {"", ".", "..", "/etc/passwd", "../keyd-passphrase", "a/b"}) {
    EXPECT_EQ(CodeOf(std::string("credential:") + name),
              StatusCode::kInvalidArgument)
        << name;
  }
  ASSERT_EQ(unsetenv("CREDENTIALS_DIRECTORY"), 0);
  EXPECT_EQ(CodeOf("credential:keyd-passphrase"),
            StatusCode::kFailedPrecondition);
}

TEST(ReadPassphrase, UnknownSourceIsRefusedAndNotRepeated) {
  for (const char* const source :
       {"", "my secret phrase", "fd:", "fd:-1", "fd:x", "fd:99999999999999",
        "env:NAME", "FILE:x"}) {
    const auto read = ReadPassphrase(source);
    EXPECT_EQ(read.status().code(), StatusCode::kInvalidArgument) << source;
    EXPECT_EQ(read.status().message().find("secret"), absl::string_view::npos);
  }
}

}  // namespace
}  // namespace samkoer::crypto
