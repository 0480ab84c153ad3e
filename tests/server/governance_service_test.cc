#include "server/governance_service.h"

#include "samkoer/v1/governance.grpc.pb.h"
#include "samkoer/v1/reports.grpc.pb.h"
#include "samkoer/v1/rights.grpc.pb.h"
#include "tests/server/matcherd_fixture.h"

namespace samkoer::server {
namespace {

// A store that has never had a policy.
class GovernanceServiceTest : public MatcherdFixture {
 protected:
  void SetUp() override {
    gives_policy_ = false;
    MatcherdFixture::SetUp();
  }

  std::unique_ptr<v1::Governance::Stub> As(const std::string& role,
                                           const std::string& name) {
    return v1::Governance::NewStub(Connect(pki_.Client(role, name)));
  }
  grpc::Status Propose(const std::string& role, const std::string& name) {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::ProposeRequest request;
    request.mutable_content()->set_policy(kTestPolicy);
    request.set_reason("den første");
    v1::ProposeResponse response;
    const grpc::Status status =
        As(role, name)->Propose(&context, request, &response);
    digest_ = response.proposal().digest();
    return status;
  }
  grpc::Status Approve(const std::string& role, const std::string& name) {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::ApproveRequest request;
    request.set_number(1);
    request.set_digest(digest_);
    request.set_reason("læst");
    v1::ApproveResponse response;
    return As(role, name)->Approve(&context, request, &response);
  }
  grpc::Status IntakeInfo() {
    const auto stub =
        v1::CaseIntake::NewStub(Connect(pki_.Client("department", "job")));
    grpc::ClientContext context;
    SetDeadline(context);
    v1::GetIntakeInfoResponse response;
    return stub->GetIntakeInfo(&context, {}, &response);
  }

  std::string digest_;
};

TEST_F(GovernanceServiceTest, ServesTheRestOnlyAfterAnApprovalByASecondPerson) {
  EXPECT_EQ(IntakeInfo().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_NE(IntakeInfo().error_message().find("samkoer-audit policy approve"),
            std::string::npos);
  ASSERT_TRUE(Propose("operator", "drift").ok());
  ExpectStatus(Approve("operator", "drift"),
               grpc::StatusCode::PERMISSION_DENIED, "not permitted");
  EXPECT_EQ(Approve("privacy-officer", "drift").error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(IntakeInfo().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  ASSERT_TRUE(Approve("privacy-officer", "anna").ok());
  EXPECT_TRUE(IntakeInfo().ok());
  Close();
  Open();
  EXPECT_TRUE(IntakeInfo().ok());
}

TEST_F(GovernanceServiceTest, WithoutAPolicyTheLogIsServedAndPersonsAreNot) {
  const auto officer = Connect(pki_.Client("privacy-officer", "anna"));
  {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::GetCheckpointResponse response;
    EXPECT_TRUE(v1::Audit::NewStub(officer)
                    ->GetCheckpoint(&context, {}, &response)
                    .ok());
  }
  grpc::ClientContext look, erase, plan;
  for (auto* context : {&look, &erase, &plan}) SetDeadline(*context);
  v1::LookUpPersonResponse looked;
  EXPECT_EQ(v1::Audit::NewStub(officer)
                ->LookUpPerson(&look, {}, &looked)
                .error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  v1::ErasePersonResponse erased;
  EXPECT_EQ(v1::Rights::NewStub(officer)
                ->ErasePerson(&erase, {}, &erased)
                .error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  v1::GetRetentionPlanResponse planned;
  EXPECT_EQ(v1::Reports::NewStub(officer)
                ->GetRetentionPlan(&plan, {}, &planned)
                .error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(GovernanceServiceTest, NobodyElseMayProposeOrApprove) {
  for (const char* role : {"department", "coordinator", "witness", "matcher"}) {
    ExpectStatus(Propose(role, "job"), grpc::StatusCode::PERMISSION_DENIED,
                 "not permitted");
    ExpectStatus(Approve(role, "job"), grpc::StatusCode::PERMISSION_DENIED,
                 "not permitted");
  }
  ExpectStatus(Propose("privacy-officer", "anna"),
               grpc::StatusCode::PERMISSION_DENIED, "not permitted");
}

// Under a policy.
class SwitchServiceTest : public MatcherdFixture {
 protected:
  void Switch(bool suspended) {
    const auto proposer =
        v1::Governance::NewStub(Connect(pki_.Client("operator", "drift")));
    const auto approver = v1::Governance::NewStub(
        Connect(pki_.Client("privacy-officer", "anna")));
    v1::ProposeRequest propose;
    v1::DepartmentSwitch& change =
        *propose.mutable_content()->mutable_department();
    change.set_department("familie");
    change.set_suspended(suspended);
    if (suspended) change.set_records(v1::SUSPENDED_RECORDS_COUNT);
    propose.set_reason("mistanke");
    v1::ProposeResponse proposed;
    grpc::ClientContext first, second;
    SetDeadline(first);
    SetDeadline(second);
    ASSERT_TRUE(proposer->Propose(&first, propose, &proposed).ok());
    v1::ApproveRequest approve;
    approve.set_number(proposed.proposal().number());
    approve.set_digest(proposed.proposal().digest());
    approve.set_reason("enig");
    v1::ApproveResponse approved;
    ASSERT_TRUE(approver->Approve(&second, approve, &approved).ok());
  }
};

TEST_F(SwitchServiceTest, ADepartmentThatIsSwitchedOffLosesItsOpenPush) {
  const auto familie = pki_.Client("department", "familie");
  TestPush off(Connect(familie)),
      other(Connect(pki_.Client("department", "job")));
  off.Begin('a');
  ASSERT_TRUE(off.Read().has_begun());
  other.Begin('b');
  ASSERT_TRUE(other.Read().has_begun());
  Switch(/*suspended=*/true);
  // It sends nothing, and is told all the same.
  const grpc::Status ended = off.Finish();
  EXPECT_EQ(ended.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(ended.error_message().find("the department is switched off"), 0u);
  other.Batch(0, {TestRecord("job", 'A', "J-1")});
  EXPECT_TRUE(other.Read().has_batch());
  for (int i = 0; i < 2; ++i) {
    TestPush again(Connect(familie));
    again.Begin('a');
    EXPECT_EQ(again.Finish().error_message(), ended.error_message());
    Close();
    Open();
  }
  Switch(/*suspended=*/false);
  TestPush on(Connect(familie));
  on.Begin('a');
  EXPECT_EQ(on.Read().begun().next_batch(), 0u);
}

}  // namespace
}  // namespace samkoer::server
