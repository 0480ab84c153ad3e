#include "matcher/participant.h"

#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

class ParticipantTest : public StateFixture {
 protected:
  ParticipantTest() {
    content_.unit = 1;
    content_.domain = samkoer::v1::DOMAIN_FAMILY;
    content_.case_ref = "F-17";
    content_.contact = "team-a";
    content_.opened_month = 202406;
    content_.protected_identity = true;
    // Not for coordinators.
    content_.birth_month = 200603;
    content_.criteria = {"break"};
  }
  samkoer::v1::Participant Shown(std::string_view department) {
    samkoer::v1::Participant participant;
    FillParticipant(state_, DepartmentNo(department), content_, participant);
    return participant;
  }
  storage::StoredContent content_;
};

TEST_F(ParticipantTest, ShowsTheCaseAndWhomToAsk) {
  const auto shown = Shown("family");
  EXPECT_EQ(shown.department(), "family");
  EXPECT_EQ(shown.department_name(), "Familieafdelingen");
  EXPECT_EQ(shown.unit(), "Tilbud");
  EXPECT_EQ(shown.domain(), samkoer::v1::DOMAIN_FAMILY);
  EXPECT_EQ(shown.case_ref(), "F-17");
  EXPECT_EQ(shown.contact(), "team-a");
  EXPECT_EQ(shown.since_month(), 202406u);
  EXPECT_TRUE(shown.protected_identity());
}

TEST_F(ParticipantTest, ADepartmentThatLeftThePolicyHasNoNameAnyMore) {
  samkoer::v1::Policy policy = ExamplePolicy();
  policy.set_version(4);
  policy.mutable_departments()->DeleteSubrange(0, 1);
  SAMKOER_ASSERT_OK(ChangePolicy(
      state_, tx_, std::make_shared<const CompiledPolicy>(Compiled(policy))));
  const auto shown = Shown("family");
  EXPECT_EQ(shown.department(), "family");
  EXPECT_TRUE(shown.department_name().empty());
  EXPECT_EQ(shown.unit(), "Tilbud");
}

TEST_F(ParticipantTest, AUnitKeepsItsNumberWhateverThePolicyPutsBeforeIt) {
  samkoer::v1::Policy policy = ExamplePolicy();
  policy.set_version(4);
  auto* units = policy.mutable_departments(0)->mutable_units();
  units->Add()->set_name("Akut");
  units->SwapElements(0, 2);
  SAMKOER_ASSERT_OK(ChangePolicy(
      state_, tx_, std::make_shared<const CompiledPolicy>(Compiled(policy))));
  EXPECT_EQ(Shown("family").unit(), "Tilbud");
}

}  // namespace
}  // namespace samkoer::matcher
