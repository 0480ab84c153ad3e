#include "matcher/department_switch.h"

#include <set>

#include "gmock/gmock.h"
#include "matcher/coordination_facade.h"
#include "tests/matcher/proposal_fixture.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DepartmentSwitch;
using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;
using samkoer::v1::DOMAIN_SOCIAL;
using samkoer::v1::SUSPENDED_RECORDS_COUNT;
using samkoer::v1::SUSPENDED_RECORDS_DO_NOT_COUNT;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DepartmentSwitchTest : public ProposalFixture {
 protected:
  DepartmentSwitchTest() {
    SAMKOER_EXPECT_OK(in_.Open());
    // Two who match by all three departments' cases, and five by two of them.
    std::vector<samkoer::v1::CaseRecord> family, jobs, social;
    for (int i = 0; i < 7; ++i) {
      const std::string name = "person " + std::to_string(i);
      const std::string n = std::to_string(i);
      family.push_back(MakeRecord(name, "F-" + n, "Rådgivning", DOMAIN_FAMILY));
      jobs.push_back(
          MakeRecord(name, "J-" + n, "Team Unge", DOMAIN_EMPLOYMENT));
      if (i < 2) {
        social.push_back(MakeRecord(name, "S-" + n, "Voksne", DOMAIN_SOCIAL));
      }
    }
    in_.MustSnapshot("family", family);
    in_.MustSnapshot("jobs", jobs);
    in_.MustSnapshot("social", social);
  }

  static DepartmentSwitch Off(const std::string& department,
                              samkoer::v1::SuspendedRecords records) {
    DepartmentSwitch change;
    change.set_department(department);
    change.set_suspended(true);
    change.set_records(records);
    return change;
  }
  static DepartmentSwitch On(const std::string& department) {
    DepartmentSwitch change;
    change.set_department(department);
    return change;
  }
  absl::StatusOr<samkoer::v1::ProposeResponse> Propose(
      const DepartmentSwitch& change, const Caller& caller = Operator()) {
    samkoer::v1::ProposalContent content;
    *content.mutable_department() = change;
    return ProposalFixture::Propose(content, caller);
  }
  void Switch(const DepartmentSwitch& change) {
    const auto proposed = storage::ValueOf(Propose(change));
    SAMKOER_ASSERT_OK(Approve(proposed.proposal().number()).status());
  }
  std::vector<std::string> Active() {
    std::vector<std::string> alerts;
    for (const auto& alert : in_.ActiveAlerts()) alerts.push_back(Cases(alert));
    std::sort(alerts.begin(), alerts.end());
    return alerts;
  }
  std::set<std::string> ActiveIds() {
    std::set<std::string> ids;
    for (const auto& alert : in_.ActiveAlerts()) ids.insert(alert.alert_id());
    return ids;
  }
  std::vector<absl::Status> EverythingItAsks(const std::string& department) {
    const Caller caller = Installation::Department(department);
    return {
        in_.matcher().IntakeInfo(caller).status(),
        in_.matcher().ListInbox(caller, {}).status(),
        in_.matcher().ListNotices(caller).status(),
        in_.matcher().AcknowledgeNotices(caller, {}).status(),
        CoordinationFacade(in_.matcher()).Nominate(caller, {}).status(),
        CoordinationFacade(in_.matcher()).AnswerHandover(caller, {}).status(),
        in_.Push(in_.Plan(department, samkoer::v1::PUSH_KIND_DELTA, {})).status,
    };
  }
};

TEST_F(DepartmentSwitchTest, WhatIsSwitchedOffIsRefusedEverythingAlsoLater) {
  Switch(Off("jobs", SUSPENDED_RECORDS_COUNT));
  for (int i = 0; i < 2; ++i) {
    for (const absl::Status& status : EverythingItAsks("jobs")) {
      EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
      EXPECT_THAT(std::string(status.message()), HasSubstr("switched off"));
    }
    SAMKOER_EXPECT_OK(EverythingItAsks("family").front());
    in_.Restart();
  }
  const auto described = storage::ValueOf(
      in_.matcher().DescribeProcessing(Installation::Officer()));
  EXPECT_THAT(described.suspended_departments(), ElementsAre("jobs"));
  Switch(On("jobs"));
  SAMKOER_EXPECT_OK(EverythingItAsks("jobs").front());
  in_.MustDelta(
      "jobs", {MakeRecord("person 1", "J-1", "Team Unge", DOMAIN_EMPLOYMENT)});
}

TEST_F(DepartmentSwitchTest, RecordsThatCountGoOnStandingInAlerts) {
  const auto before = Active();
  const auto feed = in_.matcher().FeedSequence();
  Switch(Off("jobs", SUSPENDED_RECORDS_COUNT));
  EXPECT_EQ(Active(), before);
  EXPECT_EQ(in_.matcher().FeedSequence(), feed);
}

