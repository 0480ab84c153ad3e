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
  record.set_birth_month(200812);
  record.add_criteria("shift");
  record.add_criteria("break");
  record.set_consent(samkoer::v1::CONSENT_REFUSED);
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

// Stored with unit 513 at second 7.
std::string Stored(const samkoer::v1::CaseRecord& record,
                   const IntakeTimes& times = {7},
                   std::optional<std::uint16_t> owner = std::nullopt) {
  const std::string tail = Tail(record);
  std::string stored;
  EncodeRecordContent(ValueOf(ParseCanonicalTail(tail)), 513, owner, times,
                      stored);
  return stored;
}

absl::StatusOr<StoredContent> Parsed(std::string_view bytes) {
  return ParseRecordContent(bytes, {});
}

void ExpectFull(const RecordContent& c) {
  EXPECT_EQ(c.case_ref, "F-17");
  EXPECT_EQ(c.domain, samkoer::v1::DOMAIN_FAMILY);
  EXPECT_EQ(c.status, samkoer::v1::CASE_STATUS_CLOSED);
  EXPECT_EQ(c.opened_month, 202401u);
  EXPECT_EQ(c.closed_month, 202511u);
  EXPECT_EQ(c.birth_month, 200812u);
  EXPECT_THAT(c.criteria, testing::ElementsAre("break", "shift"));
  EXPECT_EQ(c.consent, samkoer::v1::CONSENT_REFUSED);
  EXPECT_TRUE(c.coordinator_exists);
  EXPECT_TRUE(c.plan_exists);
  EXPECT_TRUE(c.protected_identity);
  EXPECT_EQ(c.plan_owner_unit, "Ungeenheden");
  EXPECT_EQ(c.plan_last_review_month, 202506u);
  EXPECT_EQ(c.contact, "team-a");
}

TEST(RecordContentTest, EveryFieldOfATailComesBack) {
  const std::string tail = Tail(FullRecord());
  const CanonicalTail c = ValueOf(ParseCanonicalTail(tail));
  ExpectFull(c);
  EXPECT_EQ(c.unit, "Rådgivning");
}

TEST(RecordContentTest, EveryStoredFieldComesBack) {
  const std::string stored = Stored(FullRecord());
  const StoredContent c = ValueOf(Parsed(stored));
  ExpectFull(c);
  EXPECT_EQ(c.unit, 513);
  EXPECT_EQ(c.times.received, 7u);
  EXPECT_EQ(c.times.changed, 0u);
  EXPECT_EQ(c.times.latest(), 7u);
}

TEST(RecordContentTest, AChangedRecordKeepsBothTimes) {
  const std::string stored = Stored(FullRecord(), {7, 9});
  EXPECT_EQ(stored.size(), Stored(FullRecord()).size());
  const StoredContent c = ValueOf(Parsed(stored));
  ExpectFull(c);
  EXPECT_EQ(c.times.received, 7u);
  EXPECT_EQ(c.times.changed, 9u);
  EXPECT_EQ(c.times.latest(), 9u);
  for (std::size_t n = 0; n < stored.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        Parsed(std::string_view(stored).substr(0, n)).status()))
        << n;
  }
}

TEST(RecordContentTest, AnEmptyRecordComesBackToo) {
  samkoer::v1::CaseRecord record;
  record.set_pseudonym(std::string(64, 'p'));
  const std::string stored = Stored(record);
  EXPECT_EQ(stored.size(), 25u);
  const StoredContent c = ValueOf(Parsed(stored));
  EXPECT_EQ(c.opened_month, 0u);
  EXPECT_TRUE(c.criteria.empty());
  EXPECT_FALSE(c.plan_exists);
}

TEST(RecordContentTest, FlagsAreToldApart) {
  samkoer::v1::CaseRecord record = FullRecord();
  record.set_coordinator_exists(false);
  record.mutable_plan()->set_exists(false);
  const std::string stored = Stored(record);
  const StoredContent c = ValueOf(Parsed(stored));
  EXPECT_FALSE(c.coordinator_exists);
  EXPECT_FALSE(c.plan_exists);
  EXPECT_TRUE(c.protected_identity);
}

TEST(RecordContentTest, NoPseudonymIsKept) {
  EXPECT_EQ(Stored(FullRecord()).find("pppp"), std::string::npos);
}

TEST(RecordContentTest, EveryTruncationIsDataLoss) {
  const std::string tail = Tail(FullRecord());
  for (std::size_t n = 0; n < tail.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        ParseCanonicalTail(std::string_view(tail).substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(ParseCanonicalTail(tail + "x").status()));
  const std::string stored = Stored(FullRecord());
  for (std::size_t n = 0; n < stored.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        Parsed(std::string_view(stored).substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(Parsed(stored + "x").status()));
}

TEST(RecordContentTest, AnOwnerThatStandsAsANumberComesBack) {
  const std::vector<std::string> texts = {"no", "team-a", "Ungeenheden"};
  const std::string stored = Stored(FullRecord(), {7}, 2);
  EXPECT_EQ(stored[0], 2);
  // A text is its length and its bytes, a number is two bytes.
  EXPECT_EQ(stored.size(), Stored(FullRecord()).size() - 10);
  ExpectFull(ValueOf(ParseRecordContent(stored, texts)));
  for (std::size_t n = 0; n < stored.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        ParseRecordContent(std::string_view(stored).substr(0, n), texts)
            .status()))
        << n;
  }
  // A number that nobody has.
  EXPECT_TRUE(absl::IsDataLoss(
      ParseRecordContent(stored, std::span(texts).first(2)).status()));
}

TEST(RecordContentTest, AnUnknownVersionIsRefused) {
  std::string stored = Stored(FullRecord());
  stored[0] = 0;
  EXPECT_TRUE(absl::IsFailedPrecondition(Parsed(stored).status()));
  stored[0] = 3;
  EXPECT_TRUE(absl::IsFailedPrecondition(Parsed(stored).status()));
}

}  // namespace
}  // namespace samkoer::storage
