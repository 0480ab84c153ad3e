#include "matcher/names.h"

#include "proto/canonical_record.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

class NamesTest : public testing::Test {
 protected:
  NamesTest() {
    std::vector<storage::DepartmentRegistry::NewEntry> ignored;
    for (const char* id : {"gone", "shelter", "family"}) {
      storage::ValueOf(departments_.FindOrAdd(id, sealer_, ignored));
    }
  }
  RecordAttributes Attributes(std::uint16_t department,
                              const samkoer::v1::CaseRecord& record) {
    std::string canonical;
    proto::CanonicalRecord(record, canonical);
    auto content = storage::ValueOf(storage::ParseCanonicalTail(
        std::string_view(canonical).substr(storage::kCanonicalHeadBytes)));
    content.received_micros = 1'700'000'000'000'000;  // November 2023
    return storage::ValueOf(names_.Attributes(department, content));
  }
  samkoer::v1::CaseRecord Record(const char* unit) {
    return MakeRecord("a", "1", unit, samkoer::v1::DOMAIN_SOCIAL);
  }

  storage::ValueSealer sealer_ = storage::TestSealer();
  storage::DepartmentRegistry departments_;
  Names names_;
};

TEST_F(NamesTest, EqualTextsShareANumberPerDepartment) {
  EXPECT_EQ(Attributes(1, Record("Visitation")).unit,
            Attributes(1, Record("Visitation")).unit);
  EXPECT_NE(Attributes(1, Record("Visitation")).unit,
            Attributes(2, Record("Visitation")).unit);
  EXPECT_NE(Attributes(1, Record("Visitation")).unit,
            Attributes(1, Record("Safranvej")).unit);
}

TEST_F(NamesTest, AttributesAreWhatTheRecordSays) {
  auto record = Record("Visitation");
  record.set_coordinator_exists(true);
  RecordAttributes a = Attributes(1, record);
  EXPECT_EQ(a.department, 1);
  EXPECT_TRUE(a.open);
  EXPECT_TRUE(a.coordinator_exists);
  EXPECT_EQ(a.birth, M(200603));
  EXPECT_EQ(a.opened, M(202501));
  EXPECT_FALSE(a.closed.given());
  record.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  record.set_closed_month(202502);
  EXPECT_EQ(Attributes(1, record).closed, M(202502));
  // Not told: the month it was taken in.
  record.clear_closed_month();
  EXPECT_EQ(Attributes(1, record).closed, M(202311));
}

TEST_F(NamesTest, ABindingSaysWhatNumbersMeanUnderAPolicy) {
  const CompiledPolicy policy = Compiled(ExamplePolicy());
  const RecordAttributes visitation = Attributes(1, Record("Visitation"));
  PolicyBinding binding(policy, departments_, names_);
  CaseFacts facts = binding.Facts(visitation);
  EXPECT_EQ(facts.department, policy.FindDepartment("shelter"));
  EXPECT_EQ(facts.unit, policy.FindUnit(facts.department, "Visitation"));
  EXPECT_TRUE(facts.authority);
  // Numbers given later are taken in by Extend.
  const RecordAttributes provider = Attributes(1, Record("Safranvej"));
  const RecordAttributes gone = Attributes(0, Record("Visitation"));
  const RecordAttributes no_unit = Attributes(2, Record("Nedlagt"));
  binding.Extend();
  EXPECT_FALSE(binding.Facts(provider).authority);
  EXPECT_EQ(binding.Facts(gone).department, kUnknownIndex);
  EXPECT_EQ(binding.Facts(gone).unit, kUnknownIndex);
  EXPECT_EQ(binding.Facts(no_unit).unit, kUnknownIndex);
  EXPECT_FALSE(binding.Facts(no_unit).authority);
}

TEST_F(NamesTest, CriteriaBecomeThePolicysBits) {
  samkoer::v1::Policy proto = ExamplePolicy();
  proto.mutable_rules(0)->add_criteria("break");
  proto.mutable_rules(0)->add_criteria("shift");
  const CompiledPolicy policy = Compiled(proto);
  auto record = Record("Visitation");
  record.add_criteria("shift");
  record.add_criteria("unknown");
  const RecordAttributes a = Attributes(1, record);
  const PolicyBinding binding(policy, departments_, names_);
  EXPECT_EQ(binding.Facts(a).criteria,
            std::uint64_t{1} << *policy.CriterionBit("shift"));
}

}  // namespace
}  // namespace samkoer::matcher
