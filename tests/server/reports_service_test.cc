#include "server/reports_service.h"

#include <gmock/gmock.h>

#include "tests/server/kek_fixture.h"

namespace samkoer::server {
namespace {

class ReportsServiceTest : public KekFixture {
 protected:
  std::unique_ptr<v1::Reports::Stub> Stub(const std::string& role) {
    return v1::Reports::NewStub(Connect(pki_.Client(role, "x")));
  }
  grpc::Status Statistics(const std::string& role,
                          v1::GetStatisticsResponse* response) {
    grpc::ClientContext context;
    SetDeadline(context);
    return Stub(role)->GetStatistics(&context, {}, response);
  }
  grpc::Status Describe(const std::string& role,
                        v1::DescribeProcessingResponse* response) {
    grpc::ClientContext context;
    SetDeadline(context);
    return Stub(role)->DescribeProcessing(&context, {}, response);
  }
};

TEST_F(ReportsServiceTest, OfficersAndCoordinatorsGetTheSameStatistics) {
  v1::GetStatisticsResponse officer, coordinator;
  ASSERT_TRUE(Statistics("privacy-officer", &officer).ok());
  ASSERT_TRUE(Statistics("coordinator", &coordinator).ok());
  EXPECT_EQ(officer.day(), kTestDay);
  EXPECT_EQ(officer.tables_size(), 5);
  EXPECT_EQ(officer.SerializeAsString(), coordinator.SerializeAsString());
}

TEST_F(ReportsServiceTest, TheDescriptionHasTheKeyEncryptionKey) {
  v1::DescribeProcessingResponse response;
  ASSERT_TRUE(Describe("privacy-officer", &response).ok());
  EXPECT_EQ(response.kek_generation(), 1u);
  EXPECT_TRUE(response.has_kek_since());
  EXPECT_EQ(response.policy().purpose(), kTestPurpose);
}

TEST_F(ReportsServiceTest, NobodyElseMay) {
  v1::GetStatisticsResponse statistics;
  v1::DescribeProcessingResponse description;
  for (const char* role : {"department", "operator", "witness", "matcher"}) {
    ExpectStatus(Statistics(role, &statistics),
                 grpc::StatusCode::PERMISSION_DENIED, "not permitted");
  }
  ExpectStatus(Describe("coordinator", &description),
               grpc::StatusCode::PERMISSION_DENIED, "not permitted");
}

}  // namespace
}  // namespace samkoer::server
