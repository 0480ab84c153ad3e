#include "matcher/record_changes.h"

#include "storage/key_layout.h"
#include "storage/person_table.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::Table;
using storage::ValueOf;

class RecordChangesTest : public StateFixture {
 protected:
  std::string RefOf(const RecordChanges& changes, RecordNo record) {
    const std::string bytes = ValueOf(ContentReader(changes).Get(record));
    return std::string(
        ValueOf(storage::ParseRecordContent(bytes, state_.departments.texts(0)))
            .case_ref);
  }
  RecordNo RecordOf(std::string_view person) {
    return state_.index.person(PersonOf(person)).first_record;
  }
  std::vector<storage::SegmentEntry> Segment(std::uint32_t number) {
    const std::string key = NumberKey(Table::kSegment, number);
    plaintext_ = ValueOf(sealer_.Open(key, ValueOf(engine_.Get(key))));
    std::vector<storage::SegmentEntry> entries;
    SAMKOER_EXPECT_OK(storage::DecodeSegment(plaintext_, entries));
    return entries;
  }
  std::string plaintext_;
};

TEST_F(RecordChangesTest, ANewRecordIsReadableBeforeAndAfterItIsDurable) {
  {
    RecordChanges changes(state_, tx_);
    UpsertFamily(changes, "a", "F-1");
    changes.Settle();
    EXPECT_EQ(RefOf(changes, RecordOf("a")), "F-1");
    Finish(changes);
    EXPECT_EQ(changes.counts().added, 1u);
  }
  const RecordChanges later(state_, tx_);
  EXPECT_EQ(RefOf(later, RecordOf("a")), "F-1");  // pending
  Write();
  EXPECT_EQ(RefOf(later, RecordOf("a")), "F-1");  // stored
}

TEST_F(RecordChangesTest, ATextThatManyShareIsStoredOnceAndReadEverywhere) {
  constexpr int kMany = 2 * static_cast<int>(SharedTexts::kSharers);
  const auto record = [&](int n, std::string_view owner) {
    const std::string person = "p" + std::to_string(n);
    auto made = MakeRecord(person, "F-" + std::to_string(n), "Rådgivning",
                           samkoer::v1::DOMAIN_FAMILY);
    made.mutable_plan()->set_owner_unit(std::string(owner));
    return made;
  };
  {
    RecordChanges changes(state_, tx_);
    for (int n = 0; n < kMany; ++n) {
      Upsert(changes, "family", "p" + std::to_string(n),
             record(n, "Den fælles enhed"));
    }
    Finish(changes);
  }
  Write();
  const std::uint16_t family = DepartmentNo("family");
  EXPECT_TRUE(
      state_.departments.FindText(family, "Den fælles enhed").has_value());
  {
    RecordChanges changes(state_, tx_);
    Upsert(changes, "family", "p1", record(1, "En egen enhed"));
    Finish(changes);
  }
  Write();
  // A start reads the same.
  state_.departments =
      ValueOf(storage::DepartmentRegistry::Load(engine_, sealer_));
  const RecordChanges none(state_, tx_);
  for (int n = 0; n < kMany; ++n) {
    const std::string bytes =
        ValueOf(ContentReader(none).Get(RecordOf("p" + std::to_string(n))));
    const bool own = n == 1;
    EXPECT_EQ(bytes.find("fælles"), std::string::npos);
    const auto content = ValueOf(
        storage::ParseRecordContent(bytes, state_.departments.texts(family)));
    EXPECT_EQ(content.plan_owner_unit,
              own ? "En egen enhed" : "Den fælles enhed");
  }
}

// The nonce is made of version, fingerprint and times. In a store that was
// restored, an owner may get another number than in the history that was lost.
TEST_F(RecordChangesTest, ContentThatStaysKeepsItsOwnerAsItStood) {
  const auto record = [&](int n) {
    auto made = MakeRecord("p" + std::to_string(n), "F-" + std::to_string(n),
                           "Rådgivning", samkoer::v1::DOMAIN_FAMILY);
    made.mutable_plan()->set_owner_unit("Den fælles enhed");
    return made;
  };
  const auto by_number = [&](int n) {
    const RecordChanges none(state_, tx_);
    const std::string bytes =
        ValueOf(ContentReader(none).Get(RecordOf("p" + std::to_string(n))));
    return ValueOf(storage::ParseRecordContent(
                       bytes, state_.departments.texts(DepartmentNo("family"))))
        .owner_by_number;
  };
  const auto again = [&](int n) {
    RecordChanges changes(state_, tx_);
    const auto made = record(n);
    auto staged = Staged("family", "p" + std::to_string(n), made);
    staged.fingerprint[0] ^= 1;  // as under another key
    SAMKOER_ASSERT_OK(changes.Upsert(DepartmentNo("family"), staged,
                                     RecordOf("p" + std::to_string(n)), kNone,
                                     /*same_content=*/true));
    Finish(changes);
  };
  const auto add = [&](int from, int to) {
    RecordChanges changes(state_, tx_);
    for (int n = from; n < to; ++n) {
      Upsert(changes, "family", "p" + std::to_string(n), record(n));
    }
    Finish(changes);
  };
  add(0, 1);
  Write();
  add(1, 3 * static_cast<int>(SharedTexts::kSharers));
  Write();
  EXPECT_FALSE(by_number(0));
  EXPECT_TRUE(by_number(1));
  again(0);
  again(1);
  Write();
  EXPECT_FALSE(by_number(0));
  EXPECT_TRUE(by_number(1));
}

