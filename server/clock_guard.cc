#include "server/clock_guard.h"

#include <time.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "samkoer/v1/audit.pb.h"
#include "server/exit_codes.h"
#include "server/limits.h"
#include "server/log.h"
#include "storage/atomic_file.h"

namespace samkoer::server {
namespace {

absl::Duration SinceBoot() {
  timespec now{};
  // Cannot fail: the clock exists since Linux 2.6.39.
  clock_gettime(CLOCK_BOOTTIME, &now);
  return absl::DurationFromTimespec(now);
}

// The file's text: this line, then seconds since 1970 and a line's end.
constexpr char kAliveFirstLine[] = "samkoer-alive 1\n";
constexpr std::size_t kMaxAliveBytes = 64;

std::string DayOf(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone());
}

}  // namespace

ClockGuard::ClockGuard() : ClockGuard(absl::Now, SinceBoot) {}

ClockGuard::ClockGuard(WallClock wall, BootClock boot)
    : wall_(std::move(wall)),
      boot_(std::move(boot)),
      first_(wall_() - boot_()),
      believed_(first_) {}

absl::Time ClockGuard::Now() {
  const std::lock_guard lock(mutex_);
  const absl::Duration boot = boot_();
  const absl::Time at_zero = wall_() - boot;
  if (at_zero - first_ > kMaxClockLeap) leapt_ = true;
  if (!leapt_) believed_ = at_zero;
  return believed_ + boot;
}

absl::Status ClockLeapt() {
  return AsClockError(WithHint(
      absl::FailedPreconditionError(absl::StrCat(
          "the machine's clock ran ahead by more than ",
          absl::ToInt64Hours(kMaxClockLeap), " hours while the server ran")),
      "nothing was deleted by it; look at the clock and its time service, then "
      "start again"));
}

absl::StatusOr<absl::Time> LastLeafTime(const storage::AuditLog& log,
                                        const storage::Reader& reader) {
  const std::uint64_t size = log.size();
  if (size == 0) return absl::InfinitePast();
  v1::AuditLeaf leaf;
  bool parsed = false;
  absl::Status read = log.ReadLeaves(
      reader, size - 1, size, [&](std::uint64_t, std::string_view bytes) {
        parsed =
            leaf.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
        return true;
      });
  if (!read.ok()) return read;
  if (!parsed) return absl::DataLossError("the log's last leaf is malformed");
  return absl::FromUnixSeconds(leaf.time().seconds());
}

std::string AliveFile(const std::string& checkpoint_file) {
  return checkpoint_file + ".alive";
}

absl::Status WriteAlive(const std::string& alive_file, absl::Time now) {
  return storage::WriteFileAtomically(
      alive_file,
      absl::StrCat(kAliveFirstLine, absl::ToUnixSeconds(now), "\n"));
}

absl::Time ReadAlive(const std::string& alive_file) {
  const auto text = storage::ReadSmallFile(alive_file, kMaxAliveBytes);
  if (!text.ok()) return absl::InfinitePast();
  absl::string_view line = *text;
  std::int64_t seconds = 0;
  if (!absl::ConsumePrefix(&line, kAliveFirstLine) ||
      !absl::ConsumeSuffix(&line, "\n") || !absl::SimpleAtoi(line, &seconds)) {
    return absl::InfinitePast();
  }
  return absl::FromUnixSeconds(seconds);
}

void AliveWriter::Tell() {
  const absl::Time now = clock_.Now();
  if (absl::AbsDuration(now - told_) < kAliveInterval) return;
  told_ = now;
  if (absl::Status s = WriteAlive(file_, now); !s.ok()) {
    log::Warning("clock.alive-unwritten", {{"status", s}});
  }
}

absl::Status CheckClock(const storage::AuditLog& log,
                        const storage::Reader& reader, absl::Time alive,
                        absl::Time now) {
  if (log.size() == 0) return absl::OkStatus();
  auto last = LastLeafTime(log, reader);
  if (!last.ok()) return last.status();
  if (now - std::max(*last, alive) <= kMaxClockGap) return absl::OkStatus();
  return AsClockError(WithHint(
      absl::FailedPreconditionError(absl::StrCat(
          "the machine's clock says ", DayOf(now),
          ", but the server last ran on ", DayOf(std::max(*last, alive)),
          ", more than ", absl::ToInt64Hours(kMaxClockGap) / 24,
          " days before: going on would delete what those days make due")),
      "if the clock is wrong, mend it; if the service did stand still for so "
      "long, start it once with --clock-is-right, beside --declare-loss if "
      "that "
      "is needed too"));
}

}  // namespace samkoer::server
