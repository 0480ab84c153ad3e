#include "storage/store_check.h"

#include <vector>

#include "storage/key_layout.h"
#include "storage/meta.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

// A store with a log of some hundred leaves, three levels high at most.
class StoreCheckTest : public testing::Test {
 protected:
  void SetUp() override {
    WriteBatch batch;
    meta_ = ValueOf(StageNewMeta(
        batch, sealer_, {StoreKind::kMatcher, "testby", "ungeindsats"}));
    SAMKOER_ASSERT_OK(engine_.Write(batch));
    Grow(600);
  }

  void Grow(int leaves) {
    const auto log = ValueOf(
        AuditLog::Open(engine_, sealer_, TestSigner(), meta_.index_key));
    for (int i = 0; i < leaves; ++i) {
      samkoer::v1::AuditLeaf leaf = TestLeaf(i);
      if (i % 7 == 0) {
        std::string subject(16, 's');
        subject[0] = static_cast<char>(i % 5);
        leaf.add_subjects(subject);
      }
      WriteBatch batch;
      ASSERT_TRUE(log->Append(batch, std::span(&leaf, 1)).ok());
      SAMKOER_ASSERT_OK(engine_.Write(batch));
      log->Committed();
    }
  }
  void Put(const std::string& key, const std::string& value) {
    WriteBatch batch;
    batch.Put(key, value);
    SAMKOER_ASSERT_OK(engine_.Write(batch));
  }
  void Seal(const std::string& key, const std::string& plaintext) {
    Put(key, sealer_.Seal(key, plaintext));
  }
  void Delete(const std::string& key) {
    WriteBatch batch;
    batch.Delete(key);
    SAMKOER_ASSERT_OK(engine_.Write(batch));
  }
  std::string Open(const std::string& key) {
    return ValueOf(sealer_.Open(key, ValueOf(engine_.Get(key))));
  }
  static std::string Leaf(std::uint64_t index) {
    return NumberKey(Table::kAuditLeaf, index);
  }
  // Each finding as "place: problem".
  std::vector<std::string> Check(StoreKind kind = StoreKind::kMatcher) {
    Findings findings;
    const CheckedStore store{engine_, sealer_, kind, meta_.index_key, {}};
    const auto values = CheckValues(store, findings);
    EXPECT_TRUE(values.ok()) << values.status();
    SAMKOER_EXPECT_OK(CheckLog(store, findings));
    std::vector<std::string> told;
    for (const Finding& finding : findings.kept()) {
      told.push_back(finding.place + ": " + finding.problem);
      EXPECT_FALSE(finding.remedy.empty());
    }
    return told;
  }

  MemoryEngine engine_;
  const ValueSealer sealer_ = TestSealer();
  StoreMeta meta_;
};

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(StoreCheckTest, ASoundStoreHasNoFindingWhateverItsLogsSize) {
  EXPECT_THAT(Check(), IsEmpty());
  for (const int more : {167, 1, 255, 1, 300}) {  // 767, 768, 1023, 1024, 1324
    Grow(more);
    EXPECT_THAT(Check(), IsEmpty());
  }
}

TEST_F(StoreCheckTest, AnEmptyLogIsSound) {
  MemoryEngine empty;
  Findings findings;
  SAMKOER_EXPECT_OK(CheckLog(
      {empty, sealer_, StoreKind::kKeyd, meta_.index_key, {}}, findings));
  EXPECT_EQ(findings.count(), 0u);
}

TEST_F(StoreCheckTest, AMissingLeafIsNamed) {
  Delete(Leaf(300));
  EXPECT_THAT(Check(), ElementsAre("audit leaf 300: is missing; the next one "
                                   "is 301"));
}

TEST_F(StoreCheckTest, LeavesThatAreMissingAtTheEndAreFound) {
  for (int i = 510; i < 600; ++i) Delete(Leaf(i));
  EXPECT_THAT(Check(), Contains(HasSubstr("leaves at the end are missing")));
}

TEST_F(StoreCheckTest, AChangedLeafContradictsItsTile) {
  const auto leaf = TestLeaf(9999);
  Seal(Leaf(5), leaf.SerializeAsString());
  EXPECT_THAT(Check(), Contains(HasSubstr("is not that of its leaves")));
}

TEST_F(StoreCheckTest, AnyHashOfAnyTileCounts) {
  for (const auto& [level, index, hash] :
       {std::tuple{0, 0, 17}, {0, 2, 87}, {1, 0, 1}}) {
    const std::string key = AuditTileKey(level, index);
    const std::string sound = Open(key);
    std::string tile = sound;
    tile[32 * hash] = static_cast<char>(tile[32 * hash] ^ 1);
    Seal(key, tile);
    EXPECT_THAT(Check(), SizeIs(1)) << level << " " << index;
    Seal(key, sound.substr(0, sound.size() - 32));
    EXPECT_THAT(Check(), SizeIs(1)) << level << " " << index;
    Delete(key);
    EXPECT_FALSE(Check().empty());
    Seal(key, sound);
  }
  EXPECT_THAT(Check(), IsEmpty());
}

