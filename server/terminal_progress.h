// One line on a terminal that says how far something is.
#ifndef SAMKOER_SERVER_TERMINAL_PROGRESS_H_
#define SAMKOER_SERVER_TERMINAL_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace samkoer::server {

// Thread safety: for one thread at a time.
class TerminalProgress {
 public:
  // Writes nothing unless standard error is a terminal.
  TerminalProgress();
  ~TerminalProgress();  // clears the line
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  // `total` 0: not known. Always true, as progress callbacks want it.
  bool Show(const std::string& what, std::uint64_t done, std::uint64_t total);

 private:
  const bool terminal_;
  bool shown_ = false;
  absl::Time last_ = absl::InfinitePast();
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_TERMINAL_PROGRESS_H_
