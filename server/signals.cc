#include "server/signals.h"

#include <csignal>
#include <ctime>

#include "absl/time/time.h"

namespace samkoer::server {
namespace {

sigset_t Signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

void BlockSignals() {
  const sigset_t set = Signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

SignalEvent WaitForSignal(absl::Duration timeout) {
  const sigset_t set = Signals();
  const timespec wait = absl::ToTimespec(timeout);
  const int signal = sigtimedwait(&set, nullptr, &wait);
  if (signal == SIGHUP) return SignalEvent::kReload;
  return signal > 0 ? SignalEvent::kStop : SignalEvent::kNone;
}

}  // namespace samkoer::server
