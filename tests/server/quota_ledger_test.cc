#include "server/quota_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "server/keyd_keyring.h"
#include "tests/server/keyd_fixture.h"

namespace samkoer::server {
namespace {

using testing::HasSubstr;

class QuotaLedgerTest : public KeydFixture {};

TEST_F(QuotaLedgerTest, ADebitAndItsLeafAreOneWrite) {
  Open();
  const std::uint64_t before = store_->log->size();
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 40).ok());
  EXPECT_EQ(Available(), 60u);
  EXPECT_EQ(store_->log->size(), before + 1);
  const v1::AuditLeaf leaf = Leaves().back();
  EXPECT_EQ(leaf.action(), v1::AUDIT_ACTION_EVALUATED);
  EXPECT_EQ(leaf.actor(), "samkoer://viborg/department/familie");
  EXPECT_EQ(leaf.purpose(), "ungeindsats");
  EXPECT_EQ(leaf.counts(0).name(), "elements");
  EXPECT_EQ(leaf.counts(0).value(), 40u);
  EXPECT_EQ(leaf.actor_certificate(), std::string(32, '\7'));
  EXPECT_EQ(groups_, 1);
}

TEST_F(QuotaLedgerTest, ARefusalTakesNothingAndSaysWhen) {
  Open();
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 90).ok());
  const absl::Status refused = ledger_->Debit(Caller(), key(), 20);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("covers 10 of 20 evaluations; it will in 36000 s"));
  EXPECT_EQ(Available(), 10u);
  const absl::Status never = ledger_->Debit(Caller(), key(), 101);
  EXPECT_THAT(std::string(never.message()), HasSubstr("never"));
}

TEST_F(QuotaLedgerTest, AFloodOfRefusalsIsOneLeafAMinute) {
  Open();
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(ledger_->Refuse(Caller(), key(), 500).code(),
              absl::StatusCode::kResourceExhausted);
  }
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_QUOTA_EXCEEDED), 1u);
}

TEST_F(QuotaLedgerTest, SubjectsWithoutAnEntryGetNothing) {
  Open();
  const Identity officer = Caller("privacy-officer", "dpo");
  EXPECT_EQ(Available(officer), 0u);
  const absl::Status refused = ledger_->Debit(officer, key(), 1);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("has no quota"));
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_QUOTA_EXCEEDED), 1u);
}

TEST_F(QuotaLedgerTest, EachCertificateHasItsOwnBucket) {
  Open();
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 100).ok());
  EXPECT_EQ(Available(), 0u);
  EXPECT_EQ(Available(Caller("department", "job")), 100u);
}

TEST_F(QuotaLedgerTest, ARestartFillsNothing) {
  Open();
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 100).ok());
  for (int i = 0; i < 3; ++i) {
    Close();
    now_ns_ += 365 * kDayNs;  // time that passed while it was down
    Open();
    EXPECT_EQ(Available(), 0u);
  }
  now_ns_ += kDayNs;
  EXPECT_EQ(Available(), 24u);
}

TEST_F(QuotaLedgerTest, AnOrderlyStopKeepsTheRefill) {
  Open();
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 100).ok());
  now_ns_ += kDayNs;
  Close();
  Open();
  EXPECT_EQ(Available(), 24u);
}

TEST_F(QuotaLedgerTest, AClockSetBackFillsNothing) {
  now_ns_ = 10 * kDayNs;
  Open();
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 100).ok());
  now_ns_ = 0;
  EXPECT_EQ(Available(), 0u);
  now_ns_ = 10 * kDayNs;
  EXPECT_EQ(Available(), 0u);
}

TEST_F(QuotaLedgerTest, AnEntryThatComesLaterBeginsFull) {
  config_.clear_quotas();
  Open();
  EXPECT_FALSE(ledger_->Debit(Caller(), key(), 1).ok());
  Close();
  AddQuota("department", 50, 1);
  Open();
  EXPECT_EQ(Available(), 50u);
}

TEST_F(QuotaLedgerTest, ManyAtOnceNeverTakeMoreThanThereIs) {
  Open();
  std::atomic<int> granted = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        if (ledger_->Debit(Caller(), key(), 3).ok()) ++granted;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(granted, 33);
  EXPECT_EQ(Available(), 1u);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_EVALUATED), 33u);
  EXPECT_LE(groups_, 16 * 20);
  Close();
  Open();
  EXPECT_EQ(Available(), 1u);
}

// An engine whose writes fail from a moment on.
class FailingEngine final : public storage::Engine {
 public:
  explicit FailingEngine(std::unique_ptr<storage::Engine> engine)
      : engine_(std::move(engine)) {}
  absl::StatusOr<std::string> Get(std::string_view key) const override {
    return engine_->Get(key);
  }
  absl::Status Scan(
      std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    return engine_->Scan(prefix, from, visit);
  }
  absl::Status ScanBackward(
      std::string_view prefix, std::string_view before,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    return engine_->ScanBackward(prefix, before, visit);
  }
  absl::Status Write(const storage::WriteBatch& batch) override {
    if (fail) return absl::ResourceExhaustedError("no space left on device");
    return engine_->Write(batch);
  }
  std::unique_ptr<storage::Reader> Snapshot() const override {
    return engine_->Snapshot();
  }
  absl::Status Compact() override { return engine_->Compact(); }
  absl::StatusOr<std::uint64_t> DiskBytes() const override {
    return engine_->DiskBytes();
  }
  std::atomic<bool> fail = false;

