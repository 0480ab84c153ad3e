// The Audit rpcs straight from a storage::AuditLog: all that the key service
// needs. (The matcher answers from its own facade.)
#ifndef SAMKOER_SERVER_STORE_AUDIT_BACKEND_H_
#define SAMKOER_SERVER_STORE_AUDIT_BACKEND_H_

#include <cstdint>
#include <functional>
#include <utility>

#include "server/audit_backend.h"

namespace samkoer::storage {
class AuditLog;
class Engine;
}  // namespace samkoer::storage

namespace samkoer::server {

class StoreAuditBackend final : public AuditBackend {
 public:
  // Writes a leaf, AUDIT_ACTION_LOG_READ, that `who` reads leaves [start,
  // end); durable when it returns OK.
  using ReadRecorder = std::function<absl::Status(
      const Identity& who, std::uint64_t start, std::uint64_t end)>;

  // `log` and `engine` must outlive this.
  StoreAuditBackend(const storage::AuditLog& log, const storage::Engine& engine,
                    ReadRecorder record_read)
      : log_(log), engine_(engine), record_read_(std::move(record_read)) {}

  absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint() override;
  absl::Status ReadLeaves(const Identity& who,
                          const v1::ReadLeavesRequest& request,
                          const LeafSink& sink) override;
  absl::StatusOr<v1::GetConsistencyProofResponse> ConsistencyProof(
      const Identity& who,
      const v1::GetConsistencyProofRequest& request) override;
  absl::StatusOr<v1::GetInclusionProofResponse> InclusionProof(
      const Identity& who,
      const v1::GetInclusionProofRequest& request) override;

 private:
  const storage::AuditLog& log_;
  const storage::Engine& engine_;
  const ReadRecorder record_read_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_STORE_AUDIT_BACKEND_H_
