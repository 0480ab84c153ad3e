// The running key service: puts the parts together and waits for a signal.
#ifndef SAMKOER_SERVER_KEYD_RUN_H_
#define SAMKOER_SERVER_KEYD_RUN_H_

#include "samkoer/v1/server_config.pb.h"
#include "server/clock_guard.h"
#include "server/day_source.h"

namespace samkoer::server {

struct KeydRunOptions {
  // A store that is older than its outside checkpoint is accepted, once, when a
  // privacy officer approves, with a leaf of the log.
  bool declare_loss = false;
  // How long ago the service last ran is not looked at (CheckClock), once.
  bool clock_is_right = false;
  DaySource day;
};

// Serves until SIGTERM or SIGINT, then finishes what runs and returns 0. Prints
// "listening on HOST:PORT" on standard output once it serves. An error at the
// start is printed and gives the exit code of server/exit_codes.h; a write
// error while running gives kExitIo, a leap of `clock` kExitClock.
//
// On SIGHUP, and on the day on which a key closes, it ends its service in
// order, destroys the seeds whose day has come, and serves anew in the same
// process with the keyring as it stands: a second or two in which clients try
// again.
//
// BlockSignals and crypto::RequireTls13 must have been called.
int RunKeyd(const v1::KeydConfig& config, KeydRunOptions options,
            ClockGuard& clock);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEYD_RUN_H_
