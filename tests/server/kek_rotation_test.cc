#include "server/kek_rotation.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/server/kek_fixture.h"

namespace samkoer::server {
namespace {

using ::testing::HasSubstr;

class KekRotationTest : public KekFixture {
 protected:
  void PushSome(char from, int count) {
    const auto family = Connect(pki_.Client("department", "familie"));
    const auto job = Connect(pki_.Client("department", "job"));
    for (int i = 0; i < count; ++i) {
      const char c = static_cast<char>(from + i);
      const std::string n(1, c);
      EXPECT_TRUE(
          PushOnce(family, c, {TestRecord("familie", c, "F-" + n)}).ok());
      EXPECT_TRUE(PushOnce(job, static_cast<char>(c + 32),
                           {TestRecord("job", c, "J-" + n)})
                      .ok());
    }
  }
  std::size_t Alerts() const { return matcher_->Stats().alerts_held; }
  void Rotate() {
    const auto status = kek_->Rotate(nullptr, "a test");
    ASSERT_TRUE(status.ok()) << status.status();
  }
  // A copy of the store as it is on disk, as a backup that was made in order.
  std::string Backup() {
    Close();
    const std::string copy = directory_.File("backup");
    std::filesystem::copy(config_.data_dir(), copy,
                          std::filesystem::copy_options::recursive);
    Open();
    return copy;
  }
};

TEST_F(KekRotationTest, AfterwardsNoOlderCopyOpensAndNoFileHoldsAnOldValue) {
  PushSome('A', 4);
  const std::string copy = Backup();
  const storage::Keyring before = LoadedKeyring();
  const std::vector<SealedValue> old = SealedValuesOf(*store_->engine);
  ASSERT_GT(old.size(), 30u);
  EXPECT_EQ(Opened(before, old), old.size());
  EXPECT_GE(FoundInFiles(config_.data_dir(), old), old.size());
  const std::size_t alerts = Alerts();
  ASSERT_EQ(alerts, 4u);

  Rotate();
  ASSERT_TRUE(RotationEnds(*kek_));

  const storage::Keyring after = LoadedKeyring();
  EXPECT_EQ(after.keks.size(), 1u);
  EXPECT_EQ(after.current_generation, 2u);
  // The live store: everything opens, and no file knows an old value.
  const std::vector<SealedValue> now = SealedValuesOf(*store_->engine);
  EXPECT_GE(now.size(), old.size());
  EXPECT_EQ(Opened(after, now), now.size());
  EXPECT_EQ(FoundInFiles(config_.data_dir(), old), 0u);
  // The copy: it has the old values, and none opens, whichever way.
  {
    auto opened = storage::OpenRocksDb(copy, {});
    ASSERT_TRUE(opened.ok()) << opened.status();
    const std::vector<SealedValue> kept = SealedValuesOf(**opened);
    EXPECT_GE(kept.size(), 30u);
    EXPECT_EQ(Opened(before, kept), kept.size()) << "the test itself is wrong";
    EXPECT_EQ(Opened(after, kept), 0u);
  }
  // And everything goes on, also after a restart.
  PushSome('a', 2);
  EXPECT_EQ(Alerts(), alerts + 2);
  Restart();
  EXPECT_EQ(Alerts(), alerts + 2);
  EXPECT_TRUE(store_->log->VerifyLeaves(*store_->engine).ok());
}

TEST_F(KekRotationTest, TheLogTellsOfTheBeginningAndTheEnd) {
  const Identity who = *ParseIdentityUri("samkoer://viborg/operator/drift");
  ASSERT_TRUE(kek_->Rotate(&who, "en kopi er mistet").ok());
  ASSERT_TRUE(RotationEnds(*kek_));
  const auto begun = LeavesOf(v1::AUDIT_ACTION_KEK_ROTATION_BEGUN);
  ASSERT_EQ(begun.size(), 1u);
  EXPECT_EQ(begun[0].actor(), "samkoer://viborg/operator/drift");
  EXPECT_EQ(begun[0].reason(), "en kopi er mistet");
  ASSERT_EQ(begun[0].counts_size(), 2);
  EXPECT_EQ(begun[0].counts(0).name(), "generation");
  EXPECT_EQ(begun[0].counts(0).value(), 2u);
  EXPECT_EQ(begun[0].counts(1).name(), "older_generation");
  EXPECT_EQ(begun[0].counts(1).value(), 1u);
  const auto finished = LeavesOf(v1::AUDIT_ACTION_KEK_ROTATION_FINISHED);
  ASSERT_EQ(finished.size(), 1u);
  EXPECT_EQ(finished[0].actor(), "matcher");
  EXPECT_EQ(finished[0].counts(0).value(), 2u);
  EXPECT_EQ(finished[0].counts(1).name(), "values");
  EXPECT_GT(finished[0].counts(1).value(), 5u);
}

TEST_F(KekRotationTest, PushesGoOnWhileItRotatesAgainAndAgain) {
  std::atomic<bool> stop = false;
  std::thread rotations([&] {
    while (!stop) {
      const auto status = kek_->Rotate(nullptr, "a test");
      EXPECT_TRUE(status.ok()) << status.status();
      EXPECT_TRUE(RotationEnds(*kek_));
    }
  });
  PushSome('A', 12);
  stop = true;
  rotations.join();
  EXPECT_EQ(Alerts(), 12u);
  EXPECT_GE(kek_->Status().current_generation(), 2u);
  EXPECT_EQ(Opened(LoadedKeyring(), SealedValuesOf(*store_->engine)),
            SealedValuesOf(*store_->engine).size());
  Restart();
  EXPECT_EQ(Alerts(), 12u);
}

TEST_F(KekRotationTest, AReaderOfTheOlderStoreDelaysTheEndAndIsNotDisturbed) {
  PushSome('A', 1);
  auto snapshot = store_->engine->Snapshot();
  const std::vector<SealedValue> old = SealedValuesOf(*snapshot);
  Rotate();
  // The older key is there for as long as the reader is.
  while (kek_->Status().done() < kek_->Status().total() ||
         kek_->Status().total() == 0) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(store_->engine->Compact().code(), absl::StatusCode::kUnavailable);
  for (const SealedValue& value : old) {
    EXPECT_TRUE(store_->sealer->Open(value.key, value.value).ok());
  }
  EXPECT_FALSE(kek_->Status().older_generations().empty());
  snapshot.reset();
  // The next start tries again at once.
  Restart();
  EXPECT_TRUE(RotationEnds(*kek_));
  EXPECT_EQ(FoundInFiles(config_.data_dir(), old), 0u);
}

TEST_F(KekRotationTest, ARestartInTheMiddleGoesOnAndWritesWhatIsMissing) {
  PushSome('A', 2);
  // A process that ended when the keyring file was written and nothing else.
  Close();
  {
    const auto sealer = keyring_.Sealer();
    ASSERT_TRUE(File().BeginGeneration(*sealer, now_).ok());
  }
  keyring_ = LoadedKeyring();
  ASSERT_EQ(keyring_.keks.size(), 2u);
  Open();
  ASSERT_TRUE(RotationEnds(*kek_));
  const auto begun = LeavesOf(v1::AUDIT_ACTION_KEK_ROTATION_BEGUN);
  ASSERT_EQ(begun.size(), 1u);
  EXPECT_EQ(begun[0].actor(), "matcher");
  EXPECT_THAT(begun[0].detail(), HasSubstr("lost"));
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_KEK_ROTATION_FINISHED).size(), 1u);
  Restart();
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_KEK_ROTATION_BEGUN).size(), 1u);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_KEK_ROTATION_FINISHED).size(), 1u);
  EXPECT_EQ(Alerts(), 2u);
}

