// What the Audit service needs of a log: the seam between the rpc shell, which
// both servers share, and the log of each.
#ifndef SAMKOER_SERVER_AUDIT_BACKEND_H_
#define SAMKOER_SERVER_AUDIT_BACKEND_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "samkoer/v1/audit.pb.h"
#include "server/identity.h"

namespace samkoer::server {

// Errors: as the service Audit says. Thread safety: implementations must allow
// calls from many threads at once.
class AuditBackend {
 public:
  // Gets one message; returns false to stop.
  using LeafSink = std::function<bool(const v1::LeafBatch&)>;

  virtual ~AuditBackend() = default;

  virtual absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint() = 0;
  // Writes a LOG_READ leaf durably, then gives leaves [start, end) in order, in
  // messages of at most kMaxLeavesPerMessage and about kMaxLeafBatchBytes.
  // `end` 0 means the size before this read was logged.
  virtual absl::Status ReadLeaves(const Identity& who,
                                  const v1::ReadLeavesRequest& request,
                                  const LeafSink& sink) = 0;
  virtual absl::StatusOr<v1::GetConsistencyProofResponse> ConsistencyProof(
      const Identity& who, const v1::GetConsistencyProofRequest& request) = 0;
  virtual absl::StatusOr<v1::GetInclusionProofResponse> InclusionProof(
      const Identity& who, const v1::GetInclusionProofRequest& request) = 0;
  // Logs the look-up durably, then answers. Lengths have been checked. Unless
  // overridden: UNIMPLEMENTED.
  virtual absl::StatusOr<v1::LookUpPersonResponse> LookUpPerson(
      const Identity& who, const v1::LookUpPersonRequest& request);
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_AUDIT_BACKEND_H_
