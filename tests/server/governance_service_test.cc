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

}  // namespace
}  // namespace samkoer::server
