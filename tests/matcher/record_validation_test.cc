// CPR-shaped numbers here are fictional: they fail modulus 11.
#include "matcher/record_validation.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/matcher/example_policy.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::CaseRecord;
using samkoer::v1::PUSH_KIND_DELTA;
using samkoer::v1::PUSH_KIND_SNAPSHOT;
using samkoer::v1::RecordBatch;
using testing::HasSubstr;

constexpr std::uint16_t kSocial = 2;

samkoer::v1::Policy PolicyWithCriteria() {
  samkoer::v1::Policy policy = ExamplePolicy();
  for (int i = 0; i < 20; ++i) {
    policy.mutable_rules(0)->add_criteria("c" + std::to_string(i));
  }
  return policy;
}

CaseRecord SoundRecord(char person = 'p', const std::string& ref = "S-1/26") {
  CaseRecord record;
  record.set_pseudonym(std::string(64, person));
  record.set_case_ref(ref);
  record.set_unit("Voksne");
  record.set_domain(samkoer::v1::DOMAIN_SOCIAL);
  record.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  record.set_opened_month(202504);
  record.set_closed_month(202611);
  record.set_birth_month(200804);
  record.add_criteria("c1");
  record.add_criteria("c0");
  record.set_consent(samkoer::v1::CONSENT_REFUSED);
  record.mutable_plan()->set_owner_unit("UU");
  record.mutable_plan()->set_last_review_month(202611);
  record.set_contact("Voksenteam, tlf. 8787");
  return record;
}

class RecordValidationTest : public testing::Test {
 protected:
  absl::Status Validate(samkoer::v1::PushKind kind = PUSH_KIND_SNAPSHOT) const {
    return ValidateBatch(batch_, policy_, kSocial, D("2026-11-02"), kind);
  }
  void ExpectRefused(const std::string& what,
                     samkoer::v1::PushKind kind = PUSH_KIND_SNAPSHOT) const {
    const absl::Status status = Validate(kind);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << what;
    EXPECT_THAT(std::string(status.message()), HasSubstr(what));
  }

  const CompiledPolicy policy_ = Compiled(PolicyWithCriteria());
  RecordBatch batch_;
};

struct Breakage {
  std::string field;
  std::function<void(CaseRecord&)> how;
};

std::vector<Breakage> Breakages() {
  const auto text = [](auto set) {
    std::vector<std::function<void(CaseRecord&)>> ways;
    for (const std::string& bad :
         {std::string(65, 'x'), std::string("a\nb"), std::string("a\x7f"),
          std::string("\xff"), std::string("130402-1235"),
          std::string("sag 1304021235")}) {
      ways.push_back([=](CaseRecord& r) { set(r, bad); });
    }
    return ways;
  };
  std::vector<Breakage> breakages = {
      {"pseudonym", [](CaseRecord& r) { r.clear_pseudonym(); }},
      {"pseudonym",
       [](CaseRecord& r) { r.set_pseudonym(std::string(63, 'a')); }},
      {"pseudonym",
       [](CaseRecord& r) { r.set_pseudonym(std::string(65, 'a')); }},
      {"case_ref", [](CaseRecord& r) { r.clear_case_ref(); }},
      {"unit", [](CaseRecord& r) { r.clear_unit(); }},
      {"unit", [](CaseRecord& r) { r.set_unit("Team Unge"); }},
      {"domain", [](CaseRecord& r) { r.clear_domain(); }},
      {"domain",
       [](CaseRecord& r) { r.set_domain(samkoer::v1::DOMAIN_FAMILY); }},
      {"domain",
       [](CaseRecord& r) {
         r.set_domain(static_cast<samkoer::v1::Domain>(99));
       }},
      {"status", [](CaseRecord& r) { r.clear_status(); }},
      {"status",
       [](CaseRecord& r) {
         r.set_status(static_cast<samkoer::v1::CaseStatus>(3));
       }},
      {"opened_month", [](CaseRecord& r) { r.set_opened_month(202513); }},
      {"opened_month",
       [](CaseRecord& r) {
         r.set_closed_month(0);
         r.set_opened_month(202612);
       }},
      {"closed_month", [](CaseRecord& r) { r.set_closed_month(20261102); }},
      {"closed_month", [](CaseRecord& r) { r.set_closed_month(202612); }},
      {"closed_month", [](CaseRecord& r) { r.set_closed_month(202503); }},
      {"closed_month",
       [](CaseRecord& r) { r.set_status(samkoer::v1::CASE_STATUS_OPEN); }},
      {"birth_month", [](CaseRecord& r) { r.clear_birth_month(); }},
      {"birth_month", [](CaseRecord& r) { r.set_birth_month(200800); }},
      {"birth_month", [](CaseRecord& r) { r.set_birth_month(202612); }},
      {"birth_month", [](CaseRecord& r) { r.set_birth_month(199610); }},
      {"birth_month", [](CaseRecord& r) { r.set_birth_month(201312); }},
      {"criteria", [](CaseRecord& r) { r.add_criteria("unknown"); }},
      {"criteria", [](CaseRecord& r) { r.add_criteria("c1"); }},
      {"criteria",
       [](CaseRecord& r) {
         r.clear_criteria();
         for (int i = 0; i < 17; ++i) r.add_criteria("c" + std::to_string(i));
       }},
      {"consent",
       [](CaseRecord& r) {
         r.set_consent(static_cast<samkoer::v1::Consent>(3));
       }},
      {"plan.last_review_month",
       [](CaseRecord& r) { r.mutable_plan()->set_last_review_month(202612); }},
      {"plan.last_review_month",
       [](CaseRecord& r) { r.mutable_plan()->set_last_review_month(7); }},
  };
  for (auto& how : text([](CaseRecord&r, auto&s) { r.set_case_ref(s); })) {
    breakages.push_back({"case_ref", how});
  }
  for (auto& how : text([](CaseRecord&r, auto&s) { r.set_contact(s); })) {
    breakages.push_back({"contact", how});
  }
  for (auto& how : text(
           [](CaseRecord&r, auto&s) { r.mutable_plan()->set_owner_unit(s); })) {
    breakages.push_back({"plan.owner_unit", how});
  }
  return breakages;
}

