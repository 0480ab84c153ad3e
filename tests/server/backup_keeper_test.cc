#include "server/backup_keeper.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>

#include "absl/time/clock.h"
#include "crypto/encrypted_file.h"
#include "server/backup_limits.h"
#include "server/backup_mailbox.h"
#include "server/metrics.h"
#include "storage/backup_set.h"
#include "storage/keyring.h"
#include "tests/storage/store_testing.h"

namespace samkoer::server {
namespace {

namespace fs = std::filesystem;

class BackupKeeperTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(crypto::InitializeProcess());
    engine_ = storage::OpenStore(data_);
    log_ = storage::OpenLog(*engine_, sealer_);
    Append();
    config_.set_folder(folder_ / "set");
    config_.set_public_key(key_.Public().Text());
    config_.set_keep(3);
    std::ofstream(folder_ / "keyring") << "sealed";
    fs::permissions(folder_ / "keyring", fs::perms::owner_read);
  }

  void Append() {
    const auto leaf = storage::TestLeaf(log_->size());
    storage::WriteBatch batch;
    ASSERT_TRUE(log_->Append(batch, std::span(&leaf, 1)).ok());
    ASSERT_TRUE(engine_->Write(batch).ok());
    log_->Committed();
  }
  BackupSource Source() {
    return {storage::CopierOf(*engine_),
            log_.get(),
            signer_,
            data_,
            folder_ / "keyring",
            [this] {
              const std::lock_guard lock(mutex_);
              return generations_;
            },
            "1.2.0"};
  }
  void Start() {
    keeper_ = BackupKeeper::Start(Source(), config_, *metrics_, [this] {
      const std::lock_guard lock(mutex_);
      return now_;
    });
  }
  void Set(absl::Time now, std::vector<std::uint32_t> generations = {1}) {
    const std::lock_guard lock(mutex_);
    now_ = now;
    generations_ = std::move(generations);
  }
  std::vector<storage::ListedBackup> All() {
    auto all = storage::ListBackups(config_.folder(), verifier_);
    return all.ok() ? *std::move(all) : std::vector<storage::ListedBackup>();
  }
  // Waits until there are so many whose newest has this id.
  bool Becomes(std::size_t count, const std::string& id) {
    for (int i = 0; i < 600; ++i) {
      const auto all = All();
      if (all.size() == count && all.back().id == id) return true;
      absl::SleepFor(absl::Milliseconds(100));
    }
    return false;
  }
  absl::StatusOr<storage::BackupResult> Ask() {
    return AskForBackup(data_, absl::Minutes(1), nullptr);
  }
  bool MetricsSay(const std::string& line) {
    return metrics_->Text().find(line) != std::string::npos;
  }
  static bool Comes(const std::function<bool()>& what) {
    for (int i = 0; i < 600; ++i) {
      if (what()) return true;
      absl::SleepFor(absl::Milliseconds(100));
    }
    return false;
  }
  // As the keyring's writers do it.
  void ReplaceKeyring(const std::string& text) {
    std::ofstream(folder_ / "keyring.new") << text;
    fs::permissions(folder_ / "keyring.new", fs::perms::owner_read);
    fs::rename(folder_ / "keyring.new", folder_ / "keyring");
  }
  std::string Copied() {
    std::ifstream file(folder_ / "keyring.copy");
    return std::string((std::istreambuf_iterator<char>(file)), {});
  }

  const storage::TempDir folder_;
  const std::string data_ = folder_ / "data";
  const storage::ValueSealer sealer_ = storage::TestSealer();
  std::unique_ptr<storage::Engine> engine_;
  std::unique_ptr<storage::AuditLog> log_;
  const crypto::NoteSigner signer_ = storage::TestSigner();
  const crypto::NoteVerifier verifier_ =
      *crypto::NoteVerifier::Parse(signer_.VerifierKey());
  const crypto::DecryptionKey key_ = crypto::DecryptionKey::Random();
  v1::BackupConfig config_;
  std::unique_ptr<Metrics> metrics_ = *Metrics::Create("");
  std::mutex mutex_;
  absl::Time now_ = absl::FromUnixSeconds(1700000000);
  std::vector<std::uint32_t> generations_ = {1};
  std::unique_ptr<BackupKeeper> keeper_;
};

