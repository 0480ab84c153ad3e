// absl::Status and grpc::Status: the codes are the same numbers, all of them
// are carried over with their message.
#ifndef SAMKOER_SERVER_STATUS_CONVERSION_H_
#define SAMKOER_SERVER_STATUS_CONVERSION_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace samkoer::server {

// INTERNAL and UNKNOWN lose their message: it may tell of our insides. It
// belongs in the log.
grpc::Status ToGrpcStatus(const absl::Status& status);
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_STATUS_CONVERSION_H_
