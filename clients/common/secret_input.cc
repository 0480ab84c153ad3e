#include "clients/common/secret_input.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "absl/status/status.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMaxLine = 256;
constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

volatile sig_atomic_t caught_signal = 0;
void Catch(int number) { caught_signal = number; }

void Write(std::string_view text) {
  // Best effort: a prompt that cannot be written harms nobody.
  if (write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

// Echo off while it lives; a signal meanwhile ends the reading, so that the
// terminal is always restored before the process ends.
class EchoOff {
 public:
  explicit EchoOff(int fd) : fd_(fd) {
    active_ = isatty(fd) == 1 && tcgetattr(fd, &before_) == 0;
    if (!active_) return;
    caught_signal = 0;
    struct sigaction action = {};
    action.sa_handler = Catch;
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], &action, &old_[i]);
    }
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(fd, TCSAFLUSH, &silent);
  }
  ~EchoOff() {
    if (!active_) return;
    tcsetattr(fd_, TCSAFLUSH, &before_);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], &old_[i], nullptr);
    }
    Write("\n");
    if (caught_signal != 0) raise(caught_signal);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  bool active() const { return active_; }

 private:
  const int fd_;
  bool active_ = false;
  termios before_ = {};
  std::array<struct sigaction, kSignals.size()> old_ = {};
};

}  // namespace

absl::StatusOr<crypto::SecretBuffer> ReadSecretLine(std::string_view prompt,
                                                    int fd) {
  const EchoOff echo_off(fd);
  if (echo_off.active()) Write(prompt);
  crypto::SecretArray<kMaxLine> line;
  std::size_t size = 0;
  bool any = false;
  while (true) {
    std::uint8_t byte = 0;
    const ssize_t got = read(fd, &byte, 1);
    if (got < 0 && errno == EINTR && !(echo_off.active() && caught_signal)) {
      continue;
    }
    if (got < 0)
      return absl::CancelledError("reading the line was interrupted");
    if (got == 0) break;
    any = true;
    if (byte == '\n') break;
    if (size == kMaxLine) {
      return absl::InvalidArgumentError("the line is longer than 256 bytes");
    }
    line.ExposeMutable()[size++] = byte;
  }
  if (size > 0 && line.Expose()[size - 1] == '\r') --size;
  if (size == 0) {
    return absl::InvalidArgumentError(
        any ? "the line on standard input is empty"
            : "standard input ended before a line was read");
  }
  return crypto::SecretBuffer(line.Expose().first(size));
}

}  // namespace samkoer::clients
