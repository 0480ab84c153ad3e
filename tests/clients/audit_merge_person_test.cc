#include "clients/audit/merge_person.h"
#include "gtest/gtest.h"

namespace samkoer::clients {
namespace {

v1::LookUpPersonResponse Known(char subject, const std::string& alert,
                               std::uint64_t leaf) {
  v1::LookUpPersonResponse person;
  person.set_known(true);
  person.set_subject_id(std::string(16, subject));
  person.add_records()->mutable_participant()->set_case_ref("F-" + alert);
  person.mutable_alert()->set_alert_id(alert);
  auto* step = person.mutable_alert()->add_history();
  step->set_event("opened");
  step->set_note("ring");
  person.add_accesses()->set_leaf_index(leaf);
  person.add_accesses()->set_leaf_index(leaf + 10);
  person.set_alert_deleted_on("2027-01-01");
  return person;
}
v1::LookUpPersonResponse Unknown() {
  v1::LookUpPersonResponse person;
  person.set_subject_id(std::string(16, 'u'));
  person.set_policy_version(3);
  return person;
}

TEST(MergePersonTest, AnObjectionUnderEitherKeyIsShown) {
  for (const bool in_newer : {false, true}) {
    v1::LookUpPersonResponse newer = Unknown(), older = Unknown();
    (in_newer ? newer : older).set_objection(true);
    MergePerson(older, newer);
    EXPECT_TRUE(newer.objection());
    EXPECT_FALSE(newer.known());
  }
}

TEST(MergePersonTest, WhoIsKnownUnderTheOlderKeyOnlyIsToldWhole) {
  v1::LookUpPersonResponse person = Unknown();
  person.set_objection(true);
  MergePerson(Known('o', "A-OLD", 7), person);
  EXPECT_TRUE(person.known());
  EXPECT_TRUE(person.objection());
  EXPECT_EQ(person.subject_id(), std::string(16, 'o'));
  EXPECT_EQ(person.alert().alert_id(), "A-OLD");
  EXPECT_EQ(person.alert_deleted_on(), "2027-01-01");
  EXPECT_EQ(person.records_size(), 1);
  EXPECT_EQ(person.accesses_size(), 2);
  EXPECT_EQ(person.policy_version(), 3u);
}

TEST(MergePersonTest, TwoWhoAreKnownAreToldTogether) {
  v1::LookUpPersonResponse person = Known('n', "A-NEW", 8);
  v1::LookUpPersonResponse older = Known('o', "A-OLD", 7);
  older.add_accesses()->set_leaf_index(8);  // one leaf that names both
  older.set_accesses_cut(true);
  MergePerson(older, person);
  EXPECT_EQ(person.records_size(), 2);
  EXPECT_EQ(person.subject_id(), std::string(16, 'n'));
  EXPECT_EQ(person.alert().alert_id(), "A-NEW");
  ASSERT_EQ(person.alert().history_size(), 2);
  EXPECT_EQ(person.alert().history(1).note(), "A-OLD: ring");
  std::vector<std::uint64_t> leaves;
  for (const auto& access : person.accesses()) {
    leaves.push_back(access.leaf_index());
  }
  EXPECT_EQ(leaves, (std::vector<std::uint64_t>{7, 8, 17, 18}));
  EXPECT_TRUE(person.accesses_cut());
}

TEST(MergePersonTest, OnePersonFoundByBothKeysIsToldOnce) {
  v1::LookUpPersonResponse person = Known('n', "A-NEW", 8);
  v1::LookUpPersonResponse again = person;
  again.set_objection(true);
  MergePerson(again, person);
  EXPECT_EQ(person.records_size(), 1);
  EXPECT_EQ(person.accesses_size(), 2);
  EXPECT_EQ(person.alert().history_size(), 1);
  EXPECT_TRUE(person.objection());
}

TEST(MergePersonTest, WhatOnlyTheNewerKnowsStays) {
  v1::LookUpPersonResponse person = Known('n', "A-NEW", 8);
  const std::string before = person.SerializeAsString();
  MergePerson(Unknown(), person);
  EXPECT_EQ(person.SerializeAsString(), before);
}

}  // namespace
}  // namespace samkoer::clients