TEST_F(RecordChangesTest, AnEqualRecordChangesNothing) {
  {
    RecordChanges changes(state_, tx_);
    UpsertFamily(changes, "a", "F-1");
    Finish(changes);
  }
  Write();
  RecordChanges changes(state_, tx_);
  UpsertFamily(changes, "a", "F-1");
  EXPECT_TRUE(changes.touched().empty());
  Finish(changes);
  EXPECT_TRUE(tx_.writes().empty());
  EXPECT_EQ(changes.counts().added + changes.counts().changed, 0u);
}

TEST_F(RecordChangesTest, AChangedRecordLeavesItsNeighboursAsTheyAre) {
  {
    RecordChanges changes(state_, tx_);
    for (int i = 0; i < 40; ++i) {
      const std::string n = std::to_string(i);
      UpsertFamily(changes, "p" + n, "F-" + n);
    }
    Finish(changes);
  }
  Write();
  std::vector<std::string> before;
  for (const auto& entry : Segment(0))
    before.emplace_back(entry.sealed_content);
  RecordChanges changes(state_, tx_);
  auto record =
      MakeRecord("p5", "F-5", "Rådgivning", samkoer::v1::DOMAIN_FAMILY);
  record.set_contact("another");
  Upsert(changes, "family", "p5", record);
  Finish(changes);
  EXPECT_EQ(changes.counts().changed, 1u);
  Write();
  const auto after = Segment(0);
  ASSERT_EQ(after.size(), before.size());
  const std::uint32_t slot = RecordOf("p5") % 32;
  for (std::size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].sealed_content == before[i], after[i].slot != slot);
  }
  EXPECT_EQ(Segment(1).size(), 8u);
}

TEST_F(RecordChangesTest, AWithdrawnRecordLeavesNoTrace) {
  {
    RecordChanges changes(state_, tx_);
    UpsertFamily(changes, "a", "F-1");
    UpsertFamily(changes, "b", "F-2");
    Finish(changes);
  }
  Write();
  {
    RecordChanges changes(state_, tx_);
    changes.Withdraw(RecordOf("a"));
    EXPECT_EQ(Finish(changes).persons_gone, 1u);
  }
  Write();
  EXPECT_EQ(Segment(0).size(), 1u);
  EXPECT_EQ(PersonOf("a"), kNone);
  {
    RecordChanges changes(state_, tx_);
    changes.Withdraw(RecordOf("b"));
    Finish(changes);
  }
  Write();
  EXPECT_TRUE(
      absl::IsNotFound(engine_.Get(NumberKey(Table::kSegment, 0)).status()));
  EXPECT_TRUE(absl::IsNotFound(
      engine_.Get(NumberKey(Table::kPersonBlock, 0)).status()));
}

TEST_F(RecordChangesTest, ASlotFreedAndTakenInOneCommandHoldsTheNewRecord) {
  {
    RecordChanges changes(state_, tx_);
    UpsertFamily(changes, "a", "F-1");
    Finish(changes);
  }
  Write();
  const RecordNo slot = RecordOf("a");
  RecordChanges changes(state_, tx_);
  changes.Withdraw(slot);
  UpsertFamily(changes, "b", "F-2");
  EXPECT_EQ(RecordOf("b"), slot);
  Finish(changes);
  Write();
  ASSERT_EQ(Segment(0).size(), 1u);
  EXPECT_EQ(RefOf(RecordChanges(state_, tx_), slot), "F-2");
}

TEST_F(RecordChangesTest, EveryPersonHasAKeyAndAnIdOfItsOwn) {
  RecordChanges changes(state_, tx_);
  std::set<std::string> keys, subjects;
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    UpsertFamily(changes, "p" + n, "F-" + n);
    const Person& person = state_.index.person(PersonOf("p" + n));
    keys.emplace(crypto::AsText(person.data_key.Expose()));
    subjects.emplace(crypto::AsText(person.subject_id()));
  }
  EXPECT_EQ(keys.size(), 300u);
  EXPECT_EQ(subjects.size(), 300u);
}

TEST_F(RecordChangesTest, ADamagedSegmentIsNotWrittenOver) {
  {
    RecordChanges changes(state_, tx_);
    UpsertFamily(changes, "a", "F-1");
    Finish(changes);
  }
  Write();
  storage::WriteBatch batch;
  batch.Put(NumberKey(Table::kSegment, 0), std::string(100, 'x'));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  RecordChanges changes(state_, tx_);
  UpsertFamily(changes, "b", "F-2");
  EXPECT_FALSE(FinishChanges(state_, tx_, changes, "").ok());
}

TEST_F(RecordChangesTest, AUnitWithoutANumberIsRefused) {
  RecordChanges changes(state_, tx_);
  const auto staged =
      Staged("family", "a",
             MakeRecord("a", "F-1", "Ukendt", samkoer::v1::DOMAIN_FAMILY));
  EXPECT_EQ(changes.Upsert(DepartmentNo("family"), staged, kNone, kNone).code(),
            absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace samkoer::matcher
