// The moment at which a server serves: told to whoever waits for it.
#ifndef SAMKOER_SERVER_LISTENING_H_
#define SAMKOER_SERVER_LISTENING_H_

#include <string>
#include <string_view>

namespace samkoer::server {

// Writes "listening on HOST:PORT" on standard output, with the host of
// `listen`, and tells the service manager that the service is ready (units with
// Type=notify); `status` is the line that `systemctl status` shows. A manager
// that cannot be told is logged as manager.not_told.
void TellListening(const std::string& listen, int port,
                   std::string_view status);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_LISTENING_H_
