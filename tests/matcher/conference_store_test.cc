#include "matcher/conference_store.h"

#include <gtest/gtest.h>

#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using storage::StoredConference;
using storage::ValueOf;

class ConferenceStoreTest : public StateFixture {
 protected:
  static StoredConference Named(const std::string& place) {
    StoredConference held;
    held.conference.mutable_details()->set_place(place);
    held.conference.set_state(samkoer::v1::CONFERENCE_STATE_PLANNED);
    return held;
  }
};

TEST_F(ConferenceStoreTest, AnIdIsReadAsItIsSaid) {
  const std::string id = FormatConferenceId(0x12'3456'789A);
  EXPECT_EQ(id.substr(0, 2), "K-");
  EXPECT_EQ(ValueOf(ParseConferenceId(id)), 0x12'3456'789Au);
  std::string said = "k" + id.substr(2, 4) + id.substr(7);
  EXPECT_EQ(ValueOf(ParseConferenceId(said)), 0x12'3456'789Au);
  for (const std::string& wrong :
       {std::string(), "A" + id.substr(1), id + "0", std::string("K")}) {
    EXPECT_TRUE(absl::IsNotFound(ParseConferenceId(wrong).status())) << wrong;
  }
}

TEST_F(ConferenceStoreTest, WhatIsPutIsSeenAtOnceAndListedOnceItIsDurable) {
  PutConference(state_, tx_, 7, Named("Rådhuset"));
  EXPECT_EQ(
      ValueOf(LoadConference(state_, tx_, 7)).conference.details().place(),
      "Rådhuset");
  EXPECT_TRUE(ValueOf(LoadConferences(state_)).empty());
  Write();
  PutConference(state_, tx_, 9, Named("Skolen"));
  EXPECT_EQ(ValueOf(LoadConferences(state_)).size(), 1u);
  Write();
  EXPECT_EQ(ValueOf(LoadConferences(state_)).size(), 2u);
  EXPECT_TRUE(absl::IsNotFound(LoadConference(state_, tx_, 8).status()));
}

TEST_F(ConferenceStoreTest, AnAgendaLeavesOutWhoHasNoSeat) {
  AddPersons(0, 2);
  Write();
  StoredConference held = Named("");
  held.alerts = {state_.index.FindAlert(PersonOf("p1"))->id, 12345};
  EXPECT_TRUE(ValueOf(LoadAgenda(state_, tx_, held)).empty());
  // One that was held keeps whoever was there, and is still known.
  held.conference.set_state(samkoer::v1::CONFERENCE_STATE_HELD);
  const auto agenda = ValueOf(LoadAgenda(state_, tx_, held));
  ASSERT_EQ(agenda.size(), 1u);
  EXPECT_EQ(agenda[0].person, PersonOf("p1"));
}

}  // namespace
}  // namespace samkoer::matcher