TEST_F(DepartmentSwitchTest, RecordsThatDoNotCountComeBackUnderTheSameIds) {
  const auto before = Active();
  const auto ids = ActiveIds();
  ASSERT_EQ(before.size(), 7u);
  Switch(Off("jobs", SUSPENDED_RECORDS_DO_NOT_COUNT));
  EXPECT_THAT(Active(),
              ElementsAre("family F-0, social S-0", "family F-1, social S-1"));
  EXPECT_EQ(in_.matcher().Stats().records_held, 16u);
  // Persons whom other departments push are judged without it, too.
  in_.MustDelta("social",
                {MakeRecord("person 2", "S-2", "Voksne", DOMAIN_SOCIAL)});
  EXPECT_THAT(Active(),
              ElementsAre("family F-0, social S-0", "family F-1, social S-1",
                          "family F-2, social S-2"));
  in_.MustDelta("social", {}, {"S-2"});
  in_.Restart();
  EXPECT_EQ(Active().size(), 2u);
  const auto feed = in_.matcher().FeedSequence();
  in_.Restart();
  EXPECT_EQ(in_.matcher().FeedSequence(), feed);

  // From then on they may count again without being sent again.
  Switch(Off("jobs", SUSPENDED_RECORDS_COUNT));
  EXPECT_EQ(Active(), before);
  Switch(Off("jobs", SUSPENDED_RECORDS_DO_NOT_COUNT));
  Switch(On("jobs"));
  EXPECT_EQ(Active(), before);
  EXPECT_EQ(ActiveIds(), ids);
}

TEST_F(DepartmentSwitchTest, OnlyWhomTheDepartmentKnowsIsEvaluated) {
  const auto before = in_.matcher().Stats().persons_evaluated;
  Switch(Off("social", SUSPENDED_RECORDS_DO_NOT_COUNT));
  EXPECT_EQ(in_.matcher().Stats().persons_evaluated - before, 2u);
  const auto leaves = in_.Leaves();
  const auto told =
      std::find_if(leaves.begin(), leaves.end(), [](const auto& leaf) {
        return leaf.action() == samkoer::v1::AUDIT_ACTION_DEPARTMENT_SUSPENDED;
      });
  ASSERT_NE(told, leaves.end());
  EXPECT_EQ(told->detail(), "social, records do not count");
  EXPECT_EQ(told->actor(), Installation::Officer().uri);
}

TEST_F(DepartmentSwitchTest, ItsOpenPushIsGivenUpAndBeginsAnewWhenItIsOn) {
  PushPlan plan =
      in_.Plan("jobs", samkoer::v1::PUSH_KIND_SNAPSHOT,
               {MakeRecord("person 1", "J-1", "Team Unge", DOMAIN_EMPLOYMENT)});
  plan.commit = false;
  plan.allow_shrink = true;
  ASSERT_EQ(in_.Push(plan).batches.size(), 1u);
  auto session = storage::ValueOf(in_.matcher().BeginPush(
      Installation::Department("jobs"), in_.Begin(plan)));
  EXPECT_EQ(session->begun().next_batch(), 1u);
  Switch(Off("jobs", SUSPENDED_RECORDS_COUNT));
  absl::Status batch;
  session->SubmitBatch(plan.batches.front(),
                       [&](auto receipt) { batch = receipt.status(); });
  absl::StatusOr<samkoer::v1::CommitReceipt> commit;
  session->SubmitCommit({}, [&](auto receipt) { commit = receipt; });
  // Handed over in order, so that the answers are here when this is.
  storage::ValueOf(in_.matcher().ListEpochs(Installation::Officer()));
  EXPECT_TRUE(absl::IsPermissionDenied(batch)) << batch;
  EXPECT_TRUE(absl::IsPermissionDenied(commit.status())) << commit.status();
  Switch(On("jobs"));
  plan.commit = true;
  const PushOutcome again = in_.Push(plan);
  SAMKOER_EXPECT_OK(again.status);
  EXPECT_EQ(again.begun.next_batch(), 0u);
}

