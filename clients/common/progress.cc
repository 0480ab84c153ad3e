#include "clients/common/progress.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace samkoer::clients {
namespace {

constexpr int kWidth = 30;
constexpr double kSecondsBetweenLines = 0.1;
constexpr char kClearLine[] = "\r\x1b[K";

double SteadySeconds() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

ProgressBar::ProgressBar(std::string label, std::uint64_t total, bool enabled)
    : ProgressBar(std::move(label), total,
                  enabled && isatty(STDERR_FILENO) == 1
                      ? [](const std::string& text) {
                          std::fputs(text.c_str(), stderr);
                          std::fflush(stderr);
                        }
                      : std::function<void(const std::string&)>(),
                  SteadySeconds) {}

ProgressBar::ProgressBar(std::string label, std::uint64_t total,
                         std::function<void(const std::string&)> write,
                         std::function<double()> now_seconds)
    : label_(std::move(label)),
      total_(total),
      write_(std::move(write)),
      now_(std::move(now_seconds)),
      started_(now_()) {}

ProgressBar::~ProgressBar() { Finish(); }

void ProgressBar::Set(std::uint64_t done) {
  if (!write_) return;
  const double now = now_();
  const bool complete = total_ != 0 && done >= total_;
  if (last_ >= 0 && now - last_ < kSecondsBetweenLines && !complete) return;
  last_ = now;
  dirty_ = true;
  write_(absl::StrCat(kClearLine, Line(done, now)));
}

void ProgressBar::Finish() {
  if (!write_ || !dirty_) return;
  write_(kClearLine);
  dirty_ = false;
}

std::string ProgressBar::Line(std::uint64_t done, double now) const {
  const double seconds = now - started_;
  const std::uint64_t rate =
      seconds > 0 ? static_cast<std::uint64_t>(done / seconds) : 0;
  if (total_ == 0) return absl::StrFormat("%s  %d  %d/s", label_, done, rate);
  const double share =
      std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
  const int filled = static_cast<int>(share * kWidth);
  return absl::StrFormat(
      "%s  [%s%s] %3d%%  %d/%d  %d/s", label_,
      std::string(static_cast<std::size_t>(filled), '#'),
      std::string(static_cast<std::size_t>(kWidth - filled), '.'),
      static_cast<int>(share * 100), done, total_, rate);
}

}  // namespace samkoer::clients