TEST_F(BackupKeeperTest, WithoutAFolderNobodyTakesARequest) {
  config_.clear_folder();
  config_.set_every_hours(1);
  Start();
  EXPECT_TRUE(absl::IsUnavailable(
      AskForBackup(data_, absl::Seconds(2), nullptr).status()));
  EXPECT_TRUE(MetricsSay("samkoer_backup_newest_timestamp_seconds 0"));
}

TEST_F(BackupKeeperTest, WhoAsksGetsABackupOfNow) {
  Start();
  Append();
  const auto made = Ask();
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->id, "20231114T221320Z");
  const auto all = All();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].manifest->log_size, 2u);
  EXPECT_EQ(all[0].manifest->log_root, log_->checkpoint().root);
  EXPECT_EQ(all[0].manifest->keks, std::vector<std::uint32_t>{1});
  EXPECT_FALSE(fs::exists(data_ + "/backup-copy"));
  keeper_->Stop();
  EXPECT_TRUE(MetricsSay("samkoer_backup_newest_timestamp_seconds 1700000000"));
  EXPECT_TRUE(MetricsSay("samkoer_backup_failed 0"));

  // What is restored is a store with the same log.
  ASSERT_TRUE(storage::RestoreFiles(config_.folder(), *all[0].manifest, key_,
                                    folder_ / "restored", nullptr)
                  .ok());
  const auto restored = storage::OpenStore(folder_ / "restored");
  EXPECT_EQ(storage::OpenLog(*restored, sealer_)->checkpoint(),
            log_->checkpoint());
}

TEST_F(BackupKeeperTest, TheScheduleMakesOneWhenTheNewestIsOldEnough) {
  config_.set_every_hours(24);
  Start();
  ASSERT_TRUE(Becomes(1, "20231114T221320Z"));  // there was none
  Set(now_ + absl::Hours(24));
  ASSERT_TRUE(Becomes(2, "20231115T221320Z"));
  // A restart does not make another one.
  keeper_.reset();
  Set(now_ + absl::Hours(23));
  Start();
  ASSERT_TRUE(Ask().ok());
  EXPECT_TRUE(Becomes(3, "20231116T211320Z"));
}

TEST_F(BackupKeeperTest, WhenARotationHasEndedANewOneIsDueAtOnce) {
  config_.set_every_hours(24);
  Start();
  ASSERT_TRUE(Becomes(1, "20231114T221320Z"));
  Set(now_ + absl::Hours(1), {2});
  ASSERT_TRUE(Becomes(1, "20231114T231320Z"));  // the dead one is gone
  EXPECT_EQ(All()[0].manifest->keks, std::vector<std::uint32_t>{2});
}

TEST_F(BackupKeeperTest, TheCopyOfTheKeyringIsAlwaysTheNewest) {
  config_.set_keyring_copy(folder_ / "keyring.copy");
  Start();
  ASSERT_TRUE(Ask().ok());
  const auto read = [&] {
    std::ifstream file(folder_ / "keyring.copy");
    return std::string((std::istreambuf_iterator<char>(file)), {});
  };
  EXPECT_EQ(read(), "sealed");
  fs::remove(folder_ / "keyring");
  std::ofstream(folder_ / "keyring") << "newer";
  fs::permissions(folder_ / "keyring", fs::perms::owner_read);
  ASSERT_TRUE(Ask().ok());
  EXPECT_EQ(read(), "newer");
}

// A new key would be missing in it, and a destroyed one would live on.
TEST_F(BackupKeeperTest, AChangedKeyringIsCopiedAtOnceWithoutAnyBackup) {
  config_.set_keyring_copy(folder_ / "keyring.copy");
  std::ofstream(folder_ / "keyring.copy.tmp.0011223344556677") << "older";
  Start();
  EXPECT_TRUE(Comes([&] { return Copied() == "sealed"; }));
  EXPECT_FALSE(fs::exists(folder_ / "keyring.copy.tmp.0011223344556677"));
  ReplaceKeyring("newer!");
  EXPECT_TRUE(Comes([&] { return Copied() == "newer!"; }));
  EXPECT_TRUE(All().empty());
}

TEST_F(BackupKeeperTest, ACopyOfTheKeyringThatCannotBeMadeIsAFailure) {
  config_.set_keyring_copy(folder_ / "later/keyring.copy");
  testing::internal::CaptureStderr();
  Start();
  EXPECT_TRUE(Comes([&] { return MetricsSay("samkoer_backup_failed 1"); }));
  // Tried again with each look, and told once.
  absl::SleepFor(2 * kBackupLook);
  const std::string told = testing::internal::GetCapturedStderr();
  constexpr std::string_view kEvent = "backup.keyring_copy_failed";
  const std::size_t first = told.find(kEvent);
  EXPECT_NE(first, std::string::npos) << told;
  EXPECT_EQ(told.find(kEvent, first + 1), std::string::npos) << told;
  fs::create_directory(folder_ / "later");
  EXPECT_TRUE(Comes([&] { return MetricsSay("samkoer_backup_failed 0"); }));
}

