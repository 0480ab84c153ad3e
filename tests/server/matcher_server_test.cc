#include "server/matcher_server.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "grpcpp/generic/generic_stub.h"
#include "matcherd_fixture.h"

namespace samkoer::server {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class MatcherServerTest : public MatcherdFixture {
 protected:
  // Calls any rpc with an empty request.
  static grpc::Status Call(const std::shared_ptr<grpc::Channel>& channel,
                           const std::string& method) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    SetDeadline(context);
    grpc::CompletionQueue queue;
    grpc::Slice empty;
    grpc::ByteBuffer request(&empty, 1), response;
    const auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
    call->StartCall();
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return status;
  }
};

TEST_F(MatcherServerTest, EveryRpcRefusesEveryOtherRoleAndNothingChanges) {
  const matcher::MatcherStats before = matcher_->Stats();
  const std::pair<const char*, Role> roles[] = {
      {"department", Role::kDepartment},
      {"coordinator", Role::kCoordinator},
      {"privacy-officer", Role::kPrivacyOfficer},
      {"operator", Role::kOperator},
      {"witness", Role::kWitness},
      {"matcher", Role::kMatcher}};
  int refused = 0;
  for (const auto& [name, role] : roles) {
    const auto channel = Connect(pki_.Client(name, "job"));
    for (const AccessRule& rule : AccessTable()) {
      if (std::find(rule.roles.begin(), rule.roles.end(), role) !=
          rule.roles.end()) {
        continue;
      }
      ExpectStatus(Call(channel, std::string(rule.method)),
                   grpc::StatusCode::PERMISSION_DENIED, "not permitted");
      ++refused;
    }
    // The key service's rpcs do not exist here, and look the same.
    ExpectStatus(Call(channel, "/samkoer.v1.KeyService/GetKeyInfo"),
                 grpc::StatusCode::PERMISSION_DENIED, "not permitted");
  }
  EXPECT_GT(refused, 50);
  server_->Stop(absl::Seconds(5));
  matcher_->Stop();
  const matcher::MatcherStats after = matcher_->Stats();
  EXPECT_EQ(after.records_held, before.records_held);
  EXPECT_EQ(after.alerts_held, before.alerts_held);
  EXPECT_EQ(after.feed_sequence, before.feed_sequence);
  // Only leaves about the refusals, the alarm that so many raise, and the end
  // were added.
  const std::vector<v1::AuditLeaf> leaves = Leaves();
  std::set<std::string> actors;
  for (std::size_t i = before.audit_leaves; i < leaves.size(); ++i) {
    if (leaves[i].action() == v1::AUDIT_ACTION_STOPPED) continue;
    if (leaves[i].action() == v1::AUDIT_ACTION_ALARM_RAISED) continue;
    ASSERT_EQ(leaves[i].action(), v1::AUDIT_ACTION_REFUSED)
        << leaves[i].ShortDebugString();
    EXPECT_EQ(leaves[i].actor_certificate().size(), 32u);
    EXPECT_THAT(leaves[i].detail(), HasSubstr("PERMISSION_DENIED"));
    actors.insert(leaves[i].actor());
  }
  EXPECT_EQ(actors.size(), std::size(roles));
  EXPECT_THAT(actors, Contains("samkoer://viborg/operator/job"));
}

TEST_F(MatcherServerTest, TheAuditRpcsAnswerFromTheMatchersLog) {
  const auto stub =
      v1::Audit::NewStub(Connect(pki_.Client("privacy-officer", "dpo")));
  v1::GetCheckpointResponse checkpoint;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->GetCheckpoint(&context, {}, &checkpoint).ok());
    EXPECT_THAT(checkpoint.signed_note(), HasSubstr("samkoer/viborg/matcher"));
  }
  grpc::ClientContext context;
  SetDeadline(context);
  const auto reader = stub->ReadLeaves(&context, v1::ReadLeavesRequest());
  v1::LeafBatch batch;
  std::vector<v1::AuditLeaf> leaves;
  while (reader->Read(&batch)) {
    for (const std::string& bytes : batch.leaves()) {
      leaves.emplace_back().ParseFromString(bytes);
    }
  }
  ASSERT_TRUE(reader->Finish().ok());
  ASSERT_GE(leaves.size(), 2u);
  EXPECT_EQ(leaves[0].action(), v1::AUDIT_ACTION_STORE_CREATED);
  EXPECT_EQ(Leaves().back().action(), v1::AUDIT_ACTION_LOG_READ);
  EXPECT_EQ(Leaves().back().actor(), "samkoer://viborg/privacy-officer/dpo");
}

