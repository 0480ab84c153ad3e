// The Audit rpcs, for both servers: checks the request, lets the backend
// answer.
#ifndef SAMKOER_SERVER_AUDIT_SERVICE_H_
#define SAMKOER_SERVER_AUDIT_SERVICE_H_

#include "samkoer/v1/audit.grpc.pb.h"
#include "server/audit_backend.h"
#include "server/call_gate.h"
#include "server/stream_watch.h"

namespace samkoer::server {

class WitnessWatch;

class AuditService final : public v1::Audit::Service {
 public:
  // All must outlive this.
  AuditService(CallGate& gate, AuditBackend& backend, StreamWatch& watch)
      : gate_(gate), backend_(backend), watch_(watch) {}

  // Where the newest cosigned note comes from; none without it. Must outlive
  // this; call once, before the server serves.
  void set_witness(const WitnessWatch* witness) { witness_ = witness; }

  grpc::Status GetCheckpoint(grpc::ServerContext* context,
                             const v1::GetCheckpointRequest* request,
                             v1::GetCheckpointResponse* response) override;
  grpc::Status ReadLeaves(grpc::ServerContext* context,
                          const v1::ReadLeavesRequest* request,
                          grpc::ServerWriter<v1::LeafBatch>* writer) override;
  grpc::Status GetConsistencyProof(
      grpc::ServerContext* context,
      const v1::GetConsistencyProofRequest* request,
      v1::GetConsistencyProofResponse* response) override;
  grpc::Status GetInclusionProof(
      grpc::ServerContext* context, const v1::GetInclusionProofRequest* request,
      v1::GetInclusionProofResponse* response) override;
  grpc::Status LookUpPerson(grpc::ServerContext* context,
                            const v1::LookUpPersonRequest* request,
                            v1::LookUpPersonResponse* response) override;

 private:
  CallGate& gate_;
  AuditBackend& backend_;
  StreamWatch& watch_;
  const WitnessWatch* witness_ = nullptr;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_AUDIT_SERVICE_H_
