// Signals as events of the main thread: no code runs in a signal handler.
#ifndef SAMKOER_SERVER_SIGNALS_H_
#define SAMKOER_SERVER_SIGNALS_H_

#include <cstdint>

#include "absl/time/time.h"

namespace samkoer::server {

enum class SignalEvent : std::uint8_t {
  kNone,    // the time is up
  kStop,    // SIGTERM or SIGINT: end in good order
  kReload,  // SIGHUP: read the policy again
};

// Blocks SIGTERM, SIGINT and SIGHUP in this thread and all that it makes later,
// and ignores SIGPIPE and SIGXFSZ: a write that fails is told, not died of.
// Call in main before any thread is made.
void BlockSignals();

// Waits for one of them. One thread.
SignalEvent WaitForSignal(absl::Duration timeout);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_SIGNALS_H_