// The clock was a hundred days ahead once.
TEST_F(BackupKeeperTest, ABackupOfTheFutureDoesNotKeepTheScheduleWaiting) {
  config_.set_every_hours(24);
  const absl::Time now = now_;
  Set(now + absl::Hours(2400));
  Start();
  ASSERT_TRUE(Becomes(1, "20240222T221320Z"));
  keeper_.reset();
  Set(now);
  Start();
  ASSERT_TRUE(Comes([&] { return All().size() == 2; }));
  EXPECT_EQ(All()[0].id, "20231114T221320Z");
  EXPECT_TRUE(Comes([&] {
    return MetricsSay("samkoer_backup_newest_timestamp_seconds 1700000000");
  }));
}

TEST_F(BackupKeeperTest, WhatTheKeyringNoLongerOpensIsNoNewestBackup) {
  Start();
  ASSERT_TRUE(Ask().ok());
  EXPECT_TRUE(MetricsSay("samkoer_backup_newest_timestamp_seconds 1700000000"));
  Set(now_, {2});
  EXPECT_TRUE(Comes(
      [&] { return MetricsSay("samkoer_backup_newest_timestamp_seconds 0"); }));
}

TEST_F(BackupKeeperTest, WhatCannotBeReadInTheFolderIsCounted) {
  Start();
  ASSERT_TRUE(Ask().ok());
  EXPECT_TRUE(MetricsSay("samkoer_backup_unreadable 0"));
  keeper_.reset();
  metrics_ = *Metrics::Create("");
  // A pipe would make who waits for it wait for ever.
  ASSERT_EQ(::mkfifo((config_.folder() + "/x.backup").c_str(), 0600), 0);
  std::ofstream(config_.folder() + "/y.backup") << "another's";
  Start();
  EXPECT_TRUE(Comes([&] { return MetricsSay("samkoer_backup_unreadable 2"); }));
  EXPECT_TRUE(MetricsSay("samkoer_backup_newest_timestamp_seconds 1700000000"));
}

TEST_F(BackupKeeperTest, WithoutACopyOfTheKeyringThereIsNoBackup) {
  config_.set_keyring_copy(folder_ / "none/keyring.copy");
  Start();
  EXPECT_FALSE(Ask().ok());
  keeper_->Stop();
  EXPECT_TRUE(All().empty());
  EXPECT_TRUE(MetricsSay("samkoer_backup_failed 1"));
}

TEST_F(BackupKeeperTest, ABackupThatNobodyCouldOpenIsNotMade) {
  config_.set_keyring_copy(folder_ / "keyring.copy");
  // The key is destroyed between the copy and the manifest, each time.
  int asked = 0;
  BackupSource source = Source();
  source.generations = [&]() -> std::vector<std::uint32_t> {
    return {static_cast<std::uint32_t>(++asked)};
  };
  const auto made = MakeBackup(source, config_, now_, nullptr);
  EXPECT_TRUE(absl::IsAborted(made.status())) << made.status();
  EXPECT_TRUE(All().empty());
}

// The file is changed first, and then the generations are.
TEST_F(BackupKeeperTest, ABackupWhileTheKeyIsTakenOutOfTheKeyringIsNotMade) {
  int asked = 0;
  BackupSource source = Source();
  source.generations = [&]() -> std::vector<std::uint32_t> {
    if (++asked == 2) ReplaceKeyring("without key 1");
    return {1, 2};
  };
  const auto made = MakeBackup(source, config_, now_, nullptr);
  EXPECT_TRUE(absl::IsAborted(made.status())) << made.status();
  EXPECT_TRUE(All().empty());
}

TEST_F(BackupKeeperTest, WhatACrashLeftInTheStoresFolderGoesAtTheStart) {
  fs::create_directory(data_ + "/backup-copy");
  std::ofstream(data_ + "/backup-copy/000001.sst") << "left";
  Start();
  EXPECT_FALSE(fs::exists(data_ + "/backup-copy"));
}

}  // namespace
}  // namespace samkoer::server
