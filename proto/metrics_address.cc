#include "proto/metrics_address.h"

#include "absl/strings/numbers.h"
#include "proto/absl_text.h"

namespace samkoer::proto {
namespace {

bool IsLoopback(std::string_view listen) {
  for (const std::string_view host : {"127.0.0.1:", "[::1]:"}) {
    if (!listen.starts_with(host)) continue;
    int port = -1;
    return absl::SimpleAtoi(Absl(listen.substr(host.size())), &port) &&
           port >= 0 && port <= 65535;
  }
  return false;
}

}  // namespace

absl::Status CheckMetricsAddress(std::string_view listen) {
  if (IsLoopback(listen)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "metrics_listen must be 127.0.0.1:port or [::1]:port, because the "
      "metrics have no access control");
}

}  // namespace samkoer::proto