TEST_F(KekRotationTest, AKeyringThatCannotBeWrittenChangesNothing) {
  std::filesystem::rename(config_.keyring_file(), ring_.File("elsewhere"));
  const auto status = kek_->Rotate(nullptr, "a test").status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("keyring"));
  EXPECT_EQ(store_->sealer->current_generation(), 1u);
  EXPECT_TRUE(LeavesOf(v1::AUDIT_ACTION_KEK_ROTATION_BEGUN).empty());
  PushSome('A', 1);
  std::filesystem::rename(ring_.File("elsewhere"), config_.keyring_file());
  Rotate();
  EXPECT_TRUE(RotationEnds(*kek_));
}

TEST_F(KekRotationTest, ItBeginsByItselfWhenTheKeyIsOldEnough) {
  days_ = 90;
  now_ = absl::FromUnixMicros(keyring_.kek_since_micros.at(1)) +
         absl::Hours(24) * 90 - absl::Seconds(1);
  Restart();
  EXPECT_EQ(kek_->Status().current_generation(), 1u);
  EXPECT_EQ(kek_->Status().next_rotation().seconds(),
            kek_->Status().current_since().seconds() + 90 * 86'400);
  now_ += absl::Seconds(1);
  kek_->RotateIfDue();
  ASSERT_TRUE(RotationEnds(*kek_));
  EXPECT_EQ(kek_->Status().current_generation(), 2u);
  const auto begun = LeavesOf(v1::AUDIT_ACTION_KEK_ROTATION_BEGUN);
  ASSERT_EQ(begun.size(), 1u);
  EXPECT_EQ(begun[0].actor(), "matcher");
  EXPECT_EQ(begun[0].reason(), "kek_rotation_days: 90");
  kek_->RotateIfDue();
  EXPECT_EQ(kek_->Status().current_generation(), 2u);
}

TEST_F(KekRotationTest, AKeyOfUnknownAgeIsDueAtTheStart) {
  Close();
  keyring_.kek_since_micros.clear();
  ASSERT_TRUE(keyring_
                  .Save(config_.keyring_file(), Passphrase(),
                        crypto::SealStrength::kInteractive, true)
                  .ok());
  days_ = 3650;
  Open();
  ASSERT_TRUE(RotationEnds(*kek_));
  EXPECT_EQ(kek_->Status().current_generation(), 2u);
}

TEST_F(KekRotationTest, MetricsTellOfTheKeys) {
  Rotate();
  ASSERT_TRUE(RotationEnds(*kek_));
  const std::string page = metrics_->Text();
  EXPECT_THAT(page, HasSubstr("samkoer_kek_generation 2"));
  EXPECT_THAT(page, HasSubstr("samkoer_kek_older_generations 0"));
  EXPECT_THAT(page, HasSubstr("samkoer_kek_rotation_stalled 0"));
  EXPECT_THAT(page, HasSubstr("samkoer_kek_rotation_values 0"));
}

}  // namespace
}  // namespace samkoer::server
