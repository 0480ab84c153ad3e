// A progress bar for long work: on a terminal only, on stderr, one line that is
// rewritten, with a rate. Prints nothing anywhere else, so that logs and pipes
// stay clean.
//
// Thread safety: for one thread at a time.
#ifndef SAMKOER_CLIENTS_COMMON_PROGRESS_H_
#define SAMKOER_CLIENTS_COMMON_PROGRESS_H_

#include <cstdint>
#include <functional>
#include <string>

namespace samkoer::clients {

// "Pseudonymiserer  [#####.....]  50%  12.000/24.000  2.310/s". The line is
// rewritten at most ten times a second and cleared at the end.
class ProgressBar {
 public:
  // `total` 0 means unknown: then only the count and the rate are shown.
  // Writes nothing if stderr is not a terminal or `enabled` is false.
  ProgressBar(std::string label, std::uint64_t total, bool enabled = true);
  // For tests: where the text goes, and a clock in seconds.
  ProgressBar(std::string label, std::uint64_t total,
              std::function<void(const std::string&)> write,
              std::function<double()> now_seconds);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // `done` so far, not the difference.
  void Set(std::uint64_t done);
  // Clears the line; the destructor does it too.
  void Finish();

 private:
  std::string Line(std::uint64_t done, double now) const;

  const std::string label_;
  const std::uint64_t total_;
  std::function<void(const std::string&)> write_;  // empty: silent
  std::function<double()> now_;
  double started_ = 0;
  double last_ = -1;
  bool dirty_ = false;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_PROGRESS_H_
