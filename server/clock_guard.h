// Whether the machine's clock may be believed. Retention, key windows and
// rotations follow it, and what they delete does not come back: a clock that is
// set years ahead by mistake must stop a server, not empty its store.
#ifndef SAMKOER_SERVER_CLOCK_GUARD_H_
#define SAMKOER_SERVER_CLOCK_GUARD_H_

#include <atomic>
#include <functional>
#include <mutex>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/audit_log.h"
#include "storage/engine.h"

namespace samkoer::server {

// A clock that does not follow a leap: as long as wall time and the time since
// the machine started go together it is wall time, and from the moment that
// wall time runs ahead by more than kMaxClockLeap it goes on as if it had not,
// so that nothing falls due until the process ends. A step back is followed.
//
// Thread safety: all methods may be called from many threads.
class ClockGuard {
 public:
  using WallClock = std::function<absl::Time()>;
  // Since any fixed moment; goes on while the machine sleeps.
  using BootClock = std::function<absl::Duration()>;

  // The machine's own clocks.
  ClockGuard();
  ClockGuard(WallClock wall, BootClock boot);

  absl::Time Now();
  // True from the leap on, for good.
  bool leapt() const { return leapt_.load(); }

 private:
  const WallClock wall_;
  const BootClock boot_;
  std::mutex mutex_;
  absl::Time believed_;     // under mutex_
  absl::Duration at_boot_;  // when that was; under mutex_
  std::atomic<bool> leapt_ = false;
};

// What the process ends with after a leap: FAILED_PRECONDITION.
absl::Status ClockLeapt();

// FAILED_PRECONDITION if `now` is more than kMaxClockGap after the log's last
// leaf: the clock is wrong, or the server stood still for so long, which a
// person has to say. Errors of AuditLog::ReadLeaves. An empty log fits.
absl::Status CheckClock(const storage::AuditLog& log,
                        const storage::Reader& reader, absl::Time now);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_CLOCK_GUARD_H_
