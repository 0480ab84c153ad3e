#include "server/status_conversion.h"

#include <string>

namespace samkoer::server {

static_assert(static_cast<int>(absl::StatusCode::kOk) == grpc::OK);
static_assert(static_cast<int>(absl::StatusCode::kUnauthenticated) ==
              grpc::UNAUTHENTICATED);

grpc::Status ToGrpcStatus(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return grpc::Status::OK;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return {static_cast<grpc::StatusCode>(status.code()),
              "an error inside the server; its log has more"};
    default:
      return {static_cast<grpc::StatusCode>(status.code()),
              std::string(status.message())};
  }
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  const int code = status.error_code();
  if (code < 0 || code > grpc::UNAUTHENTICATED) {
    return absl::UnknownError(status.error_message());
  }
  return {static_cast<absl::StatusCode>(code), status.error_message()};
}

}  // namespace samkoer::server