TEST_F(StoreCheckTest, ALeafThatIsNoneIsFoundEvenIfTheTreeAgrees) {
  Seal(Leaf(600), "\xff");
  // Also contradicts the tree, which ends before it.
  EXPECT_THAT(Check(), Contains("audit leaf 600: is no leaf"));
}

TEST_F(StoreCheckTest, AnIndexEntryThatLeadsNowhereIsFound) {
  Put(SubjectIndexKey(crypto::Hash16{1}, 3), "");
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("lead to no leaf")));
}

TEST_F(StoreCheckTest, AnIndexEntryThatAnErasureRemovedIsNoFinding) {
  std::string key;
  SAMKOER_ASSERT_OK(engine_.Scan(TablePrefix(Table::kSubjectIndex), "",
                                 [&](std::string_view found, std::string_view) {
                                   key = found;
                                   return false;
                                 }));
  Delete(key);
  EXPECT_THAT(Check(), IsEmpty());
}

TEST_F(StoreCheckTest, AValueThatWasMovedOrChangedDoesNotOpen) {
  const std::string from = NumberKey(Table::kPolicy, 1);
  const std::string to = NumberKey(Table::kPolicy, 2);
  Put(to, sealer_.Seal(from, "x"));
  std::string changed = sealer_.Seal(from, "x");
  changed.back() = static_cast<char>(changed.back() ^ 1);
  Put(from, changed);
  EXPECT_THAT(
      Check(),
      ElementsAre("table P, key 0000000000000001: the value does not open",
                  "table P, key 0000000000000002: the value does not open"));
}

TEST_F(StoreCheckTest, AKeyThatTheKeyringLacksIsToldOnce) {
  const ValueSealer other = ValueOf(ValueSealer::Create({{7, TestKey(7)}}, 7));
  for (int i = 0; i < 3; ++i) {
    const std::string key = NumberKey(Table::kPolicy, i);
    Put(key, other.Seal(key, "x"));
  }
  EXPECT_THAT(Check(),
              ElementsAre(HasSubstr("key-encryption key 7: 3 values")));
}

TEST_F(StoreCheckTest, UnknownTablesAndMalformedKeysAreFound) {
  Seal("Zx", "new");
  Seal("Zy", "new");
  Seal("P123", "short key");
  const auto told = Check();
  EXPECT_THAT(told, SizeIs(2));
  EXPECT_THAT(told, Contains("table 0x5a: 2 values of a table that this store "
                             "does not have"));
  EXPECT_THAT(told, Contains("table P, key 313233: the key is malformed"));
}

TEST_F(StoreCheckTest, EachServerHasItsOwnTables) {
  Seal(QuotaKey(crypto::Hash16{}), "x");
  EXPECT_THAT(Check(), SizeIs(1));
  EXPECT_THAT(Check(StoreKind::kKeyd), IsEmpty());
}

TEST_F(StoreCheckTest, ValuesAreSealedWhereTheyMustBe) {
  Put(NumberKey(Table::kPolicy, 1), "");
  Put(SubjectIndexKey(crypto::Hash16{1}, 3), "not empty");
  EXPECT_THAT(Check(), Contains(HasSubstr("the value is empty")));
  EXPECT_THAT(Check(), Contains(HasSubstr("the value should be empty")));
}

TEST_F(StoreCheckTest, ManyFindingsAreCountedAndTheFirstAreKept) {
  for (int i = 0; i < 150; ++i) Put(NumberKey(Table::kPolicy, i), "");
  Findings findings;
  ASSERT_TRUE(
      CheckValues({engine_, sealer_, StoreKind::kMatcher, meta_.index_key, {}},
                  findings)
          .ok());
  EXPECT_EQ(findings.count(), 150u);
  EXPECT_EQ(findings.kept().size(), Findings::kMaxKept);
}

TEST_F(StoreCheckTest, ItEndsWhenItIsToldTo) {
  Findings findings;
  const CheckedStore store{engine_, sealer_, StoreKind::kMatcher,
                           meta_.index_key,
                           [](std::uint64_t, std::uint64_t) { return false; }};
  EXPECT_TRUE(absl::IsCancelled(CheckValues(store, findings).status()));
  EXPECT_TRUE(absl::IsCancelled(CheckLog(store, findings)));
}

}  // namespace
}  // namespace samkoer::storage
