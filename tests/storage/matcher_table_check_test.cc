#include "storage/matcher_table_check.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "samkoer/v1/alerts.pb.h"
#include "storage/alert_table.h"
#include "storage/conference_table.h"
#include "storage/department_registry.h"
#include "storage/dictionary.h"
#include "storage/feed_table.h"
#include "storage/key_layout.h"
#include "storage/matcher_state.h"
#include "storage/notice_table.h"
#include "storage/objection_table.h"
#include "storage/person_table.h"
#include "storage/push_table.h"
#include "storage/record_content.h"
#include "storage/segment_table.h"
#include "storage/staged_batch.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

// A small matcher's store: two departments; person 64 with a record in each and
// an alert; person 65 with a record in one. What a test spoils, it writes
// again.
class MatcherTableCheckTest : public testing::Test {
 protected:
  MatcherTableCheckTest() {
    for (int i = 0; i < 2; ++i) {
      StoredPerson& person = persons_.emplace_back();
      person.slot = static_cast<std::uint8_t>(i);
      person.person_key.fill(static_cast<std::uint8_t>(40 + i));
      person.data_key = TestKey(static_cast<std::uint8_t>(50 + i));
    }
    records_ = {
        {0, 64, 0, 0, "F-1"}, {1, 64, 1, 0, "J-1"}, {2, 65, 1, 1, "J-2"}};
    alert_.number = 1;
    alert_.alert_id = 99;
    alert_.person = 64;
    alert_.subject_id = crypto::SubjectId(persons_[0].data_key);
    alert_.state = 1;
    alert_.place = {1, 0};
    alert_.departments = {0, 1};
    state_.next_alert = 2;
    state_.next_push = 4;
    state_.feed_sequence = 2;
  }

  struct Record {
    std::uint8_t slot;
    std::uint32_t person;
    std::uint16_t department;
    std::uint16_t unit;
    std::string case_ref;
    // The number of its plan's owner, if that stands by number.
    std::optional<std::uint16_t> owner = std::nullopt;
  };

  void Seal(const std::string& key, std::string_view plaintext) {
    WriteBatch batch;
    batch.Put(key, sealer_.Seal(key, plaintext));
    SAMKOER_ASSERT_OK(engine_.Write(batch));
  }
  void Delete(const std::string& key) {
    WriteBatch batch;
    batch.Delete(key);
    SAMKOER_ASSERT_OK(engine_.Write(batch));
  }

  void WritePersons() {
    Seal(NumberKey(Table::kPersonBlock, 1),
         crypto::AsText(EncodePersonBlock(persons_).Expose()));
  }
  void WriteRecords() {
    std::string segment;
    PutSegmentHead(segment, static_cast<std::uint8_t>(records_.size()));
    for (const Record& record : records_) {
      RecordContent content;
      content.case_ref = record.case_ref;
      content.opened_month = 202601;
      content.birth_month = 200801;
      std::string bytes, sealed;
      EncodeRecordContent(content, record.unit, record.owner, {1700000000, 0},
                          bytes);
      SegmentEntry entry;
      entry.slot = record.slot;
      entry.fingerprint.fill(static_cast<std::uint8_t>(70 + record.slot));
      entry.person = record.person;
      entry.department = record.department;
      SealRecordContent(
          TestKey(static_cast<std::uint8_t>(50 + (record.person - 64) % 64)),
          entry.fingerprint, bytes, sealed);
      entry.sealed_content = sealed;
      PutSegmentEntry(segment, entry);
    }
    Seal(NumberKey(Table::kSegment, 0), segment);
  }
  void WriteAlert() {
    Seal(NumberKey(Table::kAlert, 0), EncodeAlertBlock(std::span(&alert_, 1)));
  }
  void WriteFeed() {
    samkoer::v1::Alert alert;
    for (const std::string& id : participants_) {
      alert.add_participants()->set_department(id);
    }
    const std::string sealed = SealFeedAlert(
        persons_[0].data_key, 1,
        PackAlert(alert.SerializeAsString(), dictionary_.get()), nonces_);
    StoredFeedPage page;
    page.entries.resize(2);
    page.entries[0].alert_number = feed_alert_;
    page.entries[0].sealed_alert = sealed;
    page.entries[1].tombstone_cause = 1;
    page.entries[1].tombstone_alert = 5;
    Seal(NumberKey(Table::kFeed, 1), EncodeFeedPage(page));
  }
  void WritePush(std::uint64_t number, PushPhase phase,
                 std::uint16_t department = 0) {
    StoredPush push;
    push.department = department;
    push.push_id.fill(static_cast<std::uint8_t>(number));
    push.phase = phase;
    push.day = "2026-11-02";
    Seal(NumberKey(Table::kPush, number), EncodePush(push));
  }
  void WriteBatchOf(std::uint64_t push, std::uint64_t number) {
    std::string bytes;
    PutStagedBatchHead(bytes, {});
    Seal(StagedBatchKey(push, number), bytes);
  }
  void WriteState() {
    Seal(MetaKey(kMatcherStateWord), EncodeMatcherState(state_));
  }
  void WriteAll() {
    DepartmentRegistry departments;
    std::vector<DepartmentRegistry::Entry> entries;
    const std::vector<std::string> one = {"Team Familie"};
    const std::vector<std::string> two = {"Team Unge", "Team Job"};
    ASSERT_TRUE(departments.Add("familie", one, sealer_, entries).ok());
    ASSERT_TRUE(departments.Add("job", two, sealer_, entries).ok());
    WriteBatch batch;
    for (auto& [key, value] : entries) batch.Put(key, value);
    SAMKOER_ASSERT_OK(engine_.Write(batch));
    WritePersons();
    WriteRecords();
    WriteAlert();
    WriteFeed();
    WritePush(1, PushPhase::kGivenUp);
    WritePush(2, PushPhase::kCommitted);
    WritePush(3, PushPhase::kOpen);
    WriteBatchOf(3, 0);
    WriteBatchOf(3, 1);
    WriteState();
    Seal(NoticeKey(1, {}), EncodeNotice({{}, 1, 5, "J-2"}));
    Seal(ObjectionKey({}), EncodeObjection({5, std::nullopt, 1}));
  }