TEST_F(MatcherServerTest, LookUpsAreCheckedBeforeTheyReachTheMatcher) {
  const auto stub =
      v1::Audit::NewStub(Connect(pki_.Client("privacy-officer", "dpo")));
  v1::LookUpPersonRequest good;
  good.set_pseudonym(std::string(64, 'A'));
  good.set_epoch(1);
  good.set_self_test(std::string(32, 's'));
  good.set_reason("indsigt");
  const auto refuse = [&](const v1::LookUpPersonRequest& request,
                          const std::string& message) {
    grpc::ClientContext context;
    v1::LookUpPersonResponse response;
    ExpectStatus(stub->LookUpPerson(&context, request, &response),
                 grpc::StatusCode::INVALID_ARGUMENT, message);
  };
  v1::LookUpPersonRequest bad = good;
  bad.set_pseudonym(std::string(63, 'A'));
  refuse(bad, "pseudonym: expected 64 bytes");
  bad = good;
  bad.clear_reason();
  refuse(bad, "reason: missing");
  bad = good;
  bad.set_reason(std::string(501, 'x'));
  refuse(bad, "reason: over 500 bytes");
  bad = good;
  bad.set_self_test("");
  refuse(bad, "self_test: expected 32 bytes");
  grpc::ClientContext context;
  v1::LookUpPersonResponse response;
  const grpc::Status status = stub->LookUpPerson(&context, good, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(response.known());
  // The length that somebody known would have.
  EXPECT_EQ(response.SerializeAsString().size(), 16384u);
  EXPECT_EQ(response.accesses_size(), 1);
}

TEST_F(MatcherServerTest, IntakeInfoAndInboxKnowTheDepartmentByCertificate) {
  const auto stub =
      v1::CaseIntake::NewStub(Connect(pki_.Client("department", "job")));
  grpc::ClientContext first, second;
  v1::GetIntakeInfoResponse info;
  ASSERT_TRUE(stub->GetIntakeInfo(&first, {}, &info).ok());
  EXPECT_EQ(info.department(), "job");
  EXPECT_EQ(info.day(), kTestDay);
  v1::ListInboxResponse inbox;
  ASSERT_TRUE(stub->ListInbox(&second, {}, &inbox).ok());
  EXPECT_EQ(inbox.entries_size(), 0);
}

TEST_F(MatcherServerTest, ErasuresAndObjectionsReachTheMatcherFromTheOfficer) {
  const auto officer =
      v1::Rights::NewStub(Connect(pki_.Client("privacy-officer", "dpo")));
  v1::ErasePersonRequest erase;
  erase.set_pseudonym(std::string(64, 'A'));
  erase.set_epoch(1);
  erase.set_self_test(std::string(32, 's'));
  erase.set_reason("journalnummer 43");
  erase.set_objection(true);
  v1::LiftObjectionRequest lift;
  lift.set_pseudonym(erase.pseudonym());
  lift.set_epoch(1);
  lift.set_self_test(erase.self_test());
  lift.set_reason("journalnummer 44");
  for (const bool objected : {true, false}) {
    if (objected) {
      grpc::ClientContext context;
      v1::ErasePersonResponse erased;
      ASSERT_TRUE(officer->ErasePerson(&context, erase, &erased).ok());
      EXPECT_EQ(erased.records(), 0u);
      EXPECT_EQ(Leaves().at(erased.leaf_index()).action(),
                v1::AUDIT_ACTION_PERSON_ERASED);
    }
    grpc::ClientContext context;
    v1::LiftObjectionResponse lifted;
    ASSERT_TRUE(officer->LiftObjection(&context, lift, &lifted).ok());
    EXPECT_EQ(lifted.lifted(), objected);
  }
  erase.clear_reason();
  grpc::ClientContext context;
  v1::ErasePersonResponse response;
  ExpectStatus(officer->ErasePerson(&context, erase, &response),
               grpc::StatusCode::INVALID_ARGUMENT,
               "reason: must have 1 to 500 bytes");
  const auto department =
      v1::Rights::NewStub(Connect(pki_.Client("department", "job")));
  grpc::ClientContext other;
  EXPECT_EQ(department->ErasePerson(&other, erase, &response).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(MatcherServerTest, NoticesAreReadAndAcknowledgedByDepartments) {
  const auto stub =
      v1::CaseIntake::NewStub(Connect(pki_.Client("department", "job")));
  grpc::ClientContext first, second, third;
  v1::ListNoticesResponse notices;
  ASSERT_TRUE(stub->ListNotices(&first, {}, &notices).ok());
  EXPECT_EQ(notices.notices_size(), 0);
  v1::AcknowledgeNoticesRequest request;
  v1::AcknowledgeNoticesResponse response;
  ExpectStatus(stub->AcknowledgeNotices(&second, request, &response),
               grpc::StatusCode::INVALID_ARGUMENT,
               "notice_ids: must be 1 to 1,000");
  request.add_notice_ids(std::string(16, 'n'));
  ASSERT_TRUE(stub->AcknowledgeNotices(&third, request, &response).ok());
  EXPECT_EQ(response.deleted(), 0u);
  // The refusal's own leaf may be written after it.
  EXPECT_THAT(Leaves(), ::testing::Contains(::testing::Property(
                            &v1::AuditLeaf::action,
                            v1::AUDIT_ACTION_NOTICES_ACKNOWLEDGED)));
}

TEST_F(MatcherServerTest, TheMatchersNumbersAreMetrics) {
  const std::string page = metrics_->Text();
  for (const char* name : {"samkoer_records_held 0", "samkoer_policy_version 1",
                           "samkoer_audit_leaves ", "samkoer_open_pushes 0",
                           "samkoer_certificate_expiry_timestamp_seconds ",
                           "samkoer_revoked_certificates 0",
                           "samkoer_store_write_seconds_count "}) {
    EXPECT_THAT(page, HasSubstr(name));
  }
}

}  // namespace
}  // namespace samkoer::server
