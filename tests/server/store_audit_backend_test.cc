#include "server/store_audit_backend.h"

#include <gtest/gtest.h>

#include <vector>

#include "crypto/merkle.h"
#include "server/limits.h"
#include "storage/audit_log.h"
#include "storage/keyring.h"
#include "storage/meta.h"
#include "storage/rocksdb_engine.h"
#include "support/test_pki.h"

namespace samkoer::server {
namespace {

class StoreAuditBackendTest : public ::testing::Test {
 protected:
  StoreAuditBackendTest()
      : keyring_(
            *storage::Keyring::Generate(storage::StoreKind::kKeyd, "viborg")),
        sealer_(*keyring_.Sealer()) {
    storage::RocksDbOptions options;
    options.create_if_missing = true;
    engine_ = *storage::OpenRocksDb(directory_.File("store"), options);
    log_ = *storage::AuditLog::Open(*engine_, sealer_, *keyring_.Signer(),
                                    crypto::HashKey::Random());
    backend_ = std::make_unique<StoreAuditBackend>(
        *log_, *engine_,
        [this](const Identity& who, std::uint64_t start, std::uint64_t end) {
          reads_.push_back({start, end});
          if (!record_.ok()) return record_;
          Append(who.uri, 1);
          return absl::OkStatus();
        });
    who_ = *ParseIdentityUri("samkoer://viborg/privacy-officer/dpo");
  }

  void Append(const std::string& actor, int count) {
    storage::WriteBatch batch;
    std::vector<v1::AuditLeaf> leaves;
    for (int i = 0; i < count; ++i) {
      v1::AuditLeaf leaf;
      leaf.set_version(1);
      leaf.mutable_time()->set_seconds(i);
      leaf.set_actor(actor);
      leaf.set_action(v1::AUDIT_ACTION_LOG_READ);
      leaf.set_purpose("ungeindsats");
      leaves.push_back(leaf);
    }
    ASSERT_TRUE(log_->Append(batch, leaves).ok());
    ASSERT_TRUE(engine_->Write(batch).ok());
    log_->Committed();
  }

  absl::StatusOr<std::vector<std::string>> Read(std::uint64_t start,
                                                std::uint64_t end) {
    v1::ReadLeavesRequest request;
    request.set_start(start);
    request.set_end(end);
    std::vector<std::string> leaves;
    const absl::Status status =
        backend_->ReadLeaves(who_, request, [&](const v1::LeafBatch& batch) {
          EXPECT_EQ(batch.start(), start + leaves.size());
          EXPECT_LE(static_cast<std::size_t>(batch.leaves_size()),
                    kMaxLeavesPerMessage);
          leaves.insert(leaves.end(), batch.leaves().begin(),
                        batch.leaves().end());
          return true;
        });
    if (!status.ok()) return status;
    return leaves;
  }

  testing::TestDirectory directory_;
  storage::Keyring keyring_;
  storage::ValueSealer sealer_;
  std::unique_ptr<storage::Engine> engine_;
  std::unique_ptr<storage::AuditLog> log_;
  std::unique_ptr<StoreAuditBackend> backend_;
  Identity who_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> reads_;
  absl::Status record_;
};

TEST_F(StoreAuditBackendTest, LeavesComeInPagesAndHashToTheRoot) {
  Append("a", 2500);
  const crypto::Checkpoint checkpoint = log_->checkpoint();
  const auto leaves = Read(0, 0);
  ASSERT_TRUE(leaves.ok()) << leaves.status();
  ASSERT_EQ(leaves->size(), 2500u);
  crypto::CompactTree tree;
  for (const std::string& leaf : *leaves) {
    tree.AppendLeafHash(crypto::LeafHash(crypto::AsBytes(leaf)));
  }
  EXPECT_EQ(tree.Root(), checkpoint.root);
  // The read itself is the next leaf.
  EXPECT_EQ(log_->size(), 2501u);
  EXPECT_EQ(reads_.size(), 1u);
}

TEST_F(StoreAuditBackendTest, RangesBeyondTheLogAreRefusedAndNotLogged) {
  Append("a", 3);
  for (const auto& [start, end] :
       std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {0, 4}, {3, 3}, {2, 1}, {3, 0}, {~0ull, 0}}) {
    EXPECT_EQ(Read(start, end).status().code(), absl::StatusCode::kOutOfRange)
        << start << " " << end;
  }
  EXPECT_TRUE(reads_.empty());
  EXPECT_EQ(Read(1, 3)->size(), 2u);
}

TEST_F(StoreAuditBackendTest, NothingIsReadIfTheReadCannotBeLogged) {
  Append("a", 3);
  record_ = absl::UnavailableError("stopping");
  EXPECT_EQ(Read(0, 3).status(), absl::UnavailableError("stopping"));
}

TEST_F(StoreAuditBackendTest, ProofsHoldAgainstTheCheckpoint) {
  Append("a", 5);
  const crypto::Checkpoint first = log_->checkpoint();
  Append("b", 4);
  const crypto::Checkpoint second = log_->checkpoint();
  v1::GetConsistencyProofRequest request;
  request.set_first_size(5);
  request.set_second_size(9);
  const auto proof = backend_->ConsistencyProof(who_, request);
  ASSERT_TRUE(proof.ok()) << proof.status();
  std::vector<crypto::Hash32> hashes(
      static_cast<std::size_t>(proof->hashes_size()));
  for (int i = 0; i < proof->hashes_size(); ++i) {
    ASSERT_EQ(proof->hashes(i).size(), 32u);
    std::copy(proof->hashes(i).begin(), proof->hashes(i).end(),
              hashes[static_cast<std::size_t>(i)].begin());
  }
  EXPECT_TRUE(
      crypto::VerifyConsistency(5, 9, first.root, second.root, hashes).ok());
  request.set_second_size(10);
  EXPECT_EQ(backend_->ConsistencyProof(who_, request).status().code(),
            absl::StatusCode::kOutOfRange);
  v1::GetInclusionProofRequest inclusion;
  inclusion.set_index(9);
  inclusion.set_tree_size(9);
  EXPECT_EQ(backend_->InclusionProof(who_, inclusion).status().code(),
            absl::StatusCode::kOutOfRange);
}

TEST_F(StoreAuditBackendTest, PersonsAreNotLookedUpHere) {
  EXPECT_EQ(backend_->LookUpPerson(who_, {}).status().code(),
            absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace samkoer::server