TEST_F(DepartmentSwitchTest, EitherRoleProposesAndTheOtherPersonApproves) {
  const DepartmentSwitch off = Off("jobs", SUSPENDED_RECORDS_COUNT);
  Caller officer_as_operator = Operator();
  officer_as_operator.uri =
      "samkoer://viborg/operator/" + Installation::Officer().name;
  const auto by_officer =
      storage::ValueOf(Propose(off, Installation::Officer()));
  const std::uint64_t number = by_officer.proposal().number();
  EXPECT_EQ(by_officer.proposal().content().department().department(), "jobs");
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(number).status()));
  EXPECT_TRUE(
      absl::IsPermissionDenied(Approve(number, officer_as_operator).status()));
  SAMKOER_EXPECT_OK(EverythingItAsks("jobs").front());
  SAMKOER_EXPECT_OK(Approve(number, Operator()).status());
  EXPECT_TRUE(absl::IsPermissionDenied(EverythingItAsks("jobs").front()));

  const auto by_operator = storage::ValueOf(Propose(On("jobs")));
  EXPECT_TRUE(absl::IsPermissionDenied(
      Approve(by_operator.proposal().number(), Operator()).status()));
  SAMKOER_EXPECT_OK(Approve(by_operator.proposal().number()).status());
}

TEST_F(DepartmentSwitchTest, WhatWouldChangeNothingIsRefused) {
  EXPECT_TRUE(absl::IsFailedPrecondition(Propose(On("jobs")).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      Propose(Off("skolen", SUSPENDED_RECORDS_COUNT)).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      Propose(Off("jobs", samkoer::v1::SUSPENDED_RECORDS_UNSPECIFIED))
          .status()));
  const DepartmentSwitch off = Off("jobs", SUSPENDED_RECORDS_COUNT);
  Switch(off);
  EXPECT_TRUE(absl::IsFailedPrecondition(Propose(off).status()));
  storage::ValueOf(Propose(Off("jobs", SUSPENDED_RECORDS_DO_NOT_COUNT)));
}

TEST_F(DepartmentSwitchTest, AProposalShowsHowItStandsAndWhatItWouldDo) {
  const auto proposed =
      storage::ValueOf(Propose(Off("jobs", SUSPENDED_RECORDS_DO_NOT_COUNT)));
  const auto shown = Get(proposed.proposal().number());
  EXPECT_FALSE(shown.in_force().department().suspended());
  EXPECT_EQ(shown.effect().fewer(), 5u);
  EXPECT_EQ(shown.effect().more(), 0u);
  EXPECT_EQ(shown.effect().matching_now(), 5u);  // 7, rounded
  EXPECT_TRUE(shown.effect().rounded());
  SAMKOER_ASSERT_OK(Approve(proposed.proposal().number()).status());
  const auto back = storage::ValueOf(Propose(On("jobs")));
  const auto shown_back = Get(back.proposal().number());
  EXPECT_TRUE(shown_back.in_force().department().suspended());
  EXPECT_EQ(shown_back.effect().more(), 5u);
  const auto small =
      storage::ValueOf(Propose(Off("social", SUSPENDED_RECORDS_DO_NOT_COUNT)));
  const auto withheld = Get(small.proposal().number()).effect();
  EXPECT_TRUE(withheld.fewer_withheld());
  EXPECT_EQ(withheld.fewer(), 0u);
}

TEST_F(DepartmentSwitchTest, SwitchAndApprovalAreOneWrite) {
  const auto proposed =
      storage::ValueOf(Propose(Off("jobs", SUSPENDED_RECORDS_DO_NOT_COUNT)));
  samkoer::v1::ApproveRequest request;
  request.set_number(proposed.proposal().number());
  request.set_digest(proposed.proposal().digest());
  request.set_reason("enig");
  const auto before = Active();
  in_.FailWrite(1, storage::Fault::kNotPersisted);
  EXPECT_TRUE(absl::IsUnavailable(
      in_.matcher().Approve(Installation::Officer(), request).status()));
  SAMKOER_ASSERT_OK(in_.Open());
  SAMKOER_EXPECT_OK(EverythingItAsks("jobs").front());
  EXPECT_EQ(Active(), before);
}

TEST_F(DepartmentSwitchTest, ARetiredDepartmentCanStillBeSwitchedOn) {
  Switch(Off("jobs", SUSPENDED_RECORDS_DO_NOT_COUNT));
  in_.policy().set_version(4);
  in_.policy().mutable_departments()->DeleteSubrange(1, 1);
  for (auto& basis : *in_.policy().mutable_legal_bases()) {
    auto& domains = *basis.mutable_domains();
    domains.erase(std::remove(domains.begin(), domains.end(),
                              samkoer::v1::DOMAIN_EMPLOYMENT),
                  domains.end());
  }
  SAMKOER_ASSERT_OK(in_.ApplyPolicy());
  EXPECT_EQ(in_.matcher().Stats().records_held, 9u);
  Switch(On("jobs"));
  const auto described = storage::ValueOf(
      in_.matcher().DescribeProcessing(Installation::Officer()));
  EXPECT_THAT(described.suspended_departments(), IsEmpty());
}

}  // namespace
}  // namespace samkoer::matcher
