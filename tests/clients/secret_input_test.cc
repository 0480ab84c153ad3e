#include "clients/common/secret_input.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <string>
#include <thread>

namespace samkoer::clients {
namespace {

// A pipe that holds `text` and then ends.
class Pipe {
 public:
  explicit Pipe(std::string_view text) {
    EXPECT_EQ(pipe(ends_), 0);
    EXPECT_EQ(write(ends_[1], text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
    close(ends_[1]);
  }
  ~Pipe() { close(ends_[0]); }
  int fd() const { return ends_[0]; }

 private:
  int ends_[2];
};

std::string Read(std::string_view text) {
  Pipe pipe(text);
  auto line = ReadSecretLine("?", pipe.fd());
  if (!line.ok()) return std::string(line.status().ToString());
  return std::string(crypto::AsText(line->Expose()));
}

TEST(ReadSecretLineTest, OneLineWithoutItsEnd) {
  EXPECT_EQ(Read("150810-9838\n"), "150810-9838");
  EXPECT_EQ(Read("150810-9838\r\n"), "150810-9838");
  EXPECT_EQ(Read("150810-9838"), "150810-9838");
}

TEST(ReadSecretLineTest, WhatFollowsTheLineStaysInThePipe) {
  Pipe pipe("first\nsecond\n");
  ASSERT_TRUE(ReadSecretLine("?", pipe.fd()).ok());
  auto second = ReadSecretLine("?", pipe.fd());
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(crypto::AsText(second->Expose()), "second");
}

TEST(ReadSecretLineTest, EmptyMissingAndOverlongLinesAreRefused) {
  for (const std::string& text :
       {std::string("\n"), std::string(""), std::string(257, 'x') + "\n"}) {
    Pipe pipe(text);
    EXPECT_EQ(ReadSecretLine("?", pipe.fd()).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(Read(std::string(256, 'x') + "\n").size(), 256u);
}

TEST(ReadSecretLineTest, ATerminalDoesNotShowWhatIsTyped) {
  int keyboard = -1, terminal = -1;
  ASSERT_EQ(openpty(&keyboard, &terminal, nullptr, nullptr, nullptr), 0);
  testing::internal::CaptureStderr();
  std::string typed;
  std::thread reader([&] {
    auto line = ReadSecretLine("CPR-nummer: ", terminal);
    if (line.ok()) typed = std::string(crypto::AsText(line->Expose()));
  });
  // Types only once the echo is off; gives up after ten seconds.
  bool silent = false;
  for (int i = 0; i < 1000 && !silent; ++i) {
    termios mode = {};
    ASSERT_EQ(tcgetattr(terminal, &mode), 0);
    silent = (mode.c_lflag & ECHO) == 0;
    if (!silent) usleep(10'000);
  }
  EXPECT_TRUE(silent);
  ASSERT_EQ(write(keyboard, "150810-9838\n", 12), 12);
  reader.join();
  EXPECT_EQ(typed, "150810-9838");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "CPR-nummer: \n");

  termios after = {};
  ASSERT_EQ(tcgetattr(terminal, &after), 0);
  EXPECT_NE(after.c_lflag & ECHO, 0u) << "the terminal was not restored";
  ASSERT_EQ(fcntl(keyboard, F_SETFL, O_NONBLOCK), 0);
  char shown[64];
  const ssize_t size = read(keyboard, shown, sizeof(shown));
  EXPECT_EQ(
      std::string_view(shown, size > 0 ? static_cast<std::size_t>(size) : 0)
          .find("9838"),
      std::string_view::npos);
  close(keyboard);
  close(terminal);
}

}  // namespace
}  // namespace samkoer::clients
