#include "matcher/recovery.h"

#include "storage/alert_table.h"
#include "storage/key_layout.h"
#include "storage/person_table.h"
#include "storage/segment_table.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;
using storage::NumberKey;
using storage::Table;
using storage::ValueOf;

class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() {
    SAMKOER_EXPECT_OK(in_.Open());
    std::vector<samkoer::v1::CaseRecord> family, jobs;
    for (int i = 0; i < 100; ++i) {
      const std::string n = std::to_string(i);
      family.push_back(
          MakeRecord("p" + n, "F-" + n, "Rådgivning", DOMAIN_FAMILY));
      if (i % 10 == 0) {
        jobs.push_back(
            MakeRecord("p" + n, "J-" + n, "Team Unge", DOMAIN_EMPLOYMENT));
      }
    }
    in_.MustSnapshot("family", family);
    in_.MustSnapshot("jobs", jobs);
    in_.Close();
  }
  absl::Status Load(LoopState& state) {
    state.store = &in_.store();
    state.sealer = &in_.sealer();
    state.threads = 2;
    state.match_key = storage::TestKey(42);
    return LoadState(state);
  }
  // Changes the plaintext of one value.
  void Change(Table table, std::uint64_t number,
              const std::function<std::string(const std::string&)>& change) {
    const std::string key = NumberKey(table, number);
    const std::string plaintext =
        ValueOf(in_.sealer().Open(key, ValueOf(in_.store().Get(key))));
    storage::WriteBatch batch;
    batch.Put(key, in_.sealer().Seal(key, change(plaintext)));
    SAMKOER_ASSERT_OK(in_.store().Write(batch));
  }
  void Delete(Table table, std::uint64_t number) {
    storage::WriteBatch batch;
    batch.Delete(NumberKey(table, number));
    SAMKOER_ASSERT_OK(in_.store().Write(batch));
  }

  Installation in_{ExamplePolicy()};
};

TEST_F(RecoveryTest, EverythingIsThereAgain) {
  LoopState state;
  SAMKOER_ASSERT_OK(Load(state));
  EXPECT_EQ(state.index.record_count(), 110u);
  EXPECT_EQ(state.index.person_count(), 100u);
  EXPECT_EQ(state.index.alerts().size(), 10u);
  EXPECT_EQ(state.index.department_records(0), 100u);
  EXPECT_EQ(state.state.feed_sequence, 10u);
  EXPECT_EQ(state.day, D("2026-11-22"));
  // Found by what a department sends, case id worked out again.
  const PersonNo person = state.index.FindPerson(crypto::PersonKey(
      storage::TestKey(42), "ungeindsats", Installation::kEpoch,
      crypto::AsBytes(PseudonymOf("p10"))));
  ASSERT_NE(person, kNone);
  EXPECT_NE(state.index.FindRecord(
                crypto::CaseId(crypto::DigestKey(storage::TestKey(42), "jobs"),
                               "J-10"),
                person),
            kNone);
  EXPECT_TRUE(state.index.person(person).has_alert);
}

TEST_F(RecoveryTest, AnEmptyStoreIsANewState) {
  storage::MemoryEngine empty;
  LoopState state;
  state.store = &empty;
  state.sealer = &in_.sealer();
  SAMKOER_ASSERT_OK(LoadState(state));
  EXPECT_EQ(state.state.policy_version, 0u);
  EXPECT_EQ(state.index.person_slots(), 0u);
}

TEST_F(RecoveryTest, ARecordWithoutItsPersonIsDataLoss) {
  Delete(Table::kPersonBlock, 0);
  LoopState state;
  EXPECT_TRUE(absl::IsDataLoss(Load(state)));
}

TEST_F(RecoveryTest, AnAlertWithoutItsPersonIsDataLoss) {
  Change(Table::kAlert, 0, [](const std::string& plaintext) {
    auto alerts = ValueOf(storage::DecodeAlertBlock(0, plaintext));
    alerts[0].subject_id[0] ^= 1;
    return storage::EncodeAlertBlock(alerts);
  });
  LoopState state;
  EXPECT_TRUE(absl::IsDataLoss(Load(state)));
}

TEST_F(RecoveryTest, APersonTwiceIsDataLoss) {
  Change(Table::kPersonBlock, 1, [](const std::string& plaintext) {
    const crypto::SecretBuffer secret(crypto::AsBytes(plaintext));
    auto persons = ValueOf(storage::DecodePersonBlock(secret));
    persons[1].person_key = persons[0].person_key;
    const auto bytes = storage::EncodePersonBlock(persons);
    return std::string(crypto::AsText(bytes.Expose()));
  });
  LoopState state;
  EXPECT_TRUE(absl::IsDataLoss(Load(state)));
}

TEST_F(RecoveryTest, ARecordTwiceIsDataLoss) {
  Change(Table::kSegment, 0, [](const std::string& plaintext) {
    std::vector<storage::SegmentEntry> entries;
    SAMKOER_EXPECT_OK(storage::DecodeSegment(plaintext, entries));
    const std::uint8_t slot = entries[1].slot;
    entries[1] = entries[0];
    entries[1].slot = slot;
    std::string out;
    storage::PutSegmentHead(out, static_cast<std::uint8_t>(entries.size()));
    for (const auto& entry : entries) storage::PutSegmentEntry(out, entry);
    return out;
  });
  LoopState state;
  EXPECT_TRUE(absl::IsDataLoss(Load(state)));
}

TEST_F(RecoveryTest, AnotherKeyringIsDataLoss) {
  const storage::ValueSealer other = storage::TestSealer(9);
  LoopState state;
  state.store = &in_.store();
  state.sealer = &other;
  EXPECT_TRUE(absl::IsDataLoss(LoadState(state)));
}

}  // namespace
}  // namespace samkoer::matcher
