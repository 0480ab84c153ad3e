#include "server/operations_service.h"

#include <gmock/gmock.h>

#include "tests/server/kek_fixture.h"

namespace samkoer::server {
namespace {

class OperationsServiceTest : public KekFixture {
 protected:
  grpc::Status Rotate(const std::string& role, const std::string& reason,
                      v1::KekStatus* kek = nullptr) {
    const auto stub = v1::Operations::NewStub(Connect(pki_.Client(role, "x")));
    grpc::ClientContext context;
    SetDeadline(context);
    v1::RotateKekRequest request;
    request.set_reason(reason);
    v1::RotateKekResponse response;
    const grpc::Status status = stub->RotateKek(&context, request, &response);
    if (kek != nullptr) *kek = response.status();
    return status;
  }
};

TEST_F(OperationsServiceTest, OperatorsAndOfficersRotateAndSeeHowItStands) {
  v1::KekStatus begun;
  ASSERT_TRUE(Rotate("operator", "plan", &begun).ok());
  EXPECT_EQ(begun.current_generation(), 2u);
  EXPECT_EQ(begun.current_since().seconds(), absl::ToUnixSeconds(now_));
  EXPECT_FALSE(begun.has_next_rotation());
  ASSERT_TRUE(RotationEnds(*kek_));
  ASSERT_TRUE(Rotate("privacy-officer", "plan", &begun).ok());
  EXPECT_EQ(begun.current_generation(), 3u);
  const auto stub =
      v1::Operations::NewStub(Connect(pki_.Client("privacy-officer", "x")));
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetKekStatusResponse response;
  ASSERT_TRUE(stub->GetKekStatus(&context, {}, &response).ok());
  EXPECT_EQ(response.status().current_generation(), 3u);
}

TEST_F(OperationsServiceTest, AnotherCallJoinsTheRotationThatRuns) {
  auto reader = store_->engine->Snapshot();  // it cannot end
  ASSERT_TRUE(Rotate("operator", "plan").ok());
  v1::KekStatus joined;
  ASSERT_TRUE(Rotate("operator", "plan igen", &joined).ok());
  EXPECT_EQ(joined.current_generation(), 2u);
  ASSERT_EQ(joined.older_generations_size(), 1);
  EXPECT_EQ(joined.older_generations(0), 1u);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_KEK_ROTATION_BEGUN).size(), 1u);
}

TEST_F(OperationsServiceTest, AReasonIsNeededAndHoldsNoCprNumber) {
  for (const std::string& reason :
       {std::string(), std::string(501, 'x'), std::string("om 2311045672"),
        std::string("a\x1b")}) {
    EXPECT_EQ(Rotate("operator", reason).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT)
        << reason.size();
  }
  EXPECT_EQ(kek_->Status().current_generation(), 1u);
}

TEST_F(OperationsServiceTest, NobodyElseMay) {
  for (const char* role : {"department", "coordinator", "witness", "matcher"}) {
    ExpectStatus(Rotate(role, "plan"), grpc::StatusCode::PERMISSION_DENIED,
                 "not permitted");
  }
  EXPECT_EQ(kek_->Status().current_generation(), 1u);
}

}  // namespace
}  // namespace samkoer::server
