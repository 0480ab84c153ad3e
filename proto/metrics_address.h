// Where a program may serve its figures for Prometheus. Pure.
#ifndef SAMKOER_PROTO_METRICS_ADDRESS_H_
#define SAMKOER_PROTO_METRICS_ADDRESS_H_

#include <string_view>

#include "absl/status/status.h"

namespace samkoer::proto {

// OK for "127.0.0.1:port" and "[::1]:port", port 0 included; INVALID_ARGUMENT
// for anything else, names included, which may resolve to anything: the page
// has no access control.
absl::Status CheckMetricsAddress(std::string_view listen);

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_METRICS_ADDRESS_H_
