// gRPC's own messages (failed handshakes above all) as lines of our log, in
// measure: at most kGrpcLogLinesPerMinute, so that a flood of connections is
// not also a flood of lines. A handshake that fails never becomes a call, so
// this is the only place that tells of it.
#ifndef SAMKOER_SERVER_GRPC_LOG_H_
#define SAMKOER_SERVER_GRPC_LOG_H_

#include <cstdint>

#include "absl/time/time.h"

namespace samkoer::server {

// Lines that may pass in each minute; the rest is counted. Not thread-safe.
class LineBudget {
 public:
  explicit LineBudget(std::uint64_t per_minute) : per_minute_(per_minute) {}
  // True if a line may be written now. `suppressed` is then how many were not
  // since the last one that was.
  bool Take(absl::Time now, std::uint64_t& suppressed);

 private:
  const std::uint64_t per_minute_;
  absl::Time minute_ = absl::InfinitePast();
  std::uint64_t taken_ = 0;
  std::uint64_t suppressed_ = 0;
};

// Call in main before gRPC is used.
void RouteGrpcLogs();

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_GRPC_LOG_H_
