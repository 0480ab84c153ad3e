// A server of the Audit rpcs whose log a test writes, and can falsify. In the
// same process, without a port.
#ifndef SAMKOER_TESTS_CLIENTS_AUDIT_FAKE_LOG_H_
#define SAMKOER_TESTS_CLIENTS_AUDIT_FAKE_LOG_H_

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "crypto/signed_note.h"
#include "gtest/gtest.h"
#include "samkoer/v1/audit.grpc.pb.h"
#include "tests/clients/naive_tree.h"
#include "tests/clients/test_directory.h"

namespace samkoer::clients {

inline crypto::NoteSigner TestSigner(const std::string& name,
                                     std::uint8_t seed_byte = 7) {
  std::array<std::uint8_t, 32> seed;
  seed.fill(seed_byte);
  return *crypto::NoteSigner::FromSeed(
      name, crypto::SecretArray<32>(std::span<const std::uint8_t, 32>(seed)));
}

inline crypto::NoteVerifier TestVerifier(const crypto::NoteSigner& signer) {
  return *crypto::NoteVerifier::Parse(signer.VerifierKey());
}

// A leaf as the servers write them.
inline v1::AuditLeaf TestLeaf(v1::AuditAction action,
                              const std::string& actor = "matcher") {
  v1::AuditLeaf leaf;
  leaf.set_version(1);
  leaf.mutable_time()->set_seconds(absl::ToUnixSeconds(absl::FromCivil(
      absl::CivilSecond(2026, 11, 22, 11, 18, 37), absl::UTCTimeZone())));
  leaf.set_actor(actor);
  leaf.set_action(action);
  leaf.set_purpose("ungeindsats");
  return leaf;
}

inline NaiveLeaves NumberedLeaves(std::size_t count,
                                  const std::string& salt = "") {
  NaiveLeaves leaves;
  for (std::size_t i = 0; i < count; ++i) {
    v1::AuditLeaf leaf = TestLeaf(v1::AUDIT_ACTION_BATCH_STORED);
    leaf.set_detail(salt + " batch " + std::to_string(i));
    leaves.push_back(leaf.SerializeAsString());
  }
  return leaves;
}

class FakeLog final : public v1::Audit::Service {
 public:
  explicit FakeLog(crypto::NoteSigner signer) : signer(std::move(signer)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::Audit::NewStub(server_->InProcessChannel({}));
  }
  ~FakeLog() override { server_->Shutdown(); }

  // What the checkpoint tells of; a test may serve other `leaves` afterwards.
  std::string Note(const NaiveLeaves& of) const {
    crypto::Checkpoint checkpoint;
    checkpoint.origin = origin.empty() ? signer.name() : origin;
    checkpoint.size = of.size();
    checkpoint.root = NaiveRoot(of);
    return signer.Sign(checkpoint.Format());
  }
  // An honest log of these leaves.
  void Become(NaiveLeaves of) {
    leaves = std::move(of);
    note = Note(leaves);
    proof_leaves = leaves;
  }

  grpc::Status GetCheckpoint(grpc::ServerContext*,
                             const v1::GetCheckpointRequest*,
                             v1::GetCheckpointResponse* response) override {
    ++checkpoints;
    response->set_signed_note(note);
    response->set_cosigned_note(cosigned_note);
    return grpc::Status::OK;
  }

  grpc::Status ReadLeaves(grpc::ServerContext*,
                          const v1::ReadLeavesRequest* request,
                          grpc::ServerWriter<v1::LeafBatch>* writer) override {
    ranges.emplace_back(request->start(), request->end());
    const std::size_t end =
        std::min<std::size_t>(request->end() + extra_leaves, leaves.size());
    for (std::size_t at = request->start(); at < end;) {
      v1::LeafBatch batch;
      batch.set_start(at + shift_start);
      for (int i = 0; i < batch_size && at < end; ++i) {
        batch.add_leaves(leaves[at++]);
      }
      if (!writer->Write(batch)) break;
    }
    return grpc::Status::OK;
  }

  grpc::Status GetConsistencyProof(
      grpc::ServerContext*, const v1::GetConsistencyProofRequest* request,
      v1::GetConsistencyProofResponse* response) override {
    ++proofs;
    for (const NaiveHash& hash : NaiveConsistency(
             proof_leaves, request->first_size(), request->second_size())) {
      response->add_hashes(NaiveText(hash));
    }
    return grpc::Status::OK;
  }

  grpc::Status LookUpPerson(grpc::ServerContext*,
                            const v1::LookUpPersonRequest* request,
                            v1::LookUpPersonResponse* response) override {
    lookups.push_back(*request);
    if (look_up) return look_up(*request, *response);
    return grpc::Status::OK;
  }

  const crypto::NoteSigner signer;
  std::string origin;  // empty: the signer's name
  std::string note;
  std::string cosigned_note;
  int checkpoints = 0, proofs = 0;  // how often they were asked for
  NaiveLeaves leaves;
  NaiveLeaves proof_leaves;
  int batch_size = 100;
  std::uint64_t extra_leaves = 0;  // sent beyond what was asked for
  std::uint64_t shift_start = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;  // asked for
  std::vector<v1::LookUpPersonRequest> lookups;
  std::function<grpc::Status(const v1::LookUpPersonRequest&,
                             v1::LookUpPersonResponse&)>
      look_up;
  std::unique_ptr<v1::Audit::Stub> stub;

 private:
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_TESTS_CLIENTS_AUDIT_FAKE_LOG_H_
