// A key service's store in a folder that goes away, with clocks that a test
// sets.
#ifndef SAMKOER_TESTS_SERVER_KEYD_FIXTURE_H_
#define SAMKOER_TESTS_SERVER_KEYD_FIXTURE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "samkoer/v1/server_config.pb.h"
#include "server/keyd_store.h"
#include "server/live_keys.h"
#include "server/oprf_keyring.h"
#include "server/quota_ledger.h"
#include "storage/keyring.h"

namespace samkoer::server {

inline constexpr std::int64_t kDayNs = 86'400'000'000'000;

inline Identity Caller(const std::string& role = "department",
                       const std::string& name = "familie") {
  Identity who = *ParseIdentityUri("samkoer://viborg/" + role + "/" + name);
  who.certificate_sha256.fill(7);
  return who;
}

class KeydFixture : public testing::Test {
 protected:
  KeydFixture() {
    char name[] = "/tmp/samkoer-keyd-test.XXXXXX";
    folder_ = mkdtemp(name);
    config_.set_municipality("viborg");
    config_.set_data_dir(folder_ + "/data");
    config_.set_checkpoint_file(folder_ + "/checkpoint");
    config_.set_keyring_file(folder_ + "/keyring");
    keyring_ = *storage::Keyring::Generate(storage::StoreKind::kKeyd, "viborg");
    EXPECT_TRUE(seeds_.AddEpoch("ungeindsats").ok());
    keys_ = std::make_unique<LiveKeys>(*LiveKeys::Derive(seeds_));
    AddQuota("department", 100, 24);
  }
  ~KeydFixture() override {
    Close();
    std::filesystem::remove_all(folder_);
  }

  void AddQuota(const std::string& subject, std::uint64_t burst,
                std::uint64_t per_day) {
    v1::QuotaConfig* quota = config_.add_quotas();
    quota->set_subject(subject);
    quota->set_burst(burst);
    quota->set_per_day(per_day);
  }

  // Opens the store, made on first use, and starts the ledger.
  void Open() {
    if (!std::filesystem::exists(config_.data_dir())) {
      const absl::Status made =
          CreateKeydStore(config_, keyring_, *keys_, absl::Now());
      ASSERT_TRUE(made.ok()) << made;
    }
    auto store = OpenKeydStore(config_, keyring_, nullptr);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    StartLedger();
  }
  void StartLedger() {
    QuotaLedger::Options options = QuotaLedger::SystemClocks();
    options.monotonic_ns = [this] { return now_ns_.load(); };
    options.on_fatal = [this](const absl::Status&) { ++fatal_; };
    options.on_group = [this](std::size_t) { ++groups_; };
    ledger_ = std::make_unique<QuotaLedger>(
        *store_, QuotaTable({config_.quotas().begin(), config_.quotas().end()}),
        std::move(options));
  }
  void Close() {
    ledger_.reset();
    store_.reset();
  }

  std::vector<v1::AuditLeaf> Leaves() {
    std::vector<v1::AuditLeaf> leaves;
    const absl::Status status = store_->log->ReadLeaves(
        *store_->engine, 0, store_->log->size(),
        [&](std::uint64_t, std::string_view bytes) {
          leaves.emplace_back().ParseFromString(std::string(bytes));
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return leaves;
  }
  std::size_t LeavesOf(v1::AuditAction action) {
    std::size_t count = 0;
    for (const auto& leaf : Leaves()) count += leaf.action() == action;
    return count;
  }
  const LiveKey& key() const { return keys_->all().front(); }
  std::uint64_t Available(const Identity& who = Caller()) {
    return *ledger_->Available(who);
  }

  std::string folder_;
  v1::KeydConfig config_;
  storage::Keyring keyring_;
  OprfKeyring seeds_;
  std::unique_ptr<LiveKeys> keys_;
  std::unique_ptr<KeydStore> store_;
  std::unique_ptr<QuotaLedger> ledger_;
  std::atomic<std::int64_t> now_ns_ = 0;
  std::atomic<int> fatal_ = 0;
  std::atomic<int> groups_ = 0;
};

}  // namespace samkoer::server

#endif  // SAMKOER_TESTS_SERVER_KEYD_FIXTURE_H_