 private:
  std::unique_ptr<storage::Engine> engine_;
};

TEST_F(QuotaLedgerTest, AfterAWriteErrorNothingIsAnsweredAnyMore) {
  Open();
  ledger_.reset();
  auto engine = std::make_unique<FailingEngine>(std::move(store_->engine));
  FailingEngine& failing = *engine;
  store_->engine = std::move(engine);
  StartLedger();
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 10).ok());
  failing.fail = true;
  EXPECT_EQ(ledger_->Debit(Caller(), key(), 10).code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(fatal_, 1);
  failing.fail = false;
  EXPECT_EQ(ledger_->Debit(Caller(), key(), 10).code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(ledger_->Record(v1::AuditLeaf()).code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(fatal_, 1) << "told once";
  Close();
  Open();
  EXPECT_EQ(Available(), 90u) << "what was not written is not there";
}

TEST_F(QuotaLedgerTest, StopWritesTheLastLeafAndEndsEverything) {
  Open();
  v1::AuditLeaf last;
  last.set_version(1);
  last.mutable_time()->set_seconds(1);
  last.set_actor("keyd");
  last.set_purpose("key-service");
  last.set_action(v1::AUDIT_ACTION_STOPPED);
  ledger_->Stop(&last);
  EXPECT_EQ(Leaves().back().action(), v1::AUDIT_ACTION_STOPPED);
  EXPECT_EQ(ledger_->Debit(Caller(), key(), 1).code(),
            absl::StatusCode::kUnavailable);
}

// ---- kill -9 between debit and answer ----

// A store whose keyring lies in a file, so that another process can open it.
v1::KeydConfig CrashConfig(const std::string& folder) {
  v1::KeydConfig config;
  config.set_municipality("viborg");
  config.set_data_dir(folder + "/data");
  config.set_checkpoint_file(folder + "/checkpoint");
  config.set_keyring_file(folder + "/keyring");
  config.set_passphrase("file:" + folder + "/passphrase");
  return config;
}

// One debit of 40 from a bucket of 100; what is left before it.
std::uint64_t DebitOnce(const std::string& folder, std::uint64_t elements) {
  const v1::KeydConfig config = CrashConfig(folder);
  auto keyring = LoadKeyring(config);
  EXPECT_TRUE(keyring.ok()) << keyring.status();
  auto store = OpenKeydStore(config, keyring->keyring, nullptr);
  EXPECT_TRUE(store.ok()) << store.status();
  v1::QuotaConfig quota;
  quota.set_subject("department");
  quota.set_burst(100);
  QuotaLedger ledger(**store, QuotaTable({quota}), QuotaLedger::SystemClocks());
  const std::uint64_t before = *ledger.Available(Caller());
  if (elements > 0) {
    EXPECT_TRUE(
        ledger.Debit(Caller(), keyring->keys.all().front(), elements).ok());
  }
  return before;
}

// Run by CrashBetween in a process of its own.
TEST(QuotaLedgerChild, DebitsOnceWhereTheCrashTestSays) {
  const char* folder = std::getenv("SAMKOER_KEYD_CRASH_FOLDER");
  if (folder == nullptr) GTEST_SKIP() << "only under QuotaLedgerCrashTest";
  DebitOnce(folder, 40);
}

class QuotaLedgerCrashTest : public KeydFixture {
 protected:
  // What is left after a process was killed at `failpoint` while debiting 40.
  std::uint64_t LeftAfter(const std::string& failpoint) {
    const std::string folder = folder_ + "/" + failpoint;
    std::filesystem::create_directory(folder);
    const std::string passphrase = folder + "/passphrase";
    {
      FILE* file = std::fopen(passphrase.c_str(), "w");
      std::fputs("a passphrase of this test\n", file);
      std::fclose(file);
      std::filesystem::permissions(passphrase,
                                   std::filesystem::perms::owner_read);
    }
    const v1::KeydConfig config = CrashConfig(folder);
    auto keyring =
        MakeKeyring(config, "ungeindsats", crypto::SealStrength::kInteractive);
    EXPECT_TRUE(keyring.ok()) << keyring.status();
    EXPECT_TRUE(
        CreateKeydStore(config, keyring->keyring, keyring->keys, absl::Now())
            .ok());
    char self[4096];
    const ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);
    EXPECT_GT(size, 0);
    self[size] = '\0';
    const pid_t child = fork();
    if (child == 0) {
      setenv("SAMKOER_KEYD_CRASH_FOLDER", folder.c_str(), 1);
      setenv("SAMKOER_FAILPOINT", (failpoint + ":1").c_str(), 1);
      execl(self, self, "--gtest_filter=QuotaLedgerChild.*", nullptr);
      _exit(127);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        << failpoint << " was not passed";
    return DebitOnce(folder, 0);
  }
};

TEST_F(QuotaLedgerCrashTest, AKillBeforeTheWriteDebitsNothing) {
  EXPECT_EQ(LeftAfter("keyd.before-debit"), 100u);
}

TEST_F(QuotaLedgerCrashTest, AKillBetweenDebitAndAnswerHasDebited) {
  EXPECT_EQ(LeftAfter("keyd.after-debit"), 60u);
}

TEST_F(QuotaLedgerCrashTest, AKillAfterTheAnswerHasDebited) {
  EXPECT_EQ(LeftAfter("keyd.after-answer"), 60u);
}

}  // namespace
}  // namespace samkoer::server