  std::vector<std::string> Check() {
    Findings findings;
    const CheckedStore store{
        engine_, sealer_, StoreKind::kMatcher, TestIndexKey(), {}};
    SAMKOER_EXPECT_OK(CheckMatcherTables(store, findings));
    held_ = findings.held();
    std::vector<std::string> told;
    for (const Finding& finding : findings.kept()) {
      told.push_back(finding.place + ": " + finding.problem);
      for (const char* secret : {"F-1", "J-1", "J-2"}) {
        EXPECT_EQ(told.back().find(secret), std::string::npos);
      }
    }
    return told;
  }

  MemoryEngine engine_;
  const ValueSealer sealer_ = TestSealer();
  crypto::NonceSource nonces_;
  std::vector<StoredPerson> persons_;
  std::vector<Record> records_;
  StoredAlert alert_;
  std::uint64_t feed_alert_ = 1;
  std::vector<std::string> participants_ = {"familie", "job"};
  std::unique_ptr<const Dictionary> dictionary_;
  MatcherState state_;
  std::vector<std::pair<std::string, std::uint64_t>> held_;
};

TEST_F(MatcherTableCheckTest, WhatIsHeldIsCounted) {
  WriteAll();
  Check();
  EXPECT_THAT(held_, ElementsAre(Pair("records", 3), Pair("persons", 2),
                                 Pair("alerts", 1)));
}

TEST_F(MatcherTableCheckTest, ANewAndASoundStoreHaveNoFinding) {
  EXPECT_THAT(Check(), IsEmpty());
  WriteAll();
  EXPECT_THAT(Check(), IsEmpty());
}

TEST_F(MatcherTableCheckTest, EveryTableIsParsed) {
  const std::pair<std::string, const char*> rows[] = {
      {NumberKey(Table::kPersonBlock, 9), "person block 9: is malformed"},
      {NumberKey(Table::kSegment, 9), "segment 9: is malformed"},
      {NumberKey(Table::kAlert, 9), "alert block 9: is malformed"},
      {NumberKey(Table::kPush, 9), "push 9: is malformed"},
      {StagedBatchKey(3, 2), "batch 2 of push 3: is malformed"},
      {NoticeKey(0, {}), "notices: one is malformed"},
      {ObjectionKey(crypto::Hash16{1}), "objections: one is malformed"},
      {NumberKey(Table::kPolicy, 9), "policy 9: is malformed"},
      {NumberKey(Table::kConference, 9), "conferences: one is malformed"},
      {NumberKey(Table::kInquiry, 9), "inquiries: one is malformed"},
      {MetaKey("oprf-epochs"), "epochs of pseudonyms: are malformed"},
  };
  WriteAll();
  for (const auto& [key, finding] : rows) {
    Seal(key, "\xff");
    EXPECT_THAT(Check(), ElementsAre(finding));
    Delete(key);
  }
  EXPECT_THAT(Check(), IsEmpty());
  Seal(NumberKey(Table::kDepartment, 2), "\xff");
  EXPECT_THAT(Check(), testing::Contains(HasSubstr("departments: ")));
}

