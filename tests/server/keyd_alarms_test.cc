#include "server/keyd_alarms.h"

#include <gmock/gmock.h>

#include "server/key_leaves.h"
#include "server/keyd_witness_writer.h"
#include "tests/server/keyd_fixture.h"

namespace samkoer::server {
namespace {

class KeydAlarmsTest : public KeydFixture {
 protected:
  void SetUp() override {
    v1::DepartmentSize* size = config_.add_department_sizes();
    size->set_department("familie");
    size->set_persons(40);
    Start();
  }
  void TearDown() override { Close(); }
  void Start() {
    Open();
    // The store as Open leaves it, with a ledger that raises alarms.
    ledger_.reset();
    auto alarms = KeydAlarms::Load(config_, *store_, *metrics_, absl::Now());
    ASSERT_TRUE(alarms.ok()) << alarms.status();
    alarms_ = *std::move(alarms);
    QuotaLedger::Options options = QuotaLedger::SystemClocks();
    options.monotonic_ns = [this] { return now_ns_.load(); };
    options.before_write = [this](QuotaLedger::Writes& writes) {
      alarms_->BeforeWrite(writes);
    };
    ledger_ = std::make_unique<QuotaLedger>(
        *store_, QuotaTable({config_.quotas().begin(), config_.quotas().end()}),
        std::move(options));
    backend_ = std::make_unique<KeydAlarmsBackend>(*alarms_, *ledger_);
  }
  void Restart() {
    Close();
    Start();
  }
  void Debit(std::uint64_t elements) {
    const absl::Status debited = ledger_->Debit(Caller(), key(), elements);
    ASSERT_TRUE(debited.ok()) << debited;
  }
  std::vector<v1::Alarm> List(bool all = false) {
    v1::ListAlarmsRequest request;
    request.set_include_acknowledged(all);
    const auto listed = backend_->List(officer_, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return {listed->alarms().begin(), listed->alarms().end()};
  }
  absl::StatusOr<v1::AcknowledgeAlarmResponse> Acknowledge(
      const std::string& id) {
    v1::AcknowledgeAlarmRequest request;
    request.set_alarm_id(id);
    request.set_reason("aftalt");
    return backend_->Acknowledge(officer_, request);
  }

  const Identity officer_ = Caller("privacy-officer", "peter");
  std::unique_ptr<Metrics> metrics_ = *Metrics::Create("");
  std::unique_ptr<KeydAlarms> alarms_;
  std::unique_ptr<KeydAlarmsBackend> backend_;
};

TEST_F(KeydAlarmsTest, ACertificateNearItsQuota) {
  Debit(59);
  EXPECT_TRUE(List().empty());
  // 89 and 90 of a hundred; sixty is far over what forty persons need.
  config_.mutable_alarms()->set_new_numbers_percent(10'000);
  Restart();
  Debit(30);
  EXPECT_TRUE(List().empty());
  Debit(1);
  const auto alarms = List();
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].kind(), v1::ALARM_KIND_QUOTA);
  EXPECT_EQ(alarms[0].about(), Caller().uri);
  EXPECT_EQ(alarms[0].count(), 90u);
  EXPECT_EQ(Leaves()[alarms[0].leaf_index()].action(),
            v1::AUDIT_ACTION_ALARM_RAISED);
  EXPECT_THAT(metrics_->Text(),
              testing::HasSubstr("samkoer_alarms_open{kind=\"quota\"} 1"));
  // Asking for more than there is raises it too.
  EXPECT_FALSE(ledger_->Debit(Caller(), key(), 90).ok());
  EXPECT_EQ(List()[0].count(), 100u);
}

TEST_F(KeydAlarmsTest, ADepartmentAsksForFarMoreNumbersThanItHasPersons) {
  Debit(50);
  Restart();  // what was counted is counted again
  Debit(10);
  EXPECT_TRUE(List().empty());
  Debit(1);
  auto alarms = List();
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].kind(), v1::ALARM_KIND_NEW_NUMBERS);
  EXPECT_EQ(alarms[0].count(), 152u);
  EXPECT_EQ(alarms[0].threshold(), 150u);
  Restart();
  Debit(1);
  alarms = List();
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].count(), 155u);
}

TEST_F(KeydAlarmsTest, AnAcknowledgementStandsInTheLogAndIsKept) {
  Debit(95);
  const auto alarms = List();
  ASSERT_EQ(alarms.size(), 2u);  // the quota, and the numbers
  const std::string id = alarms[0].alarm_id();
  ASSERT_TRUE(Acknowledge(id).ok());
  ASSERT_TRUE(Acknowledge(id).ok());
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_ALARM_ACKNOWLEDGED), 1u);
  EXPECT_TRUE(absl::IsNotFound(Acknowledge("12345678").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Acknowledge("x").status()));
  Restart();
  EXPECT_EQ(List().size(), 1u);
  EXPECT_EQ(List(/*all=*/true).size(), 2u);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_ALARM_RAISED), 2u);
  EXPECT_GE(LeavesOf(v1::AUDIT_ACTION_ALARMS_READ), 3u);
}

TEST_F(KeydAlarmsTest, AWitnessThatIsLate) {
  KeydWitnessWriter writer(*ledger_, *alarms_);
  storage::WitnessChange change;
  change.late_hours = 12;
  change.allowed_hours = 24;
  ASSERT_TRUE(writer.Keep(nullptr, change).ok());
  const auto alarms = List();
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].kind(), v1::ALARM_KIND_WITNESS);
  EXPECT_EQ(alarms[0].about(), "keyd");
  EXPECT_EQ(alarms[0].count(), 12u);
}

}  // namespace
}  // namespace samkoer::server
