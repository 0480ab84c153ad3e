#include "server/clock_guard.h"

#include <time.h>

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "samkoer/v1/audit.pb.h"
#include "server/exit_codes.h"
#include "server/limits.h"

namespace samkoer::server {
namespace {

absl::Duration SinceBoot() {
  timespec now{};
  // Cannot fail: the clock exists since Linux 2.6.39.
  clock_gettime(CLOCK_BOOTTIME, &now);
  return absl::DurationFromTimespec(now);
}

std::string DayOf(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone());
}

}  // namespace

ClockGuard::ClockGuard() : ClockGuard(absl::Now, SinceBoot) {}

ClockGuard::ClockGuard(WallClock wall, BootClock boot)
    : wall_(std::move(wall)),
      boot_(std::move(boot)),
      believed_(wall_()),
      at_boot_(boot_()) {}

absl::Time ClockGuard::Now() {
  const std::lock_guard lock(mutex_);
  const absl::Duration boot = boot_();
  const absl::Time expected = believed_ + (boot - at_boot_);
  const absl::Time wall = wall_();
  if (leapt_ || wall - expected > kMaxClockLeap) {
    leapt_ = true;
    return expected;
  }
  believed_ = wall;
  at_boot_ = boot;
  return wall;
}

absl::Status ClockLeapt() {
  return WithHint(
      absl::FailedPreconditionError(
          absl::StrCat("the machine's clock ran ahead by more than ",
                       absl::ToInt64Hours(kMaxClockLeap), " hours at once")),
      "nothing was deleted by it; look at the clock and its time service, then "
      "start again");
}

absl::Status CheckClock(const storage::AuditLog& log,
                        const storage::Reader& reader, absl::Time now) {
  const std::uint64_t size = log.size();
  if (size == 0) return absl::OkStatus();
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
  const absl::Time last = absl::FromUnixSeconds(leaf.time().seconds());
  if (now - last <= kMaxClockGap) return absl::OkStatus();
  return WithHint(
      absl::FailedPreconditionError(absl::StrCat(
          "the machine's clock says ", DayOf(now),
          ", but the log's last entry is of ", DayOf(last), ", more than ",
          absl::ToInt64Hours(kMaxClockGap) / 24,
          " days before: going on would delete what those days make due")),
      "if the clock is wrong, mend it; if the service did stand still for so "
      "long, start it once with --clock-is-right");
}

}  // namespace samkoer::server
