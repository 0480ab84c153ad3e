#ifndef SAMKOER_SERVER_DELIVER_H_
#define SAMKOER_SERVER_DELIVER_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace samkoer::server {

// Moves an answer into `response`, or passes its error on.
template <typename Response>
absl::Status Deliver(absl::StatusOr<Response> answer, Response& response) {
  if (!answer.ok()) return answer.status();
  response = *std::move(answer);
  return absl::OkStatus();
}

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_DELIVER_H_
