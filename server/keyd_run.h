// The running key service: puts the parts together and waits for a signal.
#ifndef SAMKOER_SERVER_KEYD_RUN_H_
#define SAMKOER_SERVER_KEYD_RUN_H_

#include "samkoer/v1/server_config.pb.h"
#include "server/day_source.h"

namespace samkoer::server {

// Serves until SIGTERM or SIGINT, then finishes what runs and returns 0. Prints
// "listening on HOST:PORT" on standard output once it serves. An error at the
// start is printed and gives the exit code of server/exit_codes.h; a write
// error while running gives kExitIo. With `declare_loss` a store that is older
// than its outside checkpoint is accepted, once, with a leaf of the log.
//
// On SIGHUP, and on the day (`day`) on which a key closes, it ends its service
// in order, destroys the seeds whose day has come, and serves anew in the same
// process with the keyring as it stands: a second or two in which clients try
// again.
//
// BlockSignals and RequireTls13 must have been called.
int RunKeyd(const v1::KeydConfig& config, bool declare_loss,
            const DaySource& day);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEYD_RUN_H_
