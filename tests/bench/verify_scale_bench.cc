// The whole of `samkoer-audit verify` on a long log, which a server in the same
// process makes up as it is asked: time and memory, and what the next `verify`
// reads when the log has grown by a day.
//
//   verify_scale_bench LEAVES FOLDER
//
// FOLDER must not hold a checkpoint yet.

#include <grpcpp/grpcpp.h>
#include <openssl/sha.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "clients/audit/verify_command.h"
#include "crypto/merkle.h"
#include "crypto/secret.h"
#include "crypto/signed_note.h"
#include "samkoer/v1/audit.grpc.pb.h"

namespace samkoer::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kDay = 1000;      // new leaves
constexpr std::uint64_t kPattern = 4096;  // different leaves, again and again
constexpr std::uint64_t kBatch = 1000;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Of this process so far, in MiB.
double PeakMemory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// As an intake batch writes it.
std::string Leaf(std::uint64_t index) {
  v1::AuditLeaf leaf;
  leaf.set_version(1);
  leaf.mutable_time()->set_seconds(
      static_cast<std::int64_t>(1'790'000'000 + index));
  leaf.set_actor("samkoer://viborg/department/jobcenter-team-unge");
  leaf.set_actor_certificate(std::string(32, 'c'));
  leaf.set_action(v1::AUDIT_ACTION_BATCH_STORED);
  leaf.set_purpose("ungeindsats");
  auto& count = *leaf.add_counts();
  count.set_name("records");
  count.set_value(1000);
  leaf.set_digest(std::string(32, 'd'));
  leaf.set_push_id(std::string(16, 'p'));
  return leaf.SerializeAsString();
}

class SyntheticLog final : public v1::Audit::Service {
 public:
  SyntheticLog()
      : signer_(
            *crypto::NoteSigner::FromSeed("bench", crypto::SecretArray<32>())) {
    for (std::uint64_t i = 0; i < kPattern; ++i) {
      leaves_.push_back(Leaf(i));
      hashes_.push_back(crypto::LeafHash(crypto::AsBytes(leaves_.back())));
    }
  }

  std::string VerifierKey() const { return signer_.VerifierKey(); }
  void GrowTo(std::uint64_t size) {
    while (tree_.size() < size) {
      tree_.AppendLeafHash(hashes_[tree_.size() % kPattern]);
    }
  }
  std::uint64_t served() const { return served_; }
  std::uint64_t BytesOf(std::uint64_t size) const {
    return size * leaves_.front().size();
  }

  grpc::Status GetCheckpoint(grpc::ServerContext*,
                             const v1::GetCheckpointRequest*,
                             v1::GetCheckpointResponse* response) override {
    const crypto::Checkpoint checkpoint{"bench", tree_.size(), tree_.Root()};
    response->set_signed_note(signer_.Sign(checkpoint.Format()));
    return grpc::Status::OK;
  }
  grpc::Status ReadLeaves(grpc::ServerContext*,
                          const v1::ReadLeavesRequest* request,
                          grpc::ServerWriter<v1::LeafBatch>* writer) override {
    v1::LeafBatch batch;
    for (std::uint64_t at = request->start(); at < request->end();) {
      batch.Clear();
      batch.set_start(at);
      const std::uint64_t end = std::min(request->end(), at + kBatch);
      for (; at < end; ++at) batch.add_leaves(leaves_[at % kPattern]);
      if (!writer->Write(batch)) break;
      served_ += static_cast<std::uint64_t>(batch.leaves_size());
    }
    return grpc::Status::OK;
  }
  grpc::Status GetConsistencyProof(
      grpc::ServerContext*, const v1::GetConsistencyProofRequest* request,
      v1::GetConsistencyProofResponse* response) override {
    const auto proof = crypto::ConsistencyProof(
        request->first_size(), request->second_size(),
        [&](unsigned level,
            std::uint64_t index) -> absl::StatusOr<crypto::Hash32> {
          crypto::CompactTree part;
          const std::uint64_t width = std::uint64_t{1} << level;
          for (std::uint64_t i = 0; i < width; ++i) {
            part.AppendLeafHash(hashes_[(index * width + i) % kPattern]);
          }
          return part.Root();
        });
    if (!proof.ok()) return {grpc::StatusCode::OUT_OF_RANGE, ""};
    for (const crypto::Hash32& hash : *proof) {
      response->add_hashes(hash.data(), hash.size());
    }
    return grpc::Status::OK;
  }

 private:
  const crypto::NoteSigner signer_;
  std::vector<std::string> leaves_;
  std::vector<crypto::Hash32> hashes_;
  crypto::CompactTree tree_;
  std::uint64_t served_ = 0;
};

int Run(std::uint64_t leaves, const std::string& folder) {
  SyntheticLog log;
  log.GrowTo(leaves);
  grpc::ServerBuilder builder;
  builder.RegisterService(&log);
  const auto server = builder.BuildAndStart();
  const auto stub = v1::Audit::NewStub(server->InProcessChannel({}));
  clients::LogServer client(clients::Peer::kMatcher, *stub,
                            clients::Language::kEnglish);
  const auto verifier = *crypto::NoteVerifier::Parse(log.VerifierKey());
  const clients::CheckpointStore store(folder, "bench");
  const clients::AuditOutput output{std::cout,
                                    std::cerr,
                                    clients::OutputFormat::kHuman,
                                    {clients::Language::kEnglish, {}}};
  const auto verify = [&] {
    const auto start = Clock::now();
    const absl::Status status =
        clients::VerifyLog(client, verifier, store, {}, output);
    if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return status.ok() ? SecondsSince(start) : -1;
  };
  const double before = PeakMemory();
  const double first = verify();
  const double after = PeakMemory();
  const std::uint64_t read_first = log.served();
  log.GrowTo(leaves + kDay);
  const double second = verify();
  const std::uint64_t read_second = log.served() - read_first;
  server->Shutdown();
  if (first < 0 || second < 0) return 1;

  // Each leaf and each node with its prefix, as verify_bench counts.
  const double hashed =
      static_cast<double>(log.BytesOf(leaves) + leaves + (leaves - 1) * 65);
  const std::string plain(1 << 20, 'x');
  unsigned char out[32];
  const auto start = Clock::now();
  for (double done = 0; done < hashed; done += 1 << 20) {
    SHA256(reinterpret_cast<const unsigned char*>(plain.data()), plain.size(),
           out);
  }
  const double plain_seconds = SecondsSince(start);
  std::printf("verify_scale %.0f leaves in %.1f s: %.0f leaves/s\n",
              static_cast<double>(leaves), first,
              static_cast<double>(leaves) / first);
  std::printf("plain_sha256 of as many bytes %.1f s\n", plain_seconds);
  std::printf("memory %.1f MiB at most, %.1f before\n", after, before);
  // Not its time: the server above works out its proof from the first leaf.
  std::printf("next_verify read %llu leaves\n",
              static_cast<unsigned long long>(read_second));
  return read_first == leaves && read_second == kDay ? 0 : 1;
}

}  // namespace
}  // namespace samkoer::bench

int main(int argc, char** argv) {
  if (argc != 3 || !samkoer::crypto::InitializeProcess()) {
    std::fprintf(stderr, "usage: verify_scale_bench LEAVES FOLDER\n");
    return 64;
  }
  return samkoer::bench::Run(std::strtoull(argv[1], nullptr, 10), argv[2]);
}