TEST_F(RecordValidationTest, SoundBatchesPass) {
  EXPECT_TRUE(Validate().ok());
  *batch_.add_records() = SoundRecord();
  CaseRecord& bare = *batch_.add_records();
  bare = SoundRecord('q', "S-2/26");
  bare.set_status(samkoer::v1::CASE_STATUS_OPEN);
  bare.clear_opened_month();
  bare.clear_closed_month();
  bare.clear_criteria();
  bare.clear_consent();
  bare.clear_plan();
  bare.clear_contact();
  EXPECT_TRUE(Validate().ok()) << Validate();
  batch_.add_withdrawn_case_refs("S-3/26");
  EXPECT_TRUE(Validate(PUSH_KIND_DELTA).ok());
}

TEST_F(RecordValidationTest, EachBreakageNamesBatchRecordAndField) {
  batch_.set_number(3);
  *batch_.add_records() = SoundRecord('q', "S-2/26");
  batch_.add_records();
  int number = 0;
  for (const Breakage& breakage : Breakages()) {
    CaseRecord record = SoundRecord();
    breakage.how(record);
    *batch_.mutable_records(1) = record;
    const absl::Status status = Validate();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument)
        << number << " " << breakage.field;
    EXPECT_THAT(std::string(status.message()),
                testing::StartsWith("batch 3, record 1, field " +
                                    breakage.field + ": "))
        << number;
    EXPECT_EQ(status.message().find("1235"), std::string::npos) << "echoed";
    ++number;
  }
}

TEST_F(RecordValidationTest, ACprNumberAsReferenceSaysWhatToDo) {
  *batch_.add_records() = SoundRecord('p', "130402-1235");
  EXPECT_EQ(Validate().message(),
            "batch 0, record 0, field case_ref: looks like a CPR number; send "
            "the case system's own reference, or what else is meant, without "
            "it");
}

TEST_F(RecordValidationTest, ACaseMayHaveSeveralPersonsButEachOnce) {
  *batch_.add_records() = SoundRecord('p');
  *batch_.add_records() = SoundRecord('q');
  *batch_.add_records() = SoundRecord('p', "S-2/26");
  EXPECT_TRUE(Validate().ok());
  *batch_.add_records() = SoundRecord('q');
  ExpectRefused("batch 0, record 3, field case_ref: this person is in this");
}

TEST_F(RecordValidationTest, ABatchHoldsAThousandRecordsAndNoMore) {
  for (int i = 0; i < 1000; ++i) {
    *batch_.add_records() = SoundRecord('p', "S-" + std::to_string(i));
  }
  EXPECT_TRUE(Validate().ok());
  *batch_.add_records() = SoundRecord('p', "S-1000");
  ExpectRefused("field records: 1001 are more than the 1000");
}

TEST_F(RecordValidationTest, OnlyADeltaWithdraws) {
  batch_.add_withdrawn_case_refs("S-1/26");
  EXPECT_TRUE(Validate(PUSH_KIND_DELTA).ok());
  ExpectRefused("field withdrawn_case_refs: only a delta withdraws");
}

TEST_F(RecordValidationTest, WithdrawnReferencesAreChecked) {
  for (const std::string& bad :
       {std::string(), std::string(65, 'x'), std::string("130402-1235"),
        std::string("a\tb")}) {
    batch_.clear_withdrawn_case_refs();
    batch_.add_withdrawn_case_refs("S-9");
    batch_.add_withdrawn_case_refs(bad);
    ExpectRefused("withdrawn reference 1, field withdrawn_case_refs: ",
                  PUSH_KIND_DELTA);
  }
  batch_.clear_withdrawn_case_refs();
  for (int i = 0; i < 1001; ++i) {
    batch_.add_withdrawn_case_refs("S-" + std::to_string(i));
  }
  ExpectRefused("field withdrawn_case_refs: 1001 are more", PUSH_KIND_DELTA);
}

TEST_F(RecordValidationTest, AReferenceIsNotBothStatedAndWithdrawn) {
  *batch_.add_records() = SoundRecord('p', "S-1/26");
  batch_.add_withdrawn_case_refs("S-1/26");
  ExpectRefused("withdrawn reference 0", PUSH_KIND_DELTA);
  batch_.clear_records();
  batch_.add_withdrawn_case_refs("S-1/26");
  ExpectRefused("withdrawn reference 1", PUSH_KIND_DELTA);
}

TEST_F(RecordValidationTest, AnUnknownDepartmentMaySendNothing) {
  *batch_.add_records() = SoundRecord();
  EXPECT_EQ(ValidateBatch(batch_, policy_, kUnknownIndex, D("2026-11-02"),
                          PUSH_KIND_SNAPSHOT)
                .code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace samkoer::matcher
