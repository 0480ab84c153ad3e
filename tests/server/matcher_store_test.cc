#include "server/matcher_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "samkoer/v1/audit.pb.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/metrics.h"
#include "support/test_pki.h"

namespace samkoer::server {
namespace {

namespace fs = std::filesystem;

class MatcherStoreTest : public ::testing::Test {
 protected:
  MatcherStoreTest()
      : keyring_(*storage::Keyring::Generate(storage::StoreKind::kMatcher,
                                             "viborg")),
        metrics_(*Metrics::Create("")) {
    config_.set_data_dir(directory_.File("store"));
    config_.set_checkpoint_file(directory_.File("checkpoint"));
  }
  absl::Status Create() {
    return CreateMatcherStore(config_, keyring_, "ungeindsats");
  }
  absl::StatusOr<MatcherStore> Open(
      const ApproveMatcherLoss& approve_loss = nullptr) {
    return OpenMatcherStore(config_, keyring_, "ungeindsats", approve_loss,
                            *metrics_);
  }
  // Somebody approves at once.
  absl::Status Approve(MatcherStore& store, const storage::Loss& loss) {
    loss_ = loss;
    v1::AuditLeaf leaf = Leaves(store).front();
    leaf.set_action(v1::AUDIT_ACTION_LOSS_DECLARED);
    storage::WriteBatch batch;
    EXPECT_TRUE(store.log->Append(batch, std::span(&leaf, 1)).ok());
    EXPECT_TRUE(store.engine->Write(batch).ok());
    store.log->Committed();
    return absl::OkStatus();
  }
  static std::vector<v1::AuditLeaf> Leaves(const MatcherStore& store) {
    std::vector<v1::AuditLeaf> leaves;
    const absl::Status status = store.log->ReadLeaves(
        *store.engine, 0, store.log->size(),
        [&](std::uint64_t, std::string_view bytes) {
          leaves.emplace_back().ParseFromArray(bytes.data(),
                                               static_cast<int>(bytes.size()));
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return leaves;
  }
  static void AppendLeaf(MatcherStore& store) {
    v1::AuditLeaf leaf = Leaves(store).front();
    leaf.set_action(v1::AUDIT_ACTION_SWEEP);
    storage::WriteBatch batch;
    ASSERT_TRUE(store.log->Append(batch, std::span(&leaf, 1)).ok());
    ASSERT_TRUE(store.engine->Write(batch).ok());
    store.log->Committed();
    store.guard->Notify();
    ASSERT_TRUE(store.guard->Flush().ok());
  }

  testing::TestDirectory directory_;
  v1::MatcherdConfig config_;
  storage::Keyring keyring_;
  std::unique_ptr<Metrics> metrics_;
  storage::Loss loss_;
};

TEST_F(MatcherStoreTest, TheFirstLeafSaysThatTheStoreWasMade) {
  ASSERT_TRUE(Create().ok());
  const auto store = Open();
  ASSERT_TRUE(store.ok()) << store.status();
  const std::vector<v1::AuditLeaf> leaves = Leaves(*store);
  ASSERT_EQ(leaves.size(), 1u);
  EXPECT_EQ(leaves[0].action(), v1::AUDIT_ACTION_STORE_CREATED);
  EXPECT_EQ(leaves[0].actor(), "matcher");
  EXPECT_EQ(leaves[0].purpose(), "ungeindsats");
  EXPECT_TRUE(fs::exists(config_.checkpoint_file()));
}

TEST_F(MatcherStoreTest, AStoreIsNeverMadeTwice) {
  ASSERT_TRUE(Create().ok());
  EXPECT_EQ(Create().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Leaves(*Open()).size(), 1u);
}

TEST_F(MatcherStoreTest, AMissingStoreIsNotFoundAndNotMade) {
  EXPECT_EQ(Open().status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Open().status().code(), absl::StatusCode::kNotFound);
}

TEST_F(MatcherStoreTest, AnotherPurposeOrMunicipalityIsRefused) {
  ASSERT_TRUE(Create().ok());
  EXPECT_EQ(OpenMatcherStore(config_, keyring_, "andet", nullptr, *metrics_)
                .status()
                .code(),
            absl::StatusCode::kFailedPrecondition);
  keyring_.municipality = "aarhus";
  EXPECT_EQ(Open().status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(MatcherStoreTest, AnotherKeyringIsRefused) {
  ASSERT_TRUE(Create().ok());
  keyring_ =
      *storage::Keyring::Generate(storage::StoreKind::kMatcher, "viborg");
  EXPECT_FALSE(Open().ok());
}

TEST_F(MatcherStoreTest, ARestoredBackupIsRefusedUntilTheLossIsApproved) {
  ASSERT_TRUE(Create().ok());
  fs::copy(config_.data_dir(), directory_.File("backup"),
           fs::copy_options::recursive);
  {
    auto store = Open();
    ASSERT_TRUE(store.ok()) << store.status();
    AppendLeaf(*store);
  }
  fs::remove_all(config_.data_dir());
  fs::copy(directory_.File("backup"), config_.data_dir(),
           fs::copy_options::recursive);
  EXPECT_EQ(Open().status().code(), absl::StatusCode::kFailedPrecondition);
  const auto rejected = Open([](MatcherStore&, const storage::Loss&) {
    return absl::FailedPreconditionError("rejected");
  });
  EXPECT_EQ(rejected.status().message(), "rejected");
  EXPECT_EQ(Open().status().code(), absl::StatusCode::kFailedPrecondition);
  {
    const auto store = Open([&](MatcherStore& opened, const storage::Loss& l) {
      return Approve(opened, l);
    });
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_EQ(Leaves(*store).size(), 2u);
  }
  EXPECT_EQ(loss_.checkpoint_size, 2u);
  EXPECT_EQ(loss_.store_size, 1u);
  EXPECT_TRUE(Open().ok());
}

TEST_F(MatcherStoreTest, ALossThatIsNoneCannotBeDeclared) {
  ASSERT_TRUE(Create().ok());
  const auto store = Open([&](MatcherStore& opened, const storage::Loss& loss) {
    return Approve(opened, loss);
  });
  EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Leaves(*Open()).size(), 1u);
}

TEST_F(MatcherStoreTest, WritesAreMeasured) {
  ASSERT_TRUE(Create().ok());
  auto store = Open();
  ASSERT_TRUE(store.ok());
  AppendLeaf(*store);
  const std::string page = metrics_->Text();
  EXPECT_NE(page.find("samkoer_store_write_seconds_count 1"), std::string::npos)
      << page;
  EXPECT_NE(page.find("samkoer_store_write_errors_total 0"), std::string::npos);
}

}  // namespace
}  // namespace samkoer::server
