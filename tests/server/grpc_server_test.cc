#include "server/grpc_server.h"

#include <gmock/gmock.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "server_fixture.h"

namespace samkoer::server {
namespace {

using testing::TestCertificate;
using testing::TestPki;

class GrpcServerTest : public ServerFixture {
 protected:
  static grpc::Status CheckHealth(
      const std::shared_ptr<grpc::Channel>& channel, const std::string& service,
      grpc::health::v1::HealthCheckResponse& response) {
    grpc::ClientContext context;
    SetDeadline(context);
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    return grpc::health::v1::Health::NewStub(channel)->Check(&context, request,
                                                             &response);
  }

  // Connects without a proof that the server is one of gRPC: plain OpenSSL with
  // these TLS versions at most and at least. True if the handshake ends well
  // and the server still talks.
  bool Handshake(int version, const TestCertificate* client) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    // The process's own rule would keep the client from trying.
    SSL_CTX_clear_options(context, SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3);
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
    SSL_CTX_load_verify_locations(context, pki_.ca_file().c_str(), nullptr);
    if (client != nullptr) {
      SSL_CTX_use_certificate_file(context, client->certificate_file.c_str(),
                                   SSL_FILETYPE_PEM);
      SSL_CTX_use_PrivateKey_file(context, client->key_file.c_str(),
                                  SSL_FILETYPE_PEM);
    }
    BIO* connection = BIO_new_ssl_connect(context);
    BIO_set_conn_hostname(
        connection, ("127.0.0.1:" + std::to_string(server_->port())).c_str());
    SSL* ssl = nullptr;
    BIO_get_ssl(connection, &ssl);
    const unsigned char kHttp2[] = {2, 'h', '2'};
    SSL_set_alpn_protos(ssl, kHttp2, sizeof kHttp2);
    bool good = BIO_do_handshake(connection) == 1;
    if (good) {
      // In TLS 1.3 a refused client certificate shows at the first read.
      char byte = 0;
      good = BIO_read(connection, &byte, 1) == 1;
    }
    BIO_free_all(connection);
    SSL_CTX_free(context);
    return good;
  }
};

TEST_F(GrpcServerTest, ThePermittedRoleIsAnswered) {
  const TestCertificate officer = pki_.Client("privacy-officer", "dpo");
  EXPECT_TRUE(GetCheckpoint(Connect(officer)).ok());
  EXPECT_EQ(backend_.calls, 1);
  EXPECT_TRUE(Reports().empty());
}

TEST_F(GrpcServerTest, EveryOtherRoleIsRefusedAndTold) {
  for (const char* role :
       {"department", "coordinator", "operator", "matcher"}) {
    ExpectNotPermitted(GetCheckpoint(Connect(pki_.Client(role, "x"))));
  }
  EXPECT_EQ(backend_.calls, 0);
  const std::vector<RefusalReport> reports = Reports();
  ASSERT_EQ(reports.size(), 4u);
  EXPECT_EQ(reports[0].actor, "samkoer://eksempelby/department/x");
  EXPECT_EQ(reports[0].method, "/samkoer.v1.Audit/GetCheckpoint");
  EXPECT_EQ(reports[0].code, absl::StatusCode::kPermissionDenied);
  EXPECT_NE(reports[0].certificate_sha256, crypto::Hash32{});
}

TEST_F(GrpcServerTest, AnotherMunicipalityOfTheSameAuthorityIsRefused) {
  TestPki::Request request;
  request.uris = {"samkoer://nabokommune/privacy-officer/dpo"};
  ExpectNotPermitted(GetCheckpoint(Connect(pki_.Issue(request))));
  EXPECT_EQ(backend_.calls, 0);
}

TEST_F(GrpcServerTest, ACertificateWithoutOrWithTwoIdentitiesIsRefused) {
  const std::vector<std::vector<std::string>> identities = {
      {},
      {"samkoer://eksempelby/privacy-officer"},
      {"samkoer://eksempelby/privacy-officer/dpo",
       "samkoer://eksempelby/department/familie"}};
  for (const auto& uris : identities) {
    TestPki::Request request;
    request.uris = uris;
    ExpectNotPermitted(GetCheckpoint(Connect(pki_.Issue(request))));
  }
  EXPECT_EQ(backend_.calls, 0);
  for (const RefusalReport& report : Reports()) {
    EXPECT_EQ(report.actor, "unidentified");
  }
}

TEST_F(GrpcServerTest, ARevokedCertificateIsRefusedOnAnOpenConnection) {
  const TestCertificate officer = pki_.Client("privacy-officer", "dpo");
  const auto channel = Connect(officer);
  EXPECT_TRUE(GetCheckpoint(channel).ok());
  pki_.directory().Write("revoked", officer.sha256_hex);
  ASSERT_TRUE(revoked_->ReloadIfChanged().value());
  ExpectNotPermitted(GetCheckpoint(channel));
  EXPECT_EQ(backend_.calls, 1);
}

TEST_F(GrpcServerTest, ExpiredEarlyAndForeignCertificatesDoNotConnect) {
  TestPki::Request request;
  request.uris = {"samkoer://eksempelby/privacy-officer/dpo"};
  TestPki::Request expired = request;
  expired.not_before = absl::Now() - absl::Hours(3);
  expired.not_after = absl::Now() - absl::Hours(1);
  TestPki::Request early = request;
  early.not_before = absl::Now() + absl::Hours(1);
  early.not_after = absl::Now() + absl::Hours(3);
  TestPki::Request foreign = request;
  foreign.foreign = true;
  TestPki::Request server_only = request;
  server_only.server = true;
  for (const TestPki::Request& bad : {expired, early, foreign, server_only}) {
    EXPECT_EQ(GetCheckpoint(Connect(pki_.Issue(bad))).error_code(),
              grpc::StatusCode::UNAVAILABLE);
  }
  EXPECT_EQ(backend_.calls, 0);
}

TEST_F(GrpcServerTest, PlaintextAndAnonymousTlsDoNotConnect) {
  EXPECT_EQ(
      GetCheckpoint(Connect(grpc::InsecureChannelCredentials())).error_code(),
      grpc::StatusCode::UNAVAILABLE);
  grpc::SslCredentialsOptions anonymous;
  anonymous.pem_root_certs = pki_.ca_pem();
  EXPECT_EQ(
      GetCheckpoint(Connect(grpc::SslCredentials(anonymous))).error_code(),
      grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(backend_.calls, 0);
}

TEST_F(GrpcServerTest, OnlyTls13IsSpoken) {
  const TestCertificate officer = pki_.Client("privacy-officer", "dpo");
  EXPECT_TRUE(Handshake(TLS1_3_VERSION, &officer));
  EXPECT_FALSE(Handshake(TLS1_2_VERSION, &officer));
  EXPECT_FALSE(Handshake(TLS1_3_VERSION, nullptr));
}

TEST_F(GrpcServerTest, AnRpcThatDoesNotExistLooksLikeAForbiddenOne) {
  const auto channel = Connect(pki_.Client("privacy-officer", "dpo"));
  for (const char* method :
       {"/samkoer.v1.Audit/DropEverything", "/samkoer.v1.CaseIntake/Push",
        "/x/y", "/samkoer.v1.Audit/070205-1234"}) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    SetDeadline(context);
    grpc::CompletionQueue queue;
    grpc::ByteBuffer request, response;
    const auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
    call->StartCall();
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
    ExpectNotPermitted(status);
  }
  const std::vector<RefusalReport> reports = Reports();
  ASSERT_FALSE(reports.empty());
  for (const RefusalReport& report : reports) {
    EXPECT_EQ(report.method, "unknown");
  }
}

TEST_F(GrpcServerTest, AnOversizedMessageIsRefusedBeforeItIsParsed) {
  const auto stub =
      v1::Audit::NewStub(Connect(pki_.Client("privacy-officer", "dpo")));
  grpc::ClientContext context;
  SetDeadline(context);
  v1::LookUpPersonRequest request;
  request.set_reason(std::string(kMaxReceiveBytes + 1, 'x'));
  v1::LookUpPersonResponse response;
  EXPECT_EQ(stub->LookUpPerson(&context, request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(backend_.calls, 0);
}

TEST_F(GrpcServerTest, ACompressedMessageIsRefused) {
  const auto stub =
      v1::Audit::NewStub(Connect(pki_.Client("privacy-officer", "dpo")));
  grpc::ClientContext context;
  SetDeadline(context);
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  v1::LookUpPersonRequest request;
  request.set_reason(std::string(100000, 'x'));
  v1::LookUpPersonResponse response;
  EXPECT_EQ(stub->LookUpPerson(&context, request, &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(backend_.calls, 0);
}

TEST_F(GrpcServerTest, AMalformedMessageIsRefused) {
  grpc::GenericStub stub(Connect(pki_.Client("privacy-officer", "dpo")));
  grpc::ClientContext context;
  SetDeadline(context);
  grpc::CompletionQueue queue;
  const grpc::Slice garbage(std::string(100, '\xff'));
  grpc::ByteBuffer request(&garbage, 1), response;
  const auto call = stub.PrepareUnaryCall(
      &context, "/samkoer.v1.Audit/LookUpPerson", request, &queue);
  call->StartCall();
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(backend_.calls, 0);
}

TEST_F(GrpcServerTest, HandlersErrorsKeepTheirCodeButNotOurInsides) {
  const auto stub =
      v1::Audit::NewStub(Connect(pki_.Client("privacy-officer", "dpo")));
  grpc::ClientContext first, second;
  v1::GetConsistencyProofResponse consistency;
  ExpectStatus(stub->GetConsistencyProof(&first, {}, &consistency),
               grpc::StatusCode::OUT_OF_RANGE, "the log has 0 leaves");
  v1::GetInclusionProofResponse inclusion;
  ExpectStatus(stub->GetInclusionProof(&second, {}, &inclusion),
               grpc::StatusCode::INTERNAL,
               "an error inside the server; its log has more");
  // Our own fault is no refusal.
  const std::vector<RefusalReport> reports = Reports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].code, absl::StatusCode::kOutOfRange);
}

TEST_F(GrpcServerTest, TooManyCallsOfOneCertificateAreRefusedTheRestAnswered) {
  const TestCertificate officer = pki_.Client("privacy-officer", "dpo");
  // Two connections, so that the streams of one do not reach their own bound.
  const auto one = v1::Audit::NewStub(Connect(officer));
  const auto two = v1::Audit::NewStub(Connect(officer));
  v1::ReadLeavesRequest endless;
  endless.set_end(1000000);
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::LeafBatch>>> readers;
  for (int i = 0; i < kMaxCallsPerCertificate; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    readers.push_back(
        (i % 2 == 0 ? one : two)->ReadLeaves(contexts.back().get(), endless));
    v1::LeafBatch first;
    ASSERT_TRUE(readers.back()->Read(&first));
  }
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetCheckpointResponse response;
  ExpectStatus(one->GetCheckpoint(&context, {}, &response),
               grpc::StatusCode::RESOURCE_EXHAUSTED,
               "too many calls at once; try again later");
  // Another person is not affected.
  EXPECT_TRUE(GetCheckpoint(Connect(pki_.Client("witness", "w"))).ok());
  for (const auto& open : contexts) open->TryCancel();
  for (const auto& reader : readers) {
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
}

TEST_F(GrpcServerTest, ARevokedReaderThatDoesNotReadIsCut) {
  const TestCertificate officer = pki_.Client("privacy-officer", "dpo");
  const auto stub = v1::Audit::NewStub(Connect(officer));
  v1::ReadLeavesRequest endless;
  endless.set_end(1000000);
  grpc::ClientContext context;
  SetDeadline(context);
  const auto reader = stub->ReadLeaves(&context, endless);
  v1::LeafBatch batch;
  ASSERT_TRUE(reader->Read(&batch));
  pki_.directory().Write("revoked", officer.sha256_hex);
  ASSERT_TRUE(revoked_->ReloadIfChanged().value());
  // The server ends on its own, however full the pipe is.
  while (backend_.ended_reads == 0) absl::SleepFor(absl::Milliseconds(10));
  while (reader->Read(&batch)) {
  }
  const grpc::StatusCode code = reader->Finish().error_code();
  EXPECT_TRUE(code == grpc::StatusCode::CANCELLED ||
              code == grpc::StatusCode::PERMISSION_DENIED)
      << code;
}

TEST_F(GrpcServerTest, TheHealthCheckSaysServingToEveryRole) {
  using Response = grpc::health::v1::HealthCheckResponse;
  for (const char* role : {"department", "coordinator", "privacy-officer",
                           "operator", "witness", "matcher"}) {
    Response response;
    const grpc::Status status =
        CheckHealth(Connect(pki_.Client(role, "x")), "", response);
    ASSERT_TRUE(status.ok()) << role << ": " << status.error_message();
    EXPECT_EQ(response.status(), Response::SERVING);
  }
  const auto channel = Connect(pki_.Client("operator", "drift"));
  Response response;
  EXPECT_EQ(CheckHealth(channel, "samkoer.v1.Audit", response).error_code(),
            grpc::StatusCode::NOT_FOUND);
  server_->SetServing(false);
  ASSERT_TRUE(CheckHealth(channel, "", response).ok());
  EXPECT_EQ(response.status(), Response::NOT_SERVING);
}

TEST_F(GrpcServerTest, TheHealthCheckIsRefusedToForeignAndRevokedOnes) {
  grpc::health::v1::HealthCheckResponse response;
  TestPki::Request other;
  other.uris = {"samkoer://nabokommune/operator/drift"};
  ExpectNotPermitted(CheckHealth(Connect(pki_.Issue(other)), "", response));
  TestPki::Request nobody;
  nobody.uris = {};
  ExpectNotPermitted(CheckHealth(Connect(pki_.Issue(nobody)), "", response));
  const TestCertificate revoked = pki_.Client("operator", "drift");
  pki_.directory().Write("revoked", revoked.sha256_hex);
  ASSERT_TRUE(revoked_->ReloadIfChanged().value());
  ExpectNotPermitted(CheckHealth(Connect(revoked), "", response));
  EXPECT_EQ(Reports().size(), 3u);
}

TEST_F(GrpcServerTest, TooManyLoggedCallsOfOneCallerAreRefusedForAWhile) {
  const auto channel = Connect(pki_.Client("privacy-officer", "dpo"));
  const auto read = [](const std::shared_ptr<grpc::Channel>& by) {
    grpc::ClientContext context;
    SetDeadline(context);
    const auto stub = v1::Audit::NewStub(by);
    const auto reader = stub->ReadLeaves(&context, {});
    return reader->Finish();
  };
  for (std::uint64_t i = 0; i < kLoggedCallsBurst; ++i) {
    ASSERT_TRUE(read(channel).ok()) << i;
  }
  ExpectStatus(read(channel), grpc::StatusCode::RESOURCE_EXHAUSTED,
               "too many calls that stand in the audit log; the next in 1 s");
  EXPECT_EQ(backend_.calls, static_cast<int>(kLoggedCallsBurst));
  // The same name has no more under another certificate; another name has, and
  // what is not logged goes on.
  EXPECT_EQ(read(Connect(pki_.Client("privacy-officer", "dpo"))).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(read(Connect(pki_.Client("privacy-officer", "vikar"))).ok());
  EXPECT_TRUE(GetCheckpoint(channel).ok());
  clock_ns_ = 1'100'000'000;
  EXPECT_TRUE(read(channel).ok());
  EXPECT_EQ(read(channel).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(GrpcServerTest, ATakenPortIsUnavailable) {
  GrpcServer::Options options;
  options.listen = "127.0.0.1:" + std::to_string(server_->port());
  options.credentials = grpc::InsecureServerCredentials();
  options.gate = &gate_;
  EXPECT_EQ(GrpcServer::Start(options).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(GrpcServerTest, ShutdownCutsWhatDoesNotEndInTime) {
  const auto stub =
      v1::Audit::NewStub(Connect(pki_.Client("privacy-officer", "dpo")));
  v1::ReadLeavesRequest endless;
  endless.set_end(1000000);
  grpc::ClientContext context;
  SetDeadline(context);
  const auto reader = stub->ReadLeaves(&context, endless);
  v1::LeafBatch batch;
  ASSERT_TRUE(reader->Read(&batch));
  server_->Shutdown(absl::Milliseconds(100));
  while (reader->Read(&batch)) {
  }
  EXPECT_FALSE(reader->Finish().ok());
  EXPECT_EQ(backend_.ended_reads, 1);
}

TEST_F(GrpcServerTest, MetricsCountCallsAndDenials) {
  EXPECT_TRUE(GetCheckpoint(Connect(pki_.Client("witness", "w"))).ok());
  ExpectNotPermitted(GetCheckpoint(Connect(pki_.Client("department", "x"))));
  const std::string page = metrics_->Text();
  EXPECT_NE(page.find("samkoer_denials_total{reason=\"role\"} 1"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("code=\"OK\",rpc=\"/samkoer.v1.Audit/GetCheckpoint\"} 1"),
            std::string::npos)
      << page;
}

}  // namespace
}  // namespace samkoer::server
