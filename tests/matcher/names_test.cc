#include "matcher/names.h"

#include "proto/canonical_record.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

constexpr std::uint32_t kNovember2023 = 1'700'000'000;

class NamesTest : public testing::Test {
 protected:
  NamesTest() {
    std::vector<storage::DepartmentRegistry::Entry> ignored;
    const std::vector<std::string> units = {"Visitation", "Safranvej",
                                            "Rådgivning"};
    for (const char* id : {"gone", "shelter", "family"}) {
      storage::ValueOf(departments_.Add(id, units, sealer_, ignored));
    }
  }
  RecordAttributes Attributes(const char* department, const char* unit,
                              const samkoer::v1::CaseRecord& record) {
    std::string canonical;
    proto::CanonicalRecord(record, canonical);
    const auto content = storage::ValueOf(storage::ParseCanonicalTail(
        std::string_view(canonical).substr(storage::kCanonicalHeadBytes)));
    const std::uint16_t number = *departments_.Find(department);
    return names_.Attributes(number, *departments_.FindUnit(number, unit),
                             content, kNovember2023);
  }
  samkoer::v1::CaseRecord Record() {
    return MakeRecord("a", "1", "-", samkoer::v1::DOMAIN_SOCIAL);
  }

  storage::ValueSealer sealer_ = storage::TestSealer();
  storage::DepartmentRegistry departments_;
  Names names_;
};

TEST_F(NamesTest, AttributesAreWhatTheRecordSays) {
  auto record = Record();
  record.set_coordinator_exists(true);
  RecordAttributes a = Attributes("shelter", "Safranvej", record);
  EXPECT_EQ(a.department, 1);
  EXPECT_EQ(a.unit, 1);
  EXPECT_TRUE(a.open);
  EXPECT_TRUE(a.coordinator_exists);
  EXPECT_EQ(a.domain, samkoer::v1::DOMAIN_SOCIAL);
  EXPECT_EQ(a.birth, M(200603));
  EXPECT_EQ(a.opened, M(202501));
  EXPECT_EQ(a.criteria, 0u);
  EXPECT_FALSE(a.closed.given());
  record.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  record.set_closed_month(202502);
  EXPECT_EQ(Attributes("shelter", "Safranvej", record).closed, M(202502));
  // Not told: the month it was taken in.
  record.clear_closed_month();
  EXPECT_EQ(Attributes("shelter", "Safranvej", record).closed, M(202311));
}

TEST_F(NamesTest, EqualSetsOfCriteriaShareANumber) {
  auto ab = Record(), ba = Record(), a = Record();
  ab.add_criteria("a");
  ab.add_criteria("b");
  ba.add_criteria("b");
  ba.add_criteria("a");
  a.add_criteria("a");
  const auto number = [&](const samkoer::v1::CaseRecord& r) {
    return Attributes("family", "Rådgivning", r).criteria;
  };
  EXPECT_EQ(number(ab), number(ba));
  EXPECT_NE(number(ab), number(a));
  EXPECT_NE(number(a), 0u);
}

TEST_F(NamesTest, ABindingSaysWhatNumbersMeanUnderAPolicy) {
  const CompiledPolicy policy = Compiled(ExamplePolicy());
  const PolicyBinding binding(policy, departments_, names_);
  const auto facts = [&](const char* department, const char* unit) {
    return binding.Facts(Attributes(department, unit, Record()));
  };
  const CaseFacts visitation = facts("shelter", "Visitation");
  EXPECT_EQ(visitation.department, policy.FindDepartment("shelter"));
  EXPECT_EQ(visitation.unit,
            policy.FindUnit(visitation.department, "Visitation"));
  EXPECT_TRUE(visitation.authority);
  EXPECT_TRUE(visitation.open);
  EXPECT_EQ(visitation.birth, M(200603));
  EXPECT_EQ(visitation.opened, M(202501));
  EXPECT_FALSE(facts("shelter", "Safranvej").authority);
  // A department, and a unit, that the policy does not have.
  EXPECT_EQ(facts("gone", "Visitation").department, kUnknownIndex);
  EXPECT_EQ(facts("gone", "Visitation").unit, kUnknownIndex);
  EXPECT_EQ(facts("family", "Visitation").unit, kUnknownIndex);
  EXPECT_FALSE(facts("family", "Visitation").authority);
}

TEST_F(NamesTest, CriteriaBecomeThePolicysBits) {
  samkoer::v1::Policy proto = ExamplePolicy();
  proto.mutable_rules(0)->add_criteria("break");
  proto.mutable_rules(0)->add_criteria("shift");
  const CompiledPolicy policy = Compiled(proto);
  PolicyBinding binding(policy, departments_, names_);
  // Numbered after the binding was made: taken in by Extend.
  auto record = Record();
  record.add_criteria("shift");
  record.add_criteria("unknown");
  const RecordAttributes a = Attributes("family", "Rådgivning", record);
  binding.Extend();
  EXPECT_EQ(binding.Facts(a).criteria,
            std::uint64_t{1} << *policy.CriterionBit("shift"));
}

}  // namespace
}  // namespace samkoer::matcher
