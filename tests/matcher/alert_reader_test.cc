#include "matcher/alert_reader.h"

#include "matcher/alert_id.h"
#include "storage/key_layout.h"
#include "storage/person_table.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::Table;
using storage::ValueOf;

class AlertReaderTest : public StateFixture {
 protected:
  // One command's persons, each with an alert.
  void AddAlerts(int first, int last) {
    AddPersons(first, last);
    Write();
  }
  std::vector<std::uint64_t> NumbersBelow(std::uint64_t before) {
    std::vector<std::uint64_t> numbers;
    SAMKOER_EXPECT_OK(AlertReader(engine_, sealer_)
                          .Scan(before, [&](const storage::StoredAlert& head) {
                            numbers.push_back(head.number);
                            return true;
                          }));
    return numbers;
  }
  const AlertInfo& InfoOf(std::string_view person) {
    return *state_.index.FindAlert(PersonOf(person));
  }
};

TEST_F(AlertReaderTest, AHeadLeadsToItsAlert) {
  AddAlerts(0, 99);
  AlertReader reader(engine_, sealer_);
  for (const char* person : {"p0", "p63", "p99"}) {
    const AlertInfo& info = InfoOf(person);
    const auto head = ValueOf(reader.Head(info.number));
    EXPECT_EQ(head.alert_id, info.id);
    const auto alert = ValueOf(reader.Open(head));
    EXPECT_EQ(alert.alert_id(), FormatAlertId(info.id));
    const std::string n(person + 1);
    EXPECT_EQ(Cases(alert), "family F-" + n + ", jobs J-" + n);
  }
  EXPECT_TRUE(absl::IsNotFound(reader.Head(101).status()));
  EXPECT_TRUE(absl::IsNotFound(reader.Head(100'000).status()));
}

TEST_F(AlertReaderTest, AScanGoesFromTheNewestAndBeginsBelowANumber) {
  AddAlerts(0, 129);
  std::vector<std::uint64_t> all;
  for (std::uint64_t n = 130; n > 0; --n) all.push_back(n);
  EXPECT_EQ(NumbersBelow(0), all);
  // In the middle of a block, at its edges, and at the end.
  for (const std::uint64_t before : {131, 130, 129, 128, 127, 65, 64, 63, 2}) {
    EXPECT_EQ(NumbersBelow(before),
              std::vector<std::uint64_t>(all.end() - (before - 1), all.end()))
        << before;
  }
  EXPECT_TRUE(NumbersBelow(1).empty());
  std::size_t seen = 0;
  SAMKOER_EXPECT_OK(AlertReader(engine_, sealer_).Scan(0, [&](const auto&) {
    return ++seen < 5;
  }));
  EXPECT_EQ(seen, 5u);
}

TEST_F(AlertReaderTest, TheFeedIsReadAcrossItsPages) {
  AddAlerts(0, 40);
  AddAlerts(41, 41);
  AlertReader reader(engine_, sealer_);
  std::uint64_t number = 0;
  for (const std::uint64_t sequence : {1, 2, 32, 33, 41, 42, 3}) {
    crypto::Hash16 subject;
    const auto entry = ValueOf(reader.GetFeedEntry(sequence, subject));
    EXPECT_EQ(entry.sequence(), sequence);
    ASSERT_TRUE(entry.has_alert());
    number = ValueOf(ParseAlertId(entry.alert().alert_id()));
    const PersonNo person = state_.index.FindAlertId(number);
    EXPECT_EQ(subject, state_.index.person(person).subject_id());
  }
  crypto::Hash16 subject;
  EXPECT_TRUE(absl::IsNotFound(reader.GetFeedEntry(43, subject).status()));
  EXPECT_TRUE(absl::IsNotFound(reader.GetFeedEntry(0, subject).status()));
}

TEST_F(AlertReaderTest, AnAlertIsItsLastFeedEntry) {
  AddAlerts(0, 0);
  {
    RecordChanges changes(state_, tx_);
    UpsertJobs(changes, "p0", "J-9");
    Finish(changes);
  }
  Write();
  AlertReader reader(engine_, sealer_);
  crypto::Hash16 subject;
  EXPECT_EQ(Cases(ValueOf(reader.GetFeedEntry(1, subject)).alert()),
            "family F-0, jobs J-0");
  EXPECT_EQ(Cases(ValueOf(reader.Open(ValueOf(reader.Head(1))))),
            "family F-0, jobs J-0, jobs J-9");
}

// A reader's snapshot never mixes; a damaged store may.
TEST_F(AlertReaderTest, AnAlertOfAPersonNumberGivenToAnotherIsDataLoss) {
  AddAlerts(0, 0);
  const std::string key = NumberKey(Table::kPersonBlock, 0);
  const PersonNo number = PersonOf("p0");
  std::vector<storage::StoredPerson> persons(1);
  persons[0].slot = static_cast<std::uint8_t>(number);
  persons[0].data_key = storage::TestKey(9);
  storage::WriteBatch batch;
  batch.Put(key,
            sealer_.Seal(key, storage::EncodePersonBlock(persons).Expose()));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  AlertReader reader(engine_, sealer_);
  EXPECT_TRUE(absl::IsDataLoss(reader.Open(ValueOf(reader.Head(1))).status()));
  crypto::Hash16 subject;
  EXPECT_TRUE(absl::IsDataLoss(reader.GetFeedEntry(1, subject).status()));
}

TEST_F(AlertReaderTest, AnEntryWhoseHeadIsMissingIsDataLoss) {
  AddAlerts(0, 0);
  storage::WriteBatch batch;
  batch.Delete(NumberKey(Table::kAlert, 0));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  AlertReader reader(engine_, sealer_);
  crypto::Hash16 subject;
  EXPECT_TRUE(absl::IsDataLoss(reader.GetFeedEntry(1, subject).status()));
}

}  // namespace
}  // namespace samkoer::matcher
