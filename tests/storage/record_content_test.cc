#include "storage/record_content.h"

#include "proto/canonical_record.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

samkoer::v1::CaseRecord FullRecord() {
  samkoer::v1::CaseRecord record;
  record.set_pseudonym(std::string(64, 'p'));
  record.set_case_ref("F-17");
  record.set_unit("Rådgivning");
  record.set_domain(samkoer::v1::DOMAIN_FAMILY);
  record.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  record.set_opened_month(202401);
  record.set_closed_month(202511);
  record.set_birth_month(200807);
  record.add_criteria("shift");
  record.add_criteria("break");
  record.set_consent(samkoer::v1::CONSENT_GIVEN);
  record.set_coordinator_exists(true);
  record.mutable_plan()->set_exists(true);
  record.mutable_plan()->set_owner_unit("Ungeenheden");
  record.mutable_plan()->set_last_review_month(202506);
  record.set_protected_identity(true);
  record.set_contact("team-a");
  return record;
}

std::string Tail(const samkoer::v1::CaseRecord& record) {
  std::string canonical;
  proto::CanonicalRecord(record, canonical);
  return canonical.substr(kCanonicalHeadBytes);
}

TEST(RecordContentTest, EveryFieldComesBack) {
  std::string stored;
  EncodeRecordContent(Tail(FullRecord()), -5, stored);
  const RecordContent c = ValueOf(ParseRecordContent(stored));
  EXPECT_EQ(c.case_ref, "F-17");
  EXPECT_EQ(c.unit, "Rådgivning");
  EXPECT_EQ(c.domain, samkoer::v1::DOMAIN_FAMILY);
  EXPECT_EQ(c.status, samkoer::v1::CASE_STATUS_CLOSED);
  EXPECT_EQ(c.opened_month, 202401u);
  EXPECT_EQ(c.closed_month, 202511u);
  EXPECT_EQ(c.birth_month, 200807u);
  EXPECT_THAT(CriteriaCodes(c.criteria),
              testing::ElementsAre("break", "shift"));
  EXPECT_EQ(c.consent, samkoer::v1::CONSENT_GIVEN);
  EXPECT_TRUE(c.coordinator_exists);
  EXPECT_TRUE(c.plan_exists);
  EXPECT_TRUE(c.protected_identity);
  EXPECT_EQ(c.plan_owner_unit, "Ungeenheden");
  EXPECT_EQ(c.plan_last_review_month, 202506u);
  EXPECT_EQ(c.contact, "team-a");
  EXPECT_EQ(c.received_micros, -5);
}

TEST(RecordContentTest, FlagsAreToldApart) {
  samkoer::v1::CaseRecord record = FullRecord();
  record.set_coordinator_exists(false);
  record.mutable_plan()->set_exists(false);
  std::string tail = Tail(record);
  RecordContent c = ValueOf(ParseCanonicalTail(tail));
  EXPECT_FALSE(c.coordinator_exists);
  EXPECT_FALSE(c.plan_exists);
  EXPECT_TRUE(c.protected_identity);
}

TEST(RecordContentTest, NoPseudonymIsKept) {
  std::string stored;
  EncodeRecordContent(Tail(FullRecord()), 1, stored);
  EXPECT_EQ(stored.find("pppp"), std::string::npos);
}

TEST(RecordContentTest, EqualSetsOfCriteriaAreEqualBytes) {
  samkoer::v1::CaseRecord other = FullRecord();
  other.clear_criteria();
  other.add_criteria("break");
  other.add_criteria("shift");
  const std::string a = Tail(FullRecord()), b = Tail(other);
  EXPECT_EQ(ValueOf(ParseCanonicalTail(a)).criteria,
            ValueOf(ParseCanonicalTail(b)).criteria);
}

TEST(RecordContentTest, EveryTruncationIsDataLoss) {
  const std::string tail = Tail(FullRecord());
  for (std::size_t n = 0; n < tail.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        ParseCanonicalTail(std::string_view(tail).substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(ParseCanonicalTail(tail + "x").status()));
  EXPECT_TRUE(absl::IsDataLoss(ParseRecordContent("").status()));
}

TEST(RecordContentTest, AnUnknownVersionIsRefused) {
  std::string stored;
  EncodeRecordContent(Tail(FullRecord()), 1, stored);
  stored[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(ParseRecordContent(stored).status()));
}

}  // namespace
}  // namespace samkoer::storage