TEST_F(MatcherTableCheckTest, ARecordBelongsToALivingPerson) {
  records_[2].person = 66;
  WriteAll();
  EXPECT_THAT(Check(), ElementsAre("record 2: belongs to nobody",
                                   "person 65: is still there, and nothing is "
                                   "held"));
}

TEST_F(MatcherTableCheckTest, AMissingPersonBlockShowsInAllThatIsHeld) {
  WriteAll();
  Delete(NumberKey(Table::kPersonBlock, 1));
  EXPECT_THAT(
      Check(),
      ElementsAre("record 0: belongs to nobody", "record 1: belongs to nobody",
                  "record 2: belongs to nobody", "alert 1: belongs to nobody",
                  "feed entry 1: is of an alert that is not there"));
}

TEST_F(MatcherTableCheckTest, AMissingSegmentLeavesAPersonOfWhomNothingIsHeld) {
  WriteAll();
  Delete(NumberKey(Table::kSegment, 0));
  EXPECT_THAT(Check(), ElementsAre("person 65: is still there, and nothing is "
                                   "held"));
}

TEST_F(MatcherTableCheckTest, ARecordOpensWithItsOwnPersonsKeyOnly) {
  persons_[1].data_key = TestKey(99);
  WriteAll();
  EXPECT_THAT(Check(),
              ElementsAre("record 2: does not open with its person's key"));
}

TEST_F(MatcherTableCheckTest, ARecordsDepartmentAndUnitAreThere) {
  records_[0].department = 7;
  records_[1].unit = 2;
  WriteAll();
  EXPECT_THAT(Check(), ElementsAre("record 0: belongs to no department",
                                   "record 1: belongs to no unit"));
}

TEST_F(MatcherTableCheckTest, APlansOwnerThatStandsByNumberIsThere) {
  records_[0].owner = 0;
  WriteAll();
  EXPECT_THAT(Check(), ElementsAre("record 0: has malformed contents"));
  const std::vector<std::string> owners = {"Ungeenheden"};
  std::vector<DepartmentRegistry::Entry> entries;
  auto departments = DepartmentRegistry::Load(engine_, sealer_);
  ASSERT_TRUE(departments.ok());
  departments->AddTexts(0, owners, sealer_, entries);
  ASSERT_EQ(entries.size(), 1u);
  WriteBatch batch;
  batch.Put(entries[0].key, entries[0].value);
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  EXPECT_THAT(Check(), IsEmpty());
}

TEST_F(MatcherTableCheckTest, AnAlertIsUnpackedWithTheDictionaryThatItNames) {
  dictionary_ = std::make_unique<const Dictionary>(1, "familie job familie");
  WriteAll();
  EXPECT_THAT(Check(), UnorderedElementsAre(
                           "feed entry 1: needs dictionary 1, which is missing "
                           "or malformed",
                           "alert 1: is not in the feed at entry 1"));
  Seal(DictionaryKey(1), EncodeDictionary(dictionary_->bytes()));
  EXPECT_THAT(Check(), IsEmpty());
}

TEST_F(MatcherTableCheckTest, AnAlertStandsOnAConferenceOnce) {
  WriteAll();
  StoredConference conference;
  conference.alerts = {99, 7};
  Seal(NumberKey(Table::kConference, 4), EncodeConference(conference));
  EXPECT_THAT(Check(), IsEmpty());
  conference.alerts = {99, 7, 99};
  Seal(NumberKey(Table::kConference, 4), EncodeConference(conference));
  EXPECT_THAT(Check(),
              ElementsAre("conferences: an alert stands on one twice"));
}

TEST_F(MatcherTableCheckTest, SiblingsShareACase) {
  records_[2].case_ref = "J-1";
  WriteAll();
  EXPECT_THAT(Check(), IsEmpty());
}

