#include "matcher/coordination_facts.h"

#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

class CoordinationFactsTest : public StateFixture {
 protected:
  void Put(std::string_view department, const samkoer::v1::CaseRecord& record) {
    RecordChanges changes(state_, tx_);
    Upsert(changes, department, "p", record);
    Finish(changes);
    Write();
  }
  static samkoer::v1::CaseRecord Of(std::string_view ref, std::string_view unit,
                                    samkoer::v1::Domain domain,
                                    std::uint32_t birth = 200603) {
    return MakeRecord("p", ref, unit, domain, birth);
  }
};

TEST_F(CoordinationFactsTest, OpenCasesAreToldWithTheirUnitsAndNames) {
  auto record = Of("F-1", "Rådgivning", samkoer::v1::DOMAIN_FAMILY);
  record.set_opened_month(202403);
  Put("family", record);
  Put("family", Of("F-2", "Tilbud", samkoer::v1::DOMAIN_FAMILY));
  auto closed = Of("J-1", "Team Unge", samkoer::v1::DOMAIN_EMPLOYMENT);
  closed.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  Put("jobs", closed);
  const PersonFacts facts = GatherPersonFacts(state_, PersonOf("p"));
  ASSERT_EQ(facts.cases.size(), 2u);
  EXPECT_EQ(facts.birth, M(200603));
  const bool first = facts.cases[0].unit == "Rådgivning";
  const OpenCase& advice = facts.cases[first ? 0 : 1];
  const OpenCase& provider = facts.cases[first ? 1 : 0];
  EXPECT_EQ(advice.department, "family");
  EXPECT_EQ(advice.department_name, "Familieafdelingen");
  EXPECT_EQ(advice.domain, samkoer::v1::DOMAIN_FAMILY);
  EXPECT_EQ(advice.opened, M(202403));
  EXPECT_TRUE(advice.authority);
  EXPECT_EQ(provider.unit, "Tilbud");
  EXPECT_FALSE(provider.authority);
}

TEST_F(CoordinationFactsTest, TheBirthMonthIsTheOneThatMostCasesSay) {
  Put("family", Of("F-1", "Rådgivning", samkoer::v1::DOMAIN_FAMILY, 200605));
  EXPECT_EQ(GatherPersonFacts(state_, PersonOf("p")).birth, M(200605));
  Put("jobs", Of("J-1", "Team Unge", samkoer::v1::DOMAIN_EMPLOYMENT, 200603));
  EXPECT_EQ(GatherPersonFacts(state_, PersonOf("p")).birth, M(200603));
  Put("social", Of("S-1", "Voksne", samkoer::v1::DOMAIN_SOCIAL, 200605));
  EXPECT_EQ(GatherPersonFacts(state_, PersonOf("p")).birth, M(200605));
}

TEST_F(CoordinationFactsTest, AnOpenCaseIsFoundByItsOwnDepartmentOnly) {
  Put("family", Of("F-1", "Rådgivning", samkoer::v1::DOMAIN_FAMILY));
  auto closed = Of("J-1", "Team Unge", samkoer::v1::DOMAIN_EMPLOYMENT);
  closed.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  Put("jobs", closed);
  const PersonNo person = PersonOf("p");
  EXPECT_TRUE(HasOpenCase(state_, person));
  EXPECT_NE(FindOpenCase(state_, person, "family", "F-1"), kNone);
  EXPECT_EQ(FindOpenCase(state_, person, "jobs", "F-1"), kNone);
  EXPECT_EQ(FindOpenCase(state_, person, "jobs", "J-1"), kNone);
  EXPECT_EQ(FindOpenCase(state_, person, "family", "F-2"), kNone);
}

}  // namespace
}  // namespace samkoer::matcher
