// A server over real TLS in this process, with the Audit service on a log that
// only counts. What is common to both servers is tested on it.
#ifndef SAMKOER_TESTS_SERVER_SERVER_FIXTURE_H_
#define SAMKOER_TESTS_SERVER_SERVER_FIXTURE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "crypto/tls13.h"
#include "grpcpp/grpcpp.h"
#include "samkoer/v1/audit.grpc.pb.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/audit_service.h"
#include "server/grpc_server.h"
#include "server/limits.h"
#include "server/live_identity.h"
#include "server/metrics.h"
#include "server/refusals.h"
#include "server/revocation.h"
#include "support/test_pki.h"

namespace samkoer::server {

// Answers everything and counts what reached it.
class CountingBackend final : public AuditBackend {
 public:
  absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint() override {
    ++calls;
    return v1::GetCheckpointResponse();
  }
  absl::Status ReadLeaves(const Identity&, const v1::ReadLeavesRequest& request,
                          const LeafSink& sink) override {
    ++calls;
    v1::LeafBatch batch;
    batch.add_leaves(std::string(kMaxLeafBatchBytes, 'x'));
    for (std::uint64_t i = 0; i < request.end(); ++i) {
      ++pages;
      if (!sink(batch)) break;
    }
    ++ended_reads;
    return absl::OkStatus();
  }
  absl::StatusOr<v1::GetConsistencyProofResponse> ConsistencyProof(
      const Identity&, const v1::GetConsistencyProofRequest&) override {
    ++calls;
    return absl::OutOfRangeError("the log has 0 leaves");
  }
  absl::StatusOr<v1::GetInclusionProofResponse> InclusionProof(
      const Identity&, const v1::GetInclusionProofRequest&) override {
    ++calls;
    return absl::InternalError("secret detail");
  }
  std::atomic<int> calls = 0;
  std::atomic<int> pages = 0;
  std::atomic<int> ended_reads = 0;
};

class ServerFixture : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(crypto::RequireTls13().ok()); }

  ServerFixture()
      : revoked_file_(pki_.directory().Write("revoked", "# none\n")),
        revoked_(*RevocationList::Load(revoked_file_)),
        access_(pki_.municipality(), revoked_.get()),
        metrics_(*Metrics::Create("")),
        refusals_([this](const RefusalReport& report) {
          absl::MutexLock lock(&mutex_);
          reports_.push_back(report);
          return absl::OkStatus();
        }),
        gate_(access_, *metrics_, refusals_,
              [this] { return clock_ns_.load(); }),
        watch_(access_),
        audit_(gate_, backend_, watch_) {
    const testing::TestCertificate own = pki_.Server();
    v1::ServerTls& tls = tls_;
    tls.set_ca_file(pki_.ca_file());
    tls.set_certificate_file(own.certificate_file);
    tls.set_key_file(own.key_file);
    auto identity = LiveIdentity::Load(tls, absl::Now());
    EXPECT_TRUE(identity.ok()) << identity.status();
    identity_ = *std::move(identity);
    GrpcServer::Options options;
    options.listen = "127.0.0.1:0";
    options.credentials = identity_->credentials();
    options.services = {&audit_};
    options.gate = &gate_;
    auto server = GrpcServer::Start(options);
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  std::string Address() const {
    return "localhost:" + std::to_string(server_->port());
  }
  // A connection of its own.
  std::shared_ptr<grpc::Channel> Connect(
      const std::shared_ptr<grpc::ChannelCredentials>& credentials) const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(Address(), credentials, arguments);
  }
  std::shared_ptr<grpc::Channel> Connect(
      const testing::TestCertificate& client) const {
    return Connect(pki_.Credentials(client));
  }
  static void SetDeadline(grpc::ClientContext& context) {
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(20));
  }
  static grpc::Status GetCheckpoint(
      const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::GetCheckpointResponse response;
    return v1::Audit::NewStub(channel)->GetCheckpoint(&context, {}, &response);
  }
  static void ExpectStatus(const grpc::Status& status, grpc::StatusCode code,
                           const std::string& message) {
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_EQ(status.error_message(), message);
  }
  static void ExpectNotPermitted(const grpc::Status& status) {
    ExpectStatus(status, grpc::StatusCode::PERMISSION_DENIED, "not permitted");
  }
  // What would have been written to the audit log so far. Ends the recorder.
  std::vector<RefusalReport> Reports() {
    refusals_.Stop();
    absl::MutexLock lock(&mutex_);
    return reports_;
  }

  testing::TestPki pki_;
  const std::string revoked_file_;
  std::unique_ptr<RevocationList> revoked_;
  AccessControl access_;
  std::unique_ptr<Metrics> metrics_;
  // Of the allowance of logged calls; stands still unless a test moves it.
  std::atomic<std::int64_t> clock_ns_ = 0;
  absl::Mutex mutex_;
  std::vector<RefusalReport> reports_;
  RefusalRecorder refusals_;
  CallGate gate_;
  StreamWatch watch_;
  CountingBackend backend_;
  AuditService audit_;
  v1::ServerTls tls_;
  std::unique_ptr<LiveIdentity> identity_;
  std::unique_ptr<GrpcServer> server_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_TESTS_SERVER_SERVER_FIXTURE_H_
