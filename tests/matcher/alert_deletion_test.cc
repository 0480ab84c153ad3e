#include "matcher/alert_deletion.h"

#include <set>

#include "matcher/alert_id.h"
#include "matcher/alert_reader.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using storage::ValueOf;

class AlertDeletionTest : public StateFixture {
 protected:
  samkoer::v1::FeedEntry Entry(std::uint64_t sequence) {
    crypto::Hash16 subject;
    return ValueOf(
        AlertReader(engine_, sealer_).GetFeedEntry(sequence, subject));
  }
  // Every person of `names` loses the alert, as one command.
  void Delete(const std::vector<std::string>& names,
              samkoer::v1::TombstoneCause cause) {
    std::vector<PersonNo> persons;
    for (const std::string& name : names) persons.push_back(PersonOf(name));
    SAMKOER_ASSERT_OK(DeleteAlerts(state_, tx_, persons, cause));
    Write();
  }
};

TEST_F(AlertDeletionTest, TheAlertGoesAndTheFeedTellsOfIt) {
  AddPersons(0, 2);
  Write();
  const PersonNo person = PersonOf("p1");
  const AlertInfo info = *state_.index.FindAlert(person);
  Delete({"p1"}, samkoer::v1::TOMBSTONE_CAUSE_RETENTION);
  EXPECT_EQ(state_.index.FindAlert(person), nullptr);
  EXPECT_EQ(state_.index.FindAlertId(info.id), kNone);
  EXPECT_TRUE(absl::IsNotFound(
      AlertReader(engine_, sealer_).Head(info.number).status()));
  ASSERT_EQ(state_.state.feed_sequence, 4u);
  const auto entry = Entry(4);
  EXPECT_FALSE(entry.has_alert());
  EXPECT_EQ(entry.tombstone().alert_id(), FormatAlertId(info.id));
  EXPECT_EQ(entry.tombstone().cause(), samkoer::v1::TOMBSTONE_CAUSE_RETENTION);
}

TEST_F(AlertDeletionTest, ItsEntriesKeepNumberAndTimeAndTheOthersEverything) {
  AddPersons(0, 40);
  Write();
  {
    RecordChanges changes(state_, tx_);
    UpsertJobs(changes, "p7", "J-again");
    Finish(changes);
  }
  Write();
  const std::uint64_t last = state_.state.feed_sequence;
  ASSERT_EQ(last, 42u);
  const std::string gone =
      FormatAlertId(state_.index.FindAlert(PersonOf("p7"))->id);
  std::vector<std::string> before;
  for (std::uint64_t n = 1; n <= last; ++n) {
    before.push_back(Entry(n).SerializeAsString());
  }
  Delete({"p7"}, samkoer::v1::TOMBSTONE_CAUSE_ERASURE);
  int emptied = 0;
  for (std::uint64_t n = 1; n <= last; ++n) {
    samkoer::v1::FeedEntry was;
    ASSERT_TRUE(was.ParseFromString(before[n - 1]));
    const auto now = Entry(n);
    EXPECT_EQ(now.time().seconds(), was.time().seconds());
    if (was.alert().alert_id() == gone) {
      ++emptied;
      EXPECT_FALSE(now.has_alert());
      EXPECT_FALSE(now.has_tombstone());
    } else {
      EXPECT_EQ(now.SerializeAsString(), before[n - 1]);
    }
  }
  EXPECT_EQ(emptied, 2);
}

TEST_F(AlertDeletionTest, ManyGoInOneCommandEachWithItsTombstone) {
  AddPersons(0, 69);
  Write();
  std::vector<std::string> names;
  std::set<std::string> ids;
  for (int n = 0; n < 70; n += 2) {
    names.push_back("p" + std::to_string(n));
    ids.insert(
        FormatAlertId(state_.index.FindAlert(PersonOf(names.back()))->id));
  }
  Delete(names, samkoer::v1::TOMBSTONE_CAUSE_ERASURE);
  ASSERT_EQ(state_.state.feed_sequence, 70u + 35u);
  std::set<std::string> told;
  for (std::uint64_t n = 71; n <= 105; ++n) {
    told.insert(Entry(n).tombstone().alert_id());
  }
  EXPECT_EQ(told, ids);
}

}  // namespace
}  // namespace samkoer::matcher
