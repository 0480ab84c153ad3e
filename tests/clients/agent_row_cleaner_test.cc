#include <gtest/gtest.h>

#include <array>
#include <map>

#include "clients/agent/row_cleaner.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

using Values = std::map<Column, std::string>;

// A sound row, with `changes`.
Values Sound(const Values& changes = {}) {
  Values values = {
      {Column::kCpr, std::string(kCprA)}, {Column::kCaseRef, "DUB-1"},
      {Column::kUnit, "Team Ung"},        {Column::kKind, "27.24.03"},
      {Column::kOpened, "01-02-2026"},    {Column::kStatus, "Igangværende"}};
  for (const auto& [column, value] : changes) values[column] = value;
  return values;
}

class RowCleanerTest : public ::testing::Test {
 protected:
  RowOutcome Clean(const Values& values,
                   v1::PushKind kind = v1::PUSH_KIND_SNAPSHOT,
                   const IntakeGuard* guard = nullptr) {
    RowView view;
    for (const auto& [column, value] : values) {
      view.values[static_cast<std::size_t>(column)] = value;
    }
    return RowCleaner(config_, numbers_, guard, nullptr, day_, kind)
        .Clean(view);
  }
  void ExpectRejected(const Values& changes, RejectReason reason) {
    const RowOutcome outcome = Clean(Sound(changes));
    const auto* rejected = std::get_if<RejectReason>(&outcome.result);
    ASSERT_NE(rejected, nullptr) << ReasonName(reason);
    EXPECT_EQ(ReasonName(*rejected), ReasonName(reason));
  }
  void ExpectFiltered(const Values& changes, FilterReason reason,
                      v1::PushKind kind = v1::PUSH_KIND_SNAPSHOT) {
    const RowOutcome outcome = Clean(Sound(changes), kind);
    const auto* filtered = std::get_if<FilteredRow>(&outcome.result);
    ASSERT_NE(filtered, nullptr) << ReasonName(reason);
    EXPECT_EQ(ReasonName(filtered->reason), ReasonName(reason));
    EXPECT_EQ(filtered->case_ref, "DUB-1");
  }
  v1::CaseRecord Record(const Values& changes,
                        v1::PushKind kind = v1::PUSH_KIND_SNAPSHOT,
                        const IntakeGuard* guard = nullptr) {
    RowOutcome outcome = Clean(Sound(changes), kind, guard);
    auto* clean = std::get_if<CleanCase>(&outcome.result);
    EXPECT_NE(clean, nullptr);
    return clean == nullptr ? v1::CaseRecord() : clean->record;
  }

  Config config_ = SampleConfig();
  NumberMap numbers_;
  CivilDate day_ = kDay;
};

TEST_F(RowCleanerTest, ASoundRowLeavesMonthsAndACoarseDomainOnly) {
  const v1::CaseRecord record = Record({});
  EXPECT_EQ(record.DebugString(),
            "case_ref: \"DUB-1\"\nunit: \"Team Ung\"\ndomain: DOMAIN_FAMILY\n"
            "status: CASE_STATUS_OPEN\nopened_month: 202602\n"
            "birth_month: 200204\n");
}

TEST_F(RowCleanerTest, CprNumbersAreSetAsideByClass) {
  for (const char* text :
       {"", "      -", "000000-0000", "0000000000", "111111-1111"}) {
    ExpectRejected({{Column::kCpr, text}}, RejectReason::kPlaceholder);
  }
  for (const char* text : {"670304-1234", "0503040AB3"}) {
    ExpectRejected({{Column::kCpr, text}}, RejectReason::kLocalReplacement);
  }
  for (const char* text : {"2,5E+09", "12345", "ABC"}) {
    ExpectRejected({{Column::kCpr, text}}, RejectReason::kUnreadable);
  }
  for (const char* text : {"310204-5672", "121304-5555"}) {
    ExpectRejected({{Column::kCpr, text}}, RejectReason::kNoSuchDate);
  }
}

TEST_F(RowCleanerTest, AllAcceptedFormsGiveTheSamePerson) {
  for (const char* text :
       {"020402-4104", "0204024104", "204024104", "020402 4104",
        "020402\xC2\xA0"
        "4104",
        "'0204024104"}) {
    const RowOutcome outcome = Clean(Sound({{Column::kCpr, text}}));
    const auto* clean = std::get_if<CleanCase>(&outcome.result);
    ASSERT_NE(clean, nullptr) << text;
    EXPECT_EQ(clean->ExposeDigits(), "0204024104") << text;
    EXPECT_EQ(outcome.padded, std::string_view(text) == "204024104");
  }
}

