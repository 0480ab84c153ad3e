// The key service as it is served: mutual TLS, roles, the client's own code on
// the other side.
#include "server/key_service.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "clients/common/channel.h"
#include "clients/common/oprf_client.h"
#include "crypto/tls13.h"
#include "server/audit_service.h"
#include "server/grpc_server.h"
#include "server/key_leaves.h"
#include "server/live_identity.h"
#include "server/metrics.h"
#include "server/refusals.h"
#include "server/store_audit_backend.h"
#include "tests/clients/pki_folder.h"
#include "tests/server/keyd_fixture.h"

namespace samkoer::server {
namespace {

class KeyServiceTest : public KeydFixture {
 protected:
  void SetUp() override {
    ASSERT_TRUE(crypto::RequireTls13().ok());
    pki_.Server("keyd");
    Open();
    metrics_ = *Metrics::Create("");
    refusals_ =
        std::make_unique<RefusalRecorder>([this](const RefusalReport& report) {
          return ledger_->Record(RefusedLeaf(report, absl::Now()));
        });
    access_ = std::make_unique<AccessControl>("viborg", nullptr);
    gate_ = std::make_unique<CallGate>(*access_, *metrics_, *refusals_);
    evaluator_ = std::make_unique<KeyEvaluator>(*keys_, *ledger_, *metrics_);
    service_ = std::make_unique<KeyService>(*gate_, *evaluator_);

    v1::ServerTls tls;
    tls.set_ca_file(pki_.Path("ca.pem"));
    tls.set_certificate_file(pki_.Path("keyd.pem"));
    tls.set_key_file(pki_.Path("keyd.key"));
    auto identity = LiveIdentity::Load(tls, absl::Now());
    ASSERT_TRUE(identity.ok()) << identity.status();
    identity_ = *std::move(identity);
    GrpcServer::Options options;
    options.listen = "127.0.0.1:0";
    options.credentials = identity_->credentials();
    options.services = {service_.get()};
    options.gate = gate_.get();
    auto server = GrpcServer::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void TearDown() override {
    server_.reset();
    if (refusals_) refusals_->Stop();
  }

  std::shared_ptr<grpc::Channel> ChannelOf(const std::string& role,
                                           const std::string& name) {
    pki_.Client(role, name);
    v1::ClientEndpoint endpoint;
    endpoint.set_address("127.0.0.1:" + std::to_string(server_->port()));
    auto channel = clients::OpenChannel(endpoint, pki_.Tls(name));
    EXPECT_TRUE(channel.ok()) << channel.status();
    return *channel;
  }
  clients::PinnedOprfKey Pinned() const {
    return {key().epoch, key().pair.public_key, key().self_test};
  }
  grpc::Status Evaluate(const std::shared_ptr<grpc::Channel>& channel,
                        v1::BlindEvaluateRequest request) {
    grpc::ClientContext context;
    clients::SetDeadline(context);
    v1::BlindEvaluateResponse response;
    return v1::KeyService::NewStub(channel)->BlindEvaluate(&context, request,
                                                           &response);
  }
  grpc::Status Info(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    clients::SetDeadline(context);
    v1::GetKeyInfoRequest request;
    request.set_purpose("ungeindsats");
    v1::GetKeyInfoResponse response;
    return v1::KeyService::NewStub(channel)->GetKeyInfo(&context, request,
                                                        &response);
  }

  clients::PkiFolder pki_{"viborg"};
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<RefusalRecorder> refusals_;
  std::unique_ptr<AccessControl> access_;
  std::unique_ptr<CallGate> gate_;
  std::unique_ptr<KeyEvaluator> evaluator_;
  std::unique_ptr<KeyService> service_;
  std::unique_ptr<LiveIdentity> identity_;
  std::unique_ptr<GrpcServer> server_;
};

TEST_F(KeyServiceTest, ADepartmentGetsPseudonymsOfTheKeyUntilItsQuotaEnds) {
  auto client = clients::PseudonymClient::Connect(
      ChannelOf("department", "familie"), "ungeindsats", Pinned());
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ((*client)->quota_available(), 100u);
  const std::string_view inputs[] = {"one", "two"};
  auto outputs = (*client)->Pseudonymise(inputs);
  ASSERT_TRUE(outputs.ok()) << outputs.status();
  EXPECT_TRUE((*outputs)[1] ==
              *crypto::Evaluate(crypto::OprfMode::kVoprf, key().pair, "two"));
  EXPECT_EQ(Available(), 97u) << "the self-test and two inputs";

  const std::vector<std::string_view> many(98, "three");
  EXPECT_EQ((*client)->Pseudonymise(many).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(KeyServiceTest, RolesWithoutTheRightAreRefusedAndRecorded) {
  for (const char* role : {"coordinator", "operator", "witness"}) {
    const auto channel = ChannelOf(role, std::string("a-") + role);
    const grpc::Status info = Info(channel);
    EXPECT_EQ(info.error_code(), grpc::StatusCode::PERMISSION_DENIED) << role;
    EXPECT_EQ(info.error_message(), "not permitted");
    EXPECT_EQ(Evaluate(channel, v1::BlindEvaluateRequest()).error_code(),
              grpc::StatusCode::PERMISSION_DENIED)
        << role;
  }
  refusals_->Stop();
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_REFUSED), 6u);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_EVALUATED), 0u);
}

TEST_F(KeyServiceTest, MalformedRequestsSayWhatIsWrong) {
  const auto channel = ChannelOf("department", "familie");
  v1::BlindEvaluateRequest request;
  request.set_purpose("ungeindsats");
  request.set_epoch(1);
  const grpc::Status empty = Evaluate(channel, request);
  EXPECT_EQ(empty.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(empty.error_message(), testing::HasSubstr("1 to 1,000 elements"));
  request.set_blinded_elements(std::string(32, '\0'));
  EXPECT_EQ(Evaluate(channel, request).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Available(), 100u);
}

}  // namespace
}  // namespace samkoer::server
