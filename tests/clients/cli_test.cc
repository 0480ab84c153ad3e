#include "clients/common/cli.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace samkoer::clients {
namespace {

std::string Printed(const absl::Status& status, std::string_view hint = "") {
  std::ostringstream out;
  PrintErrorTo(out, status, hint);
  return out.str();
}

TEST(PrintErrorTest, ErrorThenHint) {
  EXPECT_EQ(Printed(absl::NotFoundError("no file"), "make one"),
            "error: no file\nhint: make one\n");
  EXPECT_EQ(Printed(absl::NotFoundError("no file")), "error: no file\n");
  EXPECT_EQ(Printed(absl::OkStatus()), "");
}

TEST(PrintErrorTest, AStatusBringsItsOwnHint) {
  const absl::Status status =
      WithHint(absl::UnavailableError("away"), "try later");
  EXPECT_EQ(Printed(status), "error: away\nhint: try later\n");
  EXPECT_EQ(Printed(status, "now"), "error: away\nhint: now\n");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(WithHint(absl::OkStatus(), "nothing").ok());
}

TEST(PrintErrorTest, AStatusWithoutMessageNamesItsCode) {
  EXPECT_EQ(Printed(absl::Status(absl::StatusCode::kAborted, "")),
            "error: ABORTED\n");
}

TEST(PrintErrorTest, ListsKeepTheirLinesAndTextFromTheWireIsDefused) {
  EXPECT_EQ(Printed(absl::InvalidArgumentError("two\nlines")),
            "error: two\n  lines\n");
  EXPECT_EQ(Printed(absl::InternalError("\x1b[2Jgone\rerror: none")),
            "error: \\u{1B}[2Jgone\\u{D}error: none\n");
}

TEST(ExitCodeTest, FollowsSysexits) {
  EXPECT_EQ(ExitCodeFor(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeFor(absl::InvalidArgumentError("")), 65);
  EXPECT_EQ(ExitCodeFor(absl::NotFoundError("")), 66);
  EXPECT_EQ(ExitCodeFor(absl::UnavailableError("")), 69);
  EXPECT_EQ(ExitCodeFor(absl::ResourceExhaustedError("")), 69);
  EXPECT_EQ(ExitCodeFor(absl::AbortedError("")), 69);
  EXPECT_EQ(ExitCodeFor(absl::InternalError("")), 70);
  EXPECT_EQ(ExitCodeFor(absl::DataLossError("")), 74);
  EXPECT_EQ(ExitCodeFor(absl::PermissionDeniedError("")), 77);
  EXPECT_EQ(ExitCodeFor(absl::FailedPreconditionError("")), 78);
}

TEST(OutputFormatTest, HumanOrJsonAndNothingElse) {
  EXPECT_EQ(*ParseOutputFormat("human"), OutputFormat::kHuman);
  EXPECT_EQ(*ParseOutputFormat("json"), OutputFormat::kJson);
  EXPECT_EQ(ParseOutputFormat("JSON").status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseOutputFormat("070205-1234").status().message(),
            "unknown output format: human or json");
}

TEST(TerminalSafeTest, DanishLettersStay) {
  EXPECT_EQ(TerminalSafe("Åse Kjær, Øster Ålø – 27.24"),
            "Åse Kjær, Øster Ålø – 27.24");
}

TEST(TerminalSafeTest, ControlsAndDirectionMarksAreShown) {
  EXPECT_EQ(TerminalSafe("a\x1b]0;x\x07"
                         "b"),
            "a\\u{1B}]0;x\\u{7}b");
  EXPECT_EQ(TerminalSafe("line\nbreak\ttab"), "line\\u{A}break\\u{9}tab");
  EXPECT_EQ(TerminalSafe("\u009B31m"), "\\u{9B}31m");
  EXPECT_EQ(TerminalSafe("\u202Egnp"), "\\u{202E}gnp");
  EXPECT_EQ(TerminalSafe("\u2066x\u2069\u200B\u2028\uFEFF"),
            "\\u{2066}x\\u{2069}\\u{200B}\\u{2028}\\u{FEFF}");
  EXPECT_EQ(TerminalSafe(std::string_view("\0", 1)), "\\u{0}");
}

TEST(TerminalSafeTest, BytesThatAreNoUtf8AreShownOneByOne) {
  EXPECT_EQ(TerminalSafe("\xE5se"), "\\x{E5}se");
  EXPECT_EQ(TerminalSafe("\xC0\xAF"), "\\x{C0}\\x{AF}");  // overlong
  EXPECT_EQ(TerminalSafe("\xED\xA0\x80"),
            "\\x{ED}\\x{A0}\\x{80}");  // surrogate
  EXPECT_EQ(TerminalSafe("\xF4\x90\x80\x80"),
            "\\x{F4}\\x{90}\\x{80}\\x{80}");                // over U+10FFFF
  EXPECT_EQ(TerminalSafe("x\xE2\x80"), "x\\x{E2}\\x{80}");  // cut off
}

TEST(ResolvePathTest, RelativeToTheConfigurationFile) {
  EXPECT_EQ(ResolvePath("/etc/samkoer/agent.yaml", "ca.pem"),
            "/etc/samkoer/ca.pem");
  EXPECT_EQ(ResolvePath("agent.yaml", "ca.pem"), "ca.pem");
  EXPECT_EQ(ResolvePath("conf/agent.yaml", "../ca.pem"), "conf/../ca.pem");
  EXPECT_EQ(ResolvePath("/etc/samkoer/agent.yaml", "/ca.pem"), "/ca.pem");
  EXPECT_EQ(ResolvePath("/etc/samkoer/agent.yaml", ""), "");
}

class ReadSmallFileTest : public testing::Test {
 protected:
  ReadSmallFileTest() {
    char name[] = "/tmp/samkoer-cli-test.XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~ReadSmallFileTest() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(ReadSmallFileTest, WholeFileOrAnErrorThatNamesIt) {
  const std::string path = folder_ + "/file";
  std::ofstream(path) << "12345";
  EXPECT_EQ(*ReadSmallFile(path), "12345");
  EXPECT_EQ(*ReadSmallFile(path, 5), "12345");
  const auto too_long = ReadSmallFile(path, 4);
  EXPECT_EQ(too_long.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(too_long.status().message().find(path), absl::string_view::npos);
  const auto missing = ReadSmallFile(folder_ + "/none");
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(missing.status().message().find("/none"), absl::string_view::npos);
  EXPECT_EQ(ReadSmallFile(folder_).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ReadSmallFileTest, ALinkIsFollowedAndItsFilesModeCounts) {
  const std::string path = folder_ + "/key-2", link = folder_ + "/key";
  std::ofstream(path) << "secret";
  std::filesystem::create_symlink("key-2", link);
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(*ReadSmallFile(link, 10, FileReaders::kOwnerOnly), "secret");
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  const auto refused = ReadSmallFile(link, 10, FileReaders::kOwnerOnly);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(HintOf(refused.status()), "chmod 600 " + link);
  EXPECT_TRUE(ReadSmallFile(link, 10).ok());
}

TEST_F(ReadSmallFileTest, APipeInASecretsPlaceIsRefusedAndNotWaitedFor) {
  const std::string pipe = folder_ + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(ReadSmallFile(pipe, 10, FileReaders::kOwnerOnly).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ReadSmallFileTest, APipeIsReadToItsEnd) {
  const std::string pipe = folder_ + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] {
    std::ofstream out(pipe);
    for (int i = 0; i < 1000; ++i) out << "0123456789";
  });
  EXPECT_EQ(ReadSmallFile(pipe)->size(), 10000u);
  writer.join();
}

// What is at the end of the link changes all the time: the file whose mode was
// checked must be the one that was read, every time.
TEST_F(ReadSmallFileTest, WhatWasCheckedIsWhatIsRead) {
  std::ofstream(folder_ + "/mine") << "mine";
  std::ofstream(folder_ + "/open") << "open";
  ASSERT_EQ(::chmod((folder_ + "/mine").c_str(), 0600), 0);
  ASSERT_EQ(::chmod((folder_ + "/open").c_str(), 0644), 0);
  const std::string link = folder_ + "/key", next = folder_ + "/next";
  std::filesystem::create_symlink("mine", link);
  std::atomic<bool> stop = false;
  std::thread swapper([&] {
    for (int i = 0; !stop; ++i) {
      std::filesystem::create_symlink(i % 2 == 0 ? "open" : "mine", next);
      std::filesystem::rename(next, link);
    }
  });
  for (int i = 0; i < 20000; ++i) {
    const auto text = ReadSmallFile(link, 10, FileReaders::kOwnerOnly);
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
}  // namespace samkoer::clients
