#include "matcher/case_limit.h"

#include <gmock/gmock.h>

#include "proto/case_limit.h"
#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using proto::kMaxCasesOfPerson;
using samkoer::v1::PUSH_KIND_DELTA;
using samkoer::v1::PUSH_KIND_SNAPSHOT;
using storage::Message;
using testing::HasSubstr;
using testing::Not;

class CaseLimitTest : public MatcherIntakeTest {
 protected:
  using Records = std::vector<samkoer::v1::CaseRecord>;

  // "a" in the cases <prefix><first> to <prefix><last>.
  static Records Cases(std::size_t first, std::size_t last,
                       const std::string& prefix = "F-") {
    Records records;
    for (std::size_t i = first; i <= last; ++i) {
      records.push_back(Family("a", prefix + std::to_string(i)));
    }
    return records;
  }
  absl::Status Push(samkoer::v1::PushKind kind, const Records& records,
                    bool digests = false) {
    PushPlan plan = in_.Plan("family", kind, records, 60);
    plan.digests = digests;
    plan.allow_shrink = true;
    return in_.Push(plan).status;
  }
  void ExpectTooMany(const absl::Status& status, const std::string& place) {
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(Message(status), HasSubstr(place + ": the person would have"));
    EXPECT_THAT(Message(status), Not(HasSubstr("F-")));
  }
};

TEST_F(CaseLimitTest, ASnapshotWithOnePersonInTooManyCasesIsRefusedWhole) {
  SAMKOER_EXPECT_OK(Push(PUSH_KIND_SNAPSHOT, Cases(1, kMaxCasesOfPerson)));
  EXPECT_EQ(Held(), kMaxCasesOfPerson);
  ExpectTooMany(Push(PUSH_KIND_SNAPSHOT, Cases(1, kMaxCasesOfPerson + 1)),
                "batch 3, record 20");
  EXPECT_EQ(Held(), kMaxCasesOfPerson);
  EXPECT_FALSE(in_.fatal());
}

TEST_F(CaseLimitTest, CasesThatASnapshotNeedNotSendCountToo) {
  Records records = Cases(1, kMaxCasesOfPerson);
  SAMKOER_EXPECT_OK(Push(PUSH_KIND_SNAPSHOT, records));
  records.push_back(Family("a", "F-more"));
  const absl::Status refused = Push(PUSH_KIND_SNAPSHOT, records, true);
  EXPECT_TRUE(absl::IsInvalidArgument(refused)) << refused;
  // One for another is none more.
  records.erase(records.begin());
  SAMKOER_EXPECT_OK(Push(PUSH_KIND_SNAPSHOT, records, true));
  EXPECT_EQ(Held(), kMaxCasesOfPerson);
}

TEST_F(CaseLimitTest, DeltasAddUpToTheSameLimit) {
  SAMKOER_EXPECT_OK(Push(PUSH_KIND_DELTA, Cases(1, 100)));
  SAMKOER_EXPECT_OK(Push(PUSH_KIND_DELTA, Cases(101, kMaxCasesOfPerson)));
  ExpectTooMany(Push(PUSH_KIND_DELTA, {Family("b", "F-b"), Family("a", "F-x")}),
                "batch 0, record 1");
  EXPECT_EQ(Held(), kMaxCasesOfPerson);
  // The same cases said again, and one for another, are none more.
  SAMKOER_EXPECT_OK(Push(PUSH_KIND_DELTA, Cases(1, 10)));
  PushPlan plan = in_.Plan("family", PUSH_KIND_DELTA, {Family("a", "F-x")});
  plan.batches[0].add_withdrawn_case_refs("F-1");
  SAMKOER_EXPECT_OK(in_.Push(plan).status);
  EXPECT_EQ(Held(), kMaxCasesOfPerson);
}

TEST_F(CaseLimitTest, ManyPersonsAndOtherDepartmentsAreNotLimited) {
  in_.MustSnapshot("family", ManyFamily(3 * kMaxCasesOfPerson));
  SAMKOER_EXPECT_OK(Push(PUSH_KIND_DELTA, Cases(1000, 1199)));
  in_.MustSnapshot("jobs", {Jobs("a", "J-1"), Jobs("a", "J-2")});
  EXPECT_EQ(Held(), 4 * kMaxCasesOfPerson + 2);
}

TEST_F(CaseLimitTest, AnAlertThatIsTooLargeIsShortenedAndSaysSo) {
  samkoer::v1::Alert alert;
  for (int i = 0; i < 10000; ++i) {
    auto* participant = alert.add_participants();
    participant->set_case_ref("F-" + std::to_string(i));
    participant->set_contact(std::string(64, 'c'));
  }
  samkoer::v1::Alert small = alert;
  FitAlert(alert);
  EXPECT_LE(alert.ByteSizeLong(), kMaxAlertBytes);
  ASSERT_EQ(alert.participants_size(), static_cast<int>(kMaxShownCases));
  EXPECT_EQ(alert.participants(0).case_ref(), "F-0");
  ASSERT_EQ(alert.reasons_size(), 1);
  EXPECT_EQ(alert.reasons(0).text(), "Viser 500 af 10000 sager");
  small.mutable_participants()->DeleteSubrange(600, 9400);
  const std::string before = small.SerializeAsString();
  FitAlert(small);
  EXPECT_EQ(small.SerializeAsString(), before);
}

TEST_F(CaseLimitTest, ShownCasesAreTheSameInAnyOrderAndOfEveryDepartment) {
  LoopState state;
  std::vector<RecordNo> records;
  const PersonNo person =
      state.index.AddPerson(crypto::Hash16{1}, crypto::SealKey());
  for (std::uint32_t i = 0; i < 900; ++i) {
    crypto::Hash16 case_id{};
    case_id[0] = static_cast<std::uint8_t>(i * 7);
    case_id[1] = static_cast<std::uint8_t>(i >> 8);
    case_id[2] = static_cast<std::uint8_t>(i);
    RecordAttributes attributes;
    attributes.department = i < 880 ? 0 : 1;
    records.push_back(
        state.index.AddRecord(case_id, crypto::Hash16{}, person, attributes));
  }
  std::vector<std::uint32_t> cases(records.size());
  for (std::uint32_t i = 0; i < cases.size(); ++i) cases[i] = i;
  std::vector<std::uint32_t> backwards(cases.rbegin(), cases.rend());
  EXPECT_EQ(LimitShownCases(state, records, cases), 400u);
  EXPECT_EQ(LimitShownCases(state, records, backwards), 400u);
  EXPECT_EQ(cases.size(), kMaxShownCases);
  EXPECT_EQ(cases, backwards);
  EXPECT_EQ(std::count_if(cases.begin(), cases.end(),
                          [](std::uint32_t i) { return i >= 880; }),
            20);
  std::vector<std::uint32_t> few = {3, 1, 2};
  EXPECT_EQ(LimitShownCases(state, records, few), 0u);
  EXPECT_EQ(few, (std::vector<std::uint32_t>{3, 1, 2}));
}

}  // namespace
}  // namespace samkoer::matcher