TEST_F(MatcherTableCheckTest, APersonStandsInACaseOnce) {
  records_.push_back({3, 65, 1, 1, "J-2"});
  WriteAll();
  EXPECT_THAT(Check(),
              ElementsAre("records: a person stands in one case twice"));
}

TEST_F(MatcherTableCheckTest, APersonIsThereOnce) {
  persons_[1].person_key = persons_[0].person_key;
  WriteAll();
  EXPECT_THAT(Check(), ElementsAre("persons: two of them have one person key"));
}

TEST_F(MatcherTableCheckTest, AnAlertsNumberWasGivenOut) {
  state_.next_alert = 1;
  WriteAll();
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("alert 1: its number was not")));
}

TEST_F(MatcherTableCheckTest, AnAlertBelongsToTheSubjectThatItNames) {
  alert_.subject_id.fill(1);
  WriteAll();
  EXPECT_THAT(Check(),
              ElementsAre("alert 1: belongs to nobody",
                          "feed entry 1: is of an alert that is not there"));
}

TEST_F(MatcherTableCheckTest, AnAlertStandsInTheFeedWhereItSays) {
  alert_.place = {1, 1};
  WriteAll();
  EXPECT_THAT(Check(), ElementsAre("alert 1: is not in the feed at entry 2"));
}

TEST_F(MatcherTableCheckTest, AnEntryIsNotNewerThanItsAlertSays) {
  alert_.place = {0, 0};
  WriteAll();
  EXPECT_THAT(Check(), ElementsAre("feed entry 1: is newer than its alert says",
                                   "alert 1: is not in the feed at entry 0"));
}

TEST_F(MatcherTableCheckTest, AnAlertIsUnderTheDepartmentsOfItsParticipants) {
  participants_ = {"job"};
  WriteAll();
  EXPECT_THAT(Check(), ElementsAre("alert 1: its departments are not those of "
                                   "its participants"));
}

TEST_F(MatcherTableCheckTest, AnEntryOfNoAlertIsFound) {
  feed_alert_ = 7;
  WriteAll();
  EXPECT_THAT(Check(),
              ElementsAre("feed entry 1: is of an alert that is not there",
                          "alert 1: is not in the feed at entry 1"));
}

TEST_F(MatcherTableCheckTest, TheFeedHasNoHoleAndEndsWhereTheStateSays) {
  WriteAll();
  StoredFeedPage page;
  page.entries.resize(1);
  page.entries[0].tombstone_cause = 1;
  Seal(NumberKey(Table::kFeed, 4), EncodeFeedPage(page));
  EXPECT_THAT(Check(), ElementsAre("feed entry 3: is missing; the next page "
                                   "begins with 4",
                                   "feed: ends with entry 4, the state says "
                                   "2"));
  state_.feed_sequence = 3;
  WriteState();
  Delete(NumberKey(Table::kFeed, 4));
  EXPECT_THAT(Check(),
              ElementsAre("feed: ends with entry 2, the state says 3"));
}

TEST_F(MatcherTableCheckTest, ADepartmentHasOneOpenPushAndOneInForce) {
  WriteAll();
  state_.next_push = 9;
  WriteState();
  WritePush(4, PushPhase::kIntent);
  WritePush(5, PushPhase::kCommitted);
  WritePush(6, PushPhase::kCommitted, 1);
  WritePush(7, PushPhase::kCommitted, 7);
  WritePush(9, PushPhase::kGivenUp);
  EXPECT_THAT(Check(),
              ElementsAre(HasSubstr("push 4: its department has another"),
                          HasSubstr("push 5: its department has another"),
                          "push 7: belongs to no department",
                          "push 9: its number was not given out"));
}

TEST_F(MatcherTableCheckTest, BatchesBelongToAnOpenPushWithoutAHole) {
  WriteAll();
  WriteBatchOf(2, 0);
  Delete(StagedBatchKey(3, 0));
  EXPECT_THAT(Check(),
              ElementsAre("batch 0 of push 2: its push is not open",
                          "batch 1 of push 3: a batch before it is missing"));
}

TEST_F(MatcherTableCheckTest, ThePolicyInForceIsThere) {
  WriteAll();
  state_.policy_version = 3;
  WriteState();
  EXPECT_THAT(Check(), ElementsAre("policy 3: is in force, and is not there"));
}

}  // namespace
}  // namespace samkoer::storage
