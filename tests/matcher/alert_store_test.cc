#include "matcher/alert_store.h"

#include "matcher/alert_id.h"
#include "matcher/alert_lifecycle.h"
#include "storage/key_layout.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::Table;
using storage::ValueOf;

class AlertStoreTest : public StateFixture {
 protected:
  PersonNo AddPerson(int n) {
    RecordChanges changes(state_, tx_);
    const std::string name = "p" + std::to_string(n);
    UpsertFamily(changes, name, "F-" + std::to_string(n));
    Finish(changes);
    return PersonOf(name);
  }
  // A change to an alert of the person that nobody has seen yet.
  AlertChange Change(PersonNo person, std::vector<std::string> departments,
                     const std::string& text = "F-1") {
    AlertInfo info;
    if (state_.index.person(person).has_alert) {
      info = *state_.index.FindAlert(person);
    } else {
      info.number = state_.state.next_alert++;
      info.id = info.number;
    }
    samkoer::v1::Alert alert;
    alert.set_alert_id(FormatAlertId(info.id));
    alert.set_state(samkoer::v1::ALERT_STATE_OFFERED);
    alert.mutable_updated()->set_seconds(1'700'000'000);
    alert.mutable_updated()->set_nanos(5000);
    for (const std::string& department : departments) {
      auto* participant = alert.add_participants();
      participant->set_department(department);
      participant->set_case_ref(text);
    }
    return MakeAlertChange(state_, person, info, alert);
  }
  void Stage(AlertChange change) {
    StageAlertChanges(state_, tx_, {&change, 1});
  }
  samkoer::v1::Alert Loaded(PersonNo person) {
    samkoer::v1::Alert alert;
    SAMKOER_EXPECT_OK(AlertLoader(state_, tx_).Load(person, alert));
    return alert;
  }
};

TEST_F(AlertStoreTest, AHandoverThatWaitsIsSeenFromTheHead) {
  samkoer::v1::Alert alert;
  AlertInfo info;
  DescribeAlert(state_, alert, info);
  EXPECT_EQ(info.flags, 0);
  auto& handover = *alert.mutable_coordination()->add_handovers();
  handover.set_role(samkoer::v1::HANDOVER_ROLE_GUIDE);
  handover.set_state(samkoer::v1::HANDOVER_STATE_REQUESTED);
  DescribeAlert(state_, alert, info);
  EXPECT_EQ(info.flags,
            storage::kAlertCoordinated | storage::kAlertHandoverWaits);
  handover.set_state(samkoer::v1::HANDOVER_STATE_ACCEPTED);
  DescribeAlert(state_, alert, info);
  EXPECT_EQ(info.flags, storage::kAlertCoordinated);
}

TEST_F(AlertStoreTest, TheIndexKnowsOfAnAlertWhatListsNeed) {
  const PersonNo person = AddPerson(1);
  // Departments as alerts order them; the registry numbers them otherwise.
  Stage(Change(person, {"family", "family", "jobs", "social"}));
  const AlertInfo& info = *state_.index.FindAlert(person);
  EXPECT_EQ(info.state, samkoer::v1::ALERT_STATE_OFFERED);
  EXPECT_EQ(info.updated_micros, 1'700'000'000'000'005);
  ASSERT_EQ(info.departments.size(), 3u);
  EXPECT_TRUE(std::is_sorted(info.departments.begin(), info.departments.end()));
  EXPECT_EQ(info.departments[0], DepartmentNo("family"));
}

TEST_F(AlertStoreTest, AnAlertIsReadBeforeAndAfterItIsDurable) {
  const PersonNo person = AddPerson(1);
  Stage(Change(person, {"family"}));
  EXPECT_EQ(Loaded(person).participants(0).case_ref(), "F-1");
  Write();
  EXPECT_EQ(Loaded(person).participants(0).case_ref(), "F-1");
  // A later change is what counts, also in the same group.
  Stage(Change(person, {"family"}, "F-2"));
  Stage(Change(person, {"family"}, "F-3"));
  EXPECT_EQ(Loaded(person).participants(0).case_ref(), "F-3");
  EXPECT_EQ(state_.state.feed_sequence, 3u);
}

TEST_F(AlertStoreTest, ManyChangesFillPagesInOrder) {
  std::vector<PersonNo> persons;
  for (int n = 0; n < 70; ++n) persons.push_back(AddPerson(n));
  state_.state.feed_sequence = 9;
  std::vector<AlertChange> changes;
  for (int n = 0; n < 70; ++n) {
    changes.push_back(Change(persons[n], {"family"}, "F-" + std::to_string(n)));
  }
  StageAlertChanges(state_, tx_, changes);
  Write();
  EXPECT_EQ(state_.state.feed_sequence, 79u);
  std::vector<std::size_t> sizes;
  for (const std::uint64_t first : {10, 42, 74}) {
    const std::string key = NumberKey(Table::kFeed, first);
    const std::string plaintext =
        ValueOf(sealer_.Open(key, ValueOf(engine_.Get(key))));
    const auto page = ValueOf(storage::DecodeFeedPage(plaintext));
    EXPECT_EQ(page.time_micros, ToMicros(tx_.now()));
    sizes.push_back(page.entries.size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{32, 32, 6}));
  for (int n = 0; n < 70; ++n) {
    EXPECT_EQ(Loaded(persons[n]).participants(0).case_ref(),
              "F-" + std::to_string(n));
  }
}

TEST_F(AlertStoreTest, AnotherPersonsKeyDoesNotOpenAnAlert) {
  const PersonNo a = AddPerson(1), b = AddPerson(2);
  Stage(Change(a, {"family"}));
  Stage(Change(b, {"family"}));
  Write();
  // As if the heads of two alerts were mixed up.
  AlertInfo mixed = *state_.index.FindAlert(a);
  mixed.place = state_.index.FindAlert(b)->place;
  state_.index.PutAlert(a, mixed);
  samkoer::v1::Alert alert;
  EXPECT_TRUE(absl::IsDataLoss(AlertLoader(state_, tx_).Load(a, alert)));
}

TEST_F(AlertStoreTest, AnAlertThatTheFeedHasLostIsNoEmptyAlert) {
  const PersonNo person = AddPerson(1);
  Stage(Change(person, {"family"}));
  Write();
  storage::WriteBatch batch;
  batch.Delete(NumberKey(Table::kFeed, state_.state.feed_sequence));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  samkoer::v1::Alert alert;
  EXPECT_FALSE(AlertLoader(state_, tx_).Load(person, alert).ok());
}

}  // namespace
}  // namespace samkoer::matcher
