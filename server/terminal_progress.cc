#include "server/terminal_progress.h"

#include <unistd.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace samkoer::server {
namespace {

constexpr absl::Duration kBetween = absl::Milliseconds(200);
constexpr char kClear[] = "\r\x1b[K";

}  // namespace

TerminalProgress::TerminalProgress() : terminal_(::isatty(2) == 1) {}

TerminalProgress::~TerminalProgress() {
  if (shown_) std::cerr << kClear << std::flush;
}

bool TerminalProgress::Show(const std::string& what, std::uint64_t done,
                            std::uint64_t total) {
  if (!terminal_) return true;
  const absl::Time now = absl::Now();
  if (now - last_ < kBetween) return true;
  last_ = now;
  shown_ = true;
  std::cerr << kClear << what << ": ";
  if (total != 0 && done <= total) {
    std::cerr << static_cast<int>(100.0 * static_cast<double>(done) /
                                  static_cast<double>(total))
              << " %" << std::flush;
  } else {
    std::cerr << done << std::flush;
  }
  return true;
}

}  // namespace samkoer::server
