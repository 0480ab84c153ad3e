// Whether the machine's clock may be believed. Retention, key windows and
// rotations follow it, and what they delete does not come back: a clock that is
// set years ahead by mistake must stop a server, not empty its store.
#ifndef SAMKOER_SERVER_CLOCK_GUARD_H_
#define SAMKOER_SERVER_CLOCK_GUARD_H_

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/audit_log.h"
#include "storage/engine.h"

namespace samkoer::server {

// A clock that does not follow a leap: as long as wall time and the time since
// the machine started go together it is wall time, and from the moment that
// wall time has run ahead by more than kMaxClockLeap since the guard was made,
// at once or in many steps, it goes on as before, so that nothing falls due
// until the process ends. A step back, and one ahead that mends it, is
// followed.
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
  // Wall time when the boot clock was zero: at first, and as last believed.
  const absl::Time first_;
  absl::Time believed_;  // under mutex_
  std::atomic<bool> leapt_ = false;
};

// What the process ends with after a leap: FAILED_PRECONDITION (AsClockError).
absl::Status ClockLeapt();

// The time of the log's last leaf, in whole seconds; InfinitePast of an empty
// one. Errors of AuditLog::ReadLeaves; DATA_LOSS if it is malformed.
absl::StatusOr<absl::Time> LastLeafTime(const storage::AuditLog& log,
                                        const storage::Reader& reader);

// The file beside the checkpoint outside that says when the server last ran: a
// log may be silent for weeks.
std::string AliveFile(const std::string& checkpoint_file);
// Says that it runs at `now`. Errors of WriteFileAtomically.
absl::Status WriteAlive(const std::string& alive_file, absl::Time now);
// InfinitePast if there is none, or none that can be read.
absl::Time ReadAlive(const std::string& alive_file);

// Writes the file at once and then every kAliveInterval. A file that cannot be
// written is logged and tried again. For one thread.
class AliveWriter {
 public:
  // `clock` must outlive this.
  AliveWriter(std::string alive_file, ClockGuard& clock)
      : file_(std::move(alive_file)), clock_(clock) {}
  // To be called now and then.
  void Tell();

 private:
  const std::string file_;
  ClockGuard& clock_;
  absl::Time told_ = absl::InfinitePast();
};

// FAILED_PRECONDITION (AsClockError) if `now` is more than kMaxClockGap after
// the log's last leaf and after `alive`: the clock is wrong, or the server
// stood still for so long, which a person has to say. Errors of LastLeafTime.
// An empty log fits.
absl::Status CheckClock(const storage::AuditLog& log,
                        const storage::Reader& reader, absl::Time alive,
                        absl::Time now);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_CLOCK_GUARD_H_
