#include "server/keyd_kek_writer.h"

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "server/kek_rotation.h"
#include "server/key_leaves.h"
#include "server/metrics.h"
#include "storage/key_layout.h"
#include "storage/keyring_file.h"
#include "tests/server/keyd_fixture.h"

namespace samkoer::server {
namespace {

class KeydKekWriterTest : public KeydFixture {
 protected:
  void SetUp() override {
    const absl::Status saved =
        keyring_.Save(config_.keyring_file(), Passphrase(),
                      crypto::SealStrength::kInteractive, false);
    ASSERT_TRUE(saved.ok()) << saved;
    Start();
  }
  void TearDown() override { Stop(); }
  void Start() {
    Open();
    writer_ = std::make_unique<KeydKekWriter>(*store_, *ledger_);
    auto kek = KekRotation::Start(
        {*store_->engine, store_->sealer, file_, *writer_, *metrics_},
        {config_.data_dir(), 0, absl::Now}, keyring_);
    ASSERT_TRUE(kek.ok()) << kek.status();
    kek_ = *std::move(kek);
  }
  void Stop() {
    kek_.reset();
    writer_.reset();
    Close();
  }
  static crypto::SecretBuffer Passphrase() {
    return crypto::SecretBuffer(crypto::AsBytes("a passphrase of this test"));
  }
  storage::Keyring Loaded() {
    return *storage::Keyring::Load(config_.keyring_file(),
                                   storage::StoreKind::kKeyd, Passphrase());
  }
  void RotateToTheEnd() {
    const auto begun = kek_->Rotate(nullptr, "a test");
    ASSERT_TRUE(begun.ok()) << begun.status();
    for (int i = 0; i < 6000; ++i) {
      if (kek_->Status().older_generations().empty()) return;
      absl::SleepFor(absl::Milliseconds(10));
    }
    FAIL() << "the rotation does not end";
  }
  // Sealed values by the generation that they are sealed under.
  std::map<std::uint32_t, int> Generations() {
    std::map<std::uint32_t, int> found;
    EXPECT_TRUE(
        store_->engine
            ->Scan("", "",
                   [&](std::string_view key, std::string_view value) {
                     if (storage::IsSealed(key, value)) {
                       ++found[*storage::ValueSealer::GenerationOf(key, value)];
                     }
                     return true;
                   })
            .ok());
    return found;
  }

  const std::unique_ptr<Metrics> metrics_ = *Metrics::Create("");
  const storage::KeyringFile file_{config_.keyring_file(),
                                   storage::StoreKind::kKeyd,
                                   [] { return Passphrase(); }};
  std::unique_ptr<KeydKekWriter> writer_;
  std::unique_ptr<KekRotation> kek_;
};

TEST_F(KeydKekWriterTest, QuotasAndLogAreThereUnderTheNewKeyAlone) {
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 30).ok());
  RotateToTheEnd();
  const auto generations = Generations();
  ASSERT_EQ(generations.size(), 1u);
  EXPECT_EQ(generations.begin()->first, 2u);
  EXPECT_EQ(Available(), 70u);
  Stop();
  keyring_ = Loaded();
  EXPECT_EQ(keyring_.keks.size(), 1u);
  Start();
  EXPECT_EQ(Available(), 70u);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_KEK_ROTATION_BEGUN), 1u);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_KEK_ROTATION_FINISHED), 1u);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_EVALUATED), 1u);
  EXPECT_TRUE(store_->log->VerifyLeaves(*store_->engine).ok());
}

TEST_F(KeydKekWriterTest, NoDebitIsLostOrUndoneWhileItRotates) {
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> taken = 0;
  std::thread debits([&] {
    while (!stop) {
      if (ledger_->Debit(Caller(), key(), 1).ok()) ++taken;
    }
  });
  for (int i = 0; i < 3; ++i) RotateToTheEnd();
  stop = true;
  debits.join();
  EXPECT_EQ(Available(), 100 - taken);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_EVALUATED), taken);
  // Stopped without storing the levels: what the last writes say counts.
  Stop();
  keyring_ = Loaded();
  Start();
  EXPECT_EQ(Available(), 100 - taken);
  EXPECT_EQ(Generations().begin()->first, 4u);
}

TEST_F(KeydKekWriterTest, ALeafNamesWhoAskedAndTheServiceItself) {
  const Identity who = Caller("operator", "drift");
  ASSERT_TRUE(kek_->Rotate(&who, "plan").ok());
  v1::AuditLeaf begun;
  for (const v1::AuditLeaf& leaf : Leaves()) {
    if (leaf.action() == v1::AUDIT_ACTION_KEK_ROTATION_BEGUN) begun = leaf;
  }
  EXPECT_EQ(begun.actor(), "samkoer://viborg/operator/drift");
  EXPECT_EQ(begun.actor_certificate().size(), 32u);
  EXPECT_EQ(begun.reason(), "plan");
  EXPECT_EQ(begun.purpose(), kServicePurpose);
}

}  // namespace
}  // namespace samkoer::server
