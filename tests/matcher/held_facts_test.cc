#include "matcher/held_facts.h"

#include <gmock/gmock.h>

#include "tests/matcher/example_policy.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Domain;
using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;
using samkoer::v1::DOMAIN_HOUSING_ECONOMY;
using samkoer::v1::DOMAIN_SOCIAL;
using testing::ElementsAre;
using testing::IsEmpty;

class LegalBasesForTest : public testing::Test {
 protected:
  std::vector<std::string> Ids(std::string_view department, Domain domain,
                               std::uint32_t birth,
                               std::uint32_t as_of = 202611) {
    std::vector<std::string> ids;
    for (const auto& basis :
         LegalBasesFor(policy_, policy_.FindDepartment(department), domain,
                       M(birth), M(as_of))) {
      ids.push_back(basis.id());
    }
    return ids;
  }

  CompiledPolicy policy_ = Compiled(ExamplePolicy());
};

TEST_F(LegalBasesForTest, TheDomainTheDepartmentAndTheAgeDecide) {
  EXPECT_THAT(Ids("family", DOMAIN_FAMILY, 200603), ElementsAre("main"));
  EXPECT_THAT(Ids("social", DOMAIN_HOUSING_ECONOMY, 200603),
              ElementsAre("housing"));
  EXPECT_THAT(Ids("social", DOMAIN_HOUSING_ECONOMY, 198303),
              ElementsAre("housing-later"));
  EXPECT_THAT(Ids("social", DOMAIN_HOUSING_ECONOMY, 199603), IsEmpty());
  // The department may not send the domain.
  EXPECT_THAT(Ids("family", DOMAIN_EMPLOYMENT, 200603), IsEmpty());
  EXPECT_THAT(Ids("nobody", DOMAIN_FAMILY, 200603), IsEmpty());
  EXPECT_THAT(Ids("family", DOMAIN_FAMILY, 0), IsEmpty());
}

TEST_F(LegalBasesForTest, SeveralStandInThePolicysOrderWithTheirTexts) {
  auto policy = ExamplePolicy();
  auto& more = *policy.add_legal_bases();
  more.set_id("kui");
  more.set_text("Lov om kommunal indsats § 15 d");
  more.add_domains(DOMAIN_FAMILY);
  more.add_departments("family");
  more.set_age_from(15);
  more.set_age_below(25);
  policy_ = Compiled(policy);
  const auto bases =
      LegalBasesFor(policy_, 0, DOMAIN_FAMILY, M(200603), M(202611));
  ASSERT_EQ(bases.size(), 2u);
  EXPECT_EQ(bases[0].id(), "main");
  EXPECT_EQ(bases[1].id(), "kui");
  EXPECT_EQ(bases[1].text(), "Lov om kommunal indsats § 15 d");
}

TEST_F(LegalBasesForTest, ThereIsOneExactlyWhereThePolicyPermits) {
  for (std::uint16_t d = 0; d <= policy_.proto().departments_size(); ++d) {
    for (int domain = 0; domain < static_cast<int>(kDomainCount); ++domain) {
      for (int months = 0; months < 55 * 12; ++months) {
        const Month birth = Month::FromCount(M(202611).count() - months);
        const auto as_domain = static_cast<Domain>(domain);
        ASSERT_EQ(
            !LegalBasesFor(policy_, d, as_domain, birth, M(202611)).empty(),
            policy_.Permitted(d, as_domain, birth, M(202611)))
            << d << " " << domain << " " << months;
      }
    }
  }
}

}  // namespace
}  // namespace samkoer::matcher
