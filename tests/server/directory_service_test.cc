#include "server/directory_service.h"

#include <gmock/gmock.h>

#include "tests/server/matcherd_fixture.h"

namespace samkoer::server {
namespace {

class DirectoryServiceTest : public MatcherdFixture {
 protected:
  grpc::Status List(const std::string& role, v1::ListUnitsResponse* response) {
    grpc::ClientContext context;
    SetDeadline(context);
    return v1::Directory::NewStub(Connect(pki_.Client(role, "x")))
        ->ListUnits(&context, {}, response);
  }
};

TEST_F(DirectoryServiceTest, ACoordinatorSeesWhoCanBeNamed) {
  v1::ListUnitsResponse response;
  ASSERT_TRUE(List("coordinator", &response).ok());
  ASSERT_GE(response.departments_size(), 1);
  for (const auto& department : response.departments()) {
    EXPECT_FALSE(department.department().empty());
    EXPECT_FALSE(department.department_name().empty());
    EXPECT_GE(department.units_size(), 1) << department.department();
  }
}

TEST_F(DirectoryServiceTest, NobodyElseMay) {
  v1::ListUnitsResponse response;
  for (const char* role :
       {"department", "privacy-officer", "operator", "witness", "matcher"}) {
    ExpectStatus(List(role, &response), grpc::StatusCode::PERMISSION_DENIED,
                 "not permitted");
  }
}

}  // namespace
}  // namespace samkoer::server