TEST_F(RowCleanerTest, CaseReferences) {
  ExpectRejected({{Column::kCaseRef, ""}}, RejectReason::kNoRef);
  ExpectRejected({{Column::kCaseRef, std::string(kCprB)}},
                 RejectReason::kCprInRef);
  ExpectRejected({{Column::kCaseRef, "sag 1508109838"}},
                 RejectReason::kCprInRef);
  ExpectRejected({{Column::kCaseRef, std::string(65, 'x')}},
                 RejectReason::kBadRef);
  ExpectRejected({{Column::kCaseRef, "a\nb"}}, RejectReason::kBadRef);
  EXPECT_EQ(Record({{Column::kCaseRef, "32.21.20-G01-10129-25"}}).case_ref(),
            "32.21.20-G01-10129-25");
}

TEST_F(RowCleanerTest, StatusWords) {
  EXPECT_EQ(Record({{Column::kStatus, "ÅBEN"}}).status(), v1::CASE_STATUS_OPEN);
  ExpectRejected({{Column::kStatus, "Ukendt"}}, RejectReason::kUnknownStatus);
  ExpectRejected({{Column::kStatus, ""}}, RejectReason::kUnknownStatus);
}

TEST_F(RowCleanerTest, ClosedCasesStayInSnapshotsAndTravelInDeltas) {
  const Values closed = {{Column::kStatus, "Afsluttet"},
                         {Column::kClosed, "05-06-2026"}};
  ExpectFiltered(closed, FilterReason::kClosed);
  const v1::CaseRecord record = Record(closed, v1::PUSH_KIND_DELTA);
  EXPECT_EQ(record.status(), v1::CASE_STATUS_CLOSED);
  EXPECT_EQ(record.closed_month(), 202606u);
  config_ = SampleConfig(std::string(kSampleConfig) + "closed_cases: SEND\n");
  EXPECT_EQ(Record(closed).status(), v1::CASE_STATUS_CLOSED);
}

TEST_F(RowCleanerTest, ClosedInTheFutureCountsAsClosedNow) {
  EXPECT_EQ(
      Record({{Column::kStatus, "Afsluttet"}, {Column::kClosed, "05-06-2030"}},
             v1::PUSH_KIND_DELTA)
          .closed_month(),
      202611u);
}

TEST_F(RowCleanerTest, AnOpenCaseMayHaveAPlannedEnd) {
  const v1::CaseRecord record = Record({{Column::kClosed, "05-06-2026"}});
  EXPECT_EQ(record.status(), v1::CASE_STATUS_OPEN);
  EXPECT_EQ(record.closed_month(), 0u);
}

TEST_F(RowCleanerTest, Dates) {
  ExpectRejected({{Column::kOpened, "31-02-2026"}}, RejectReason::kBadDate);
  ExpectRejected({{Column::kClosed, "i morgen"}}, RejectReason::kBadDate);
  ExpectRejected({{Column::kClosed, "31-01-2026"}}, RejectReason::kBadDate);
  ExpectRejected({{Column::kOpened, "03-11-2026"}}, RejectReason::kFuture);
  EXPECT_EQ(Record({{Column::kOpened, "02-11-2026"}}).opened_month(), 202611u);
  EXPECT_EQ(Record({{Column::kOpened, ""}}).opened_month(), 0u);
}

TEST_F(RowCleanerTest, AgesAreJudgedToTheDay) {
  // Born 2 April 2002: 15 on 2 April 2017, 30 on 2 April 2032.
  day_ = {2017, 4, 1};
  ExpectFiltered({{Column::kOpened, ""}}, FilterReason::kAge);
  day_ = {2017, 4, 2};
  EXPECT_EQ(Record({{Column::kOpened, ""}}).birth_month(), 200204u);
  day_ = {2032, 4, 1};
  EXPECT_EQ(Record({}).birth_month(), 200204u);
  day_ = {2032, 4, 2};
  ExpectFiltered({}, FilterReason::kAge);
}

TEST_F(RowCleanerTest, ADomainWithoutLegalBasisStays) {
  ExpectFiltered({{Column::kKind, "15.20.00"}}, FilterReason::kLegalBasis);
}

