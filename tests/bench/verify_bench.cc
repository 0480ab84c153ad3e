// Goal h: verifying the log, against plain SHA-256 over the same bytes.
//
//   verify_bench LEAVES

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "clients/audit/log_verifier.h"
#include "crypto/secret.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBatch = 1000;

// A leaf as an intake batch writes it.
std::string Leaf(std::uint64_t index) {
  v1::AuditLeaf leaf;
  leaf.set_version(1);
  leaf.mutable_time()->set_seconds(1'790'000'000 + index);
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

int Run(std::uint64_t leaves) {
  // A few batches again and again: as near to the processor as leaves that were
  // just received, and as the peer's bytes.
  std::array<v1::LeafBatch, 4> batches;
  std::uint64_t bytes = 0;
  leaves -= leaves % (batches.size() * kBatch);
  for (v1::LeafBatch& batch : batches) {
    for (int i = 0; i < kBatch; ++i) {
      batch.add_leaves(Leaf(static_cast<std::uint64_t>(i)));
      bytes += batch.leaves(i).size();
    }
  }
  bytes *= leaves / (batches.size() * kBatch);
  // What the tree hashes: each leaf with its prefix, and a node of two hashes
  // with its prefix for all but one of them.
  const std::uint64_t hashed = bytes + leaves + (leaves - 1) * 65;
  double best = 1e9, best_plain = 1e9;
  for (int run = 0; run < 5; ++run) {
    clients::LogVerifier verifier;
    auto start = Clock::now();
    for (std::uint64_t at = 0; at < leaves; at += kBatch) {
      v1::LeafBatch& batch = batches[at / kBatch % batches.size()];
      batch.set_start(at);
      if (!verifier.Append(batch).ok()) return 1;
    }
    best = std::min(
        best, std::chrono::duration<double>(Clock::now() - start).count());
    const std::string plain(1 << 20, 'x');
    unsigned char out[32];
    start = Clock::now();
    for (std::uint64_t done = 0; done < hashed; done += plain.size()) {
      SHA256(reinterpret_cast<const unsigned char*>(plain.data()), plain.size(),
             out);
    }
    best_plain =
        std::min(best_plain,
                 std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::printf("verify %.0f leaves/s\n", leaves / best);
  std::printf("verify_bytes %.1f MB/s\n", hashed / best / 1e6);
  std::printf("plain_sha256 %.1f MB/s\n", hashed / best_plain / 1e6);
  std::printf("verify_leaf_size %.0f bytes\n",
              static_cast<double>(bytes) / leaves);
  return 0;
}

}  // namespace
}  // namespace samkoer::bench

int main(int argc, char** argv) {
  if (argc != 2 || !samkoer::crypto::InitializeProcess()) {
    std::fprintf(stderr, "usage: verify_bench LEAVES\n");
    return 64;
  }
  return samkoer::bench::Run(std::strtoull(argv[1], nullptr, 10));
}
