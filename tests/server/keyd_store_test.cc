#include "server/keyd_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/key_leaves.h"
#include "tests/server/keyd_fixture.h"

namespace samkoer::server {
namespace {

using testing::HasSubstr;

class KeydStoreTest : public KeydFixture {
 protected:
  absl::Status OpenStatus(const ApproveKeydLoss& approve_loss = nullptr) {
    Close();
    return OpenKeydStore(config_, keyring_, approve_loss).status();
  }
  // Somebody approves at once.
  static absl::Status Approve(KeydStore& store, const storage::Loss&) {
    const v1::AuditLeaf leaf =
        ProcessLeaf(v1::AUDIT_ACTION_LOSS_DECLARED, absl::Now());
    storage::WriteBatch batch;
    EXPECT_TRUE(store.log->Append(batch, std::span(&leaf, 1)).ok());
    EXPECT_TRUE(store.engine->Write(batch).ok());
    store.log->Committed();
    return absl::OkStatus();
  }
  void CopyStore(const std::string& from, const std::string& to) {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  }
};

TEST_F(KeydStoreTest, ANewStoreTellsOfItselfAndOfItsKey) {
  Open();
  const auto leaves = Leaves();
  ASSERT_EQ(leaves.size(), 2u);
  EXPECT_EQ(leaves[0].action(), v1::AUDIT_ACTION_STORE_CREATED);
  EXPECT_EQ(leaves[1].action(), v1::AUDIT_ACTION_KEY_PINNED);
  EXPECT_EQ(leaves[1].digest(), crypto::AsText(key().pair.public_key));
  EXPECT_EQ(leaves[1].purpose(), "ungeindsats");
  EXPECT_TRUE(std::filesystem::exists(config_.checkpoint_file()));
}

TEST_F(KeydStoreTest, AStoreIsMadeOnce) {
  Open();
  Close();
  EXPECT_EQ(CreateKeydStore(config_, keyring_, *keys_, absl::Now()).code(),
            absl::StatusCode::kAlreadyExists);
}

TEST_F(KeydStoreTest, AMissingStoreIsNotMadeByOpening) {
  EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(config_.data_dir() + "/CURRENT"));
}

TEST_F(KeydStoreTest, AKeyIsPinnedOnceAndANewOneAgain) {
  Open();
  ASSERT_TRUE(PinKeys(*store_, *keys_, absl::Now()).ok());
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_KEY_PINNED), 1u);
  ASSERT_TRUE(seeds_.AddEpoch("ungeindsats").ok());
  const LiveKeys two = *LiveKeys::Derive(seeds_);
  ASSERT_TRUE(PinKeys(*store_, two, absl::Now()).ok());
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_KEY_PINNED), 2u);
}

TEST_F(KeydStoreTest, ADestroyedKeyIsToldOnce) {
  Open();
  const std::string public_key(
      crypto::AsText(keys_->all().front().pair.public_key));
  ASSERT_TRUE(seeds_.Rotate("ungeindsats", "2026-12-24").ok());
  ASSERT_TRUE(PinKeys(*store_, *LiveKeys::Derive(seeds_), absl::Now()).ok());
  const auto told = [&] {
    std::vector<v1::AuditLeaf> leaves;
    for (const v1::AuditLeaf& leaf : Leaves()) {
      if (leaf.action() == v1::AUDIT_ACTION_KEY_DESTROYED) {
        leaves.push_back(leaf);
      }
    }
    return leaves;
  };
  EXPECT_TRUE(told().empty());
  seeds_.DestroyDue("2026-12-24");
  for (int start = 0; start < 2; ++start) {
    ASSERT_TRUE(PinKeys(*store_, *LiveKeys::Derive(seeds_), absl::Now()).ok());
    ASSERT_EQ(told().size(), 1u);
    EXPECT_EQ(told()[0].digest(), public_key);
    EXPECT_EQ(told()[0].detail(), "ungeindsats/1");
  }
}

TEST_F(KeydStoreTest, AnotherKeyUnderAUsedEpochIsRefused) {
  Open();
  OprfKeyring other;
  ASSERT_TRUE(other.AddEpoch("ungeindsats").ok());
  const absl::Status status =
      PinKeys(*store_, *LiveKeys::Derive(other), absl::Now());
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("not the one that was in use before"));
}

TEST_F(KeydStoreTest, AForeignKeyringDoesNotOpenTheStore) {
  Open();
  Close();
  keyring_ = *storage::Keyring::Generate(storage::StoreKind::kKeyd, "viborg");
  EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kDataLoss);
  keyring_ = *storage::Keyring::Generate(storage::StoreKind::kKeyd, "slagelse");
  EXPECT_EQ(OpenStatus().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(KeydStoreTest, ARestoredBackupIsRefusedUntilTheLossIsApproved) {
  Open();
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 10).ok());
  Close();
  CopyStore(config_.data_dir(), folder_ + "/backup");
  Open();
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 50).ok());
  Close();
  CopyStore(folder_ + "/backup", config_.data_dir());

  const absl::Status refused = OpenStatus();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_TRUE(OpenStatus(Approve).ok());
  Open();
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_LOSS_DECLARED), 1u);
  EXPECT_EQ(Available(), 90u);
}

TEST_F(KeydStoreTest, ALossThatIsNoneCannotBeDeclared) {
  Open();
  EXPECT_EQ(OpenStatus(Approve).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(KeydStoreTest, NothingOfTheKeyOrTheCallerLiesInTheClear) {
  Open();
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 10).ok());
  Close();
  const std::string public_key(crypto::AsText(key().pair.public_key));
  const std::string seed(crypto::AsText(seeds_.seeds()[0].seed.Expose()));
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(config_.data_dir())) {
    if (!entry.is_regular_file()) continue;
    FILE* file = std::fopen(entry.path().c_str(), "rb");
    ASSERT_NE(file, nullptr);
    std::string bytes(entry.file_size() + 1, '\0');
    bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
    std::fclose(file);
    for (const std::string& secret :
         {public_key, seed, std::string("department/familie"),
          std::string("samkoer://")}) {
      EXPECT_EQ(bytes.find(secret), std::string::npos) << entry.path();
    }
  }
}

}  // namespace
}  // namespace samkoer::server