TEST_F(RowCleanerTest, UnknownUnitsAndKinds) {
  ExpectRejected({{Column::kUnit, ""}}, RejectReason::kUnknownUnit);
  ExpectRejected({{Column::kUnit, std::string(65, 'u')}},
                 RejectReason::kUnknownUnit);
  ExpectRejected({{Column::kKind, "99.00"}}, RejectReason::kUnknownKind);
  // A row that is filtered by age anyway does not worry anybody.
  ExpectFiltered({{Column::kCpr, std::string(kCprOld)},
                  {Column::kUnit, ""},
                  {Column::kKind, "99.00"}},
                 FilterReason::kAge);
}

TEST_F(RowCleanerTest, TheMatchersPolicyNarrowsWhatMayLeave) {
  v1::GetIntakeInfoResponse info;
  info.add_units("Team Ung");
  info.add_criteria("FRAFALD");
  auto* permitted = info.add_permitted();
  permitted->set_domain(v1::DOMAIN_FAMILY);
  auto* ages = permitted->add_ages();
  ages->set_age_from(15);
  ages->set_age_below(24);
  const IntakeGuard guard(info);
  const auto clean = [&](const Values& changes) {
    return Clean(Sound(changes), v1::PUSH_KIND_SNAPSHOT, &guard);
  };
  // 24 on the day.
  EXPECT_EQ(std::get<FilteredRow>(clean({}).result).reason, FilterReason::kAge);
  const std::string young(kCprB);
  EXPECT_EQ(
      std::get<RejectReason>(
          clean({{Column::kCpr, young}, {Column::kUnit, "Andre"}}).result),
      RejectReason::kUnknownUnit);
  const RowOutcome outcome = clean({{Column::kCpr, young},
                                    {Column::kUnit, "TEAM UNG"},
                                    {Column::kCriteria, "SKIFT,FRAFALD"}});
  const v1::CaseRecord& record = std::get<CleanCase>(outcome.result).record;
  EXPECT_EQ(record.unit(), "Team Ung");
  ASSERT_EQ(record.criteria_size(), 1);
  EXPECT_EQ(record.criteria(0), "FRAFALD");
  EXPECT_TRUE(outcome.criteria_dropped);
  EXPECT_EQ(
      std::get<FilteredRow>(
          clean({{Column::kCpr, young}, {Column::kKind, "27.24.90"}}).result)
          .reason,
      FilterReason::kLegalBasis);
}

TEST_F(RowCleanerTest, ContactsThatMustNotLeaveAreLeftOut) {
  EXPECT_EQ(Record({{Column::kContact, "MFR"}}).contact(), "MFR");
  for (const std::string& contact :
       {std::string(kCprB), std::string(65, 'x'), std::string("a\tb")}) {
    const RowOutcome outcome = Clean(Sound({{Column::kContact, contact}}));
    EXPECT_TRUE(outcome.contact_dropped);
    EXPECT_EQ(std::get<CleanCase>(outcome.result).record.contact(), "");
  }
}

TEST_F(RowCleanerTest, CriteriaAreSortedAndOnce) {
  const v1::CaseRecord record = Record({{Column::kCriteria, "B, A;B  C.1 æ"}});
  EXPECT_EQ(record.criteria_size(), 3);
  EXPECT_EQ(record.criteria(0), "A");
  EXPECT_EQ(record.criteria(2), "C.1");
}

TEST_F(RowCleanerTest, Flags) {
  const v1::CaseRecord yes = Record({{Column::kProtected, "ja"},
                                     {Column::kCoordinator, "1"},
                                     {Column::kConsent, "nej"}});
  EXPECT_TRUE(yes.protected_identity());
  EXPECT_TRUE(yes.coordinator_exists());
  EXPECT_EQ(yes.consent(), v1::CONSENT_REFUSED);
  // A word that nobody foresaw protects.
  EXPECT_TRUE(Record({{Column::kProtected, "hemmelig"}}).protected_identity());
  EXPECT_FALSE(Record({{Column::kProtected, "nej"}}).protected_identity());
  EXPECT_EQ(Record({{Column::kConsent, "ja"}}).consent(), v1::CONSENT_GIVEN);
}

TEST_F(RowCleanerTest, ANumberThatWasReplacedIsFollowed) {
  auto numbers = NumberMap::Parse("0204024104;1508109838\n", "kort.csv");
  ASSERT_TRUE(numbers.ok()) << numbers.status();
  numbers_ = *std::move(numbers);
  const RowOutcome outcome = Clean(Sound());
  EXPECT_TRUE(outcome.renumbered);
  EXPECT_EQ(std::get<CleanCase>(outcome.result).ExposeDigits(), "1508109838");
  EXPECT_EQ(std::get<CleanCase>(outcome.result).record.birth_month(), 201008u);
}

}  // namespace
}  // namespace samkoer::agent
