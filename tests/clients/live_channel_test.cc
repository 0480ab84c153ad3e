#include "clients/common/live_channel.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "absl/time/clock.h"
#include "clients/common/cli.h"
#include "samkoer/v1/keys.grpc.pb.h"
#include "support/test_pki.h"

namespace samkoer::clients {
namespace {

using ::testing::HasSubstr;

// Answers every call with the serial number of the caller's certificate.
class WhoCalls final : public v1::KeyService::Service {
 public:
  grpc::Status BlindEvaluate(grpc::ServerContext* context,
                             const v1::BlindEvaluateRequest*,
                             v1::BlindEvaluateResponse*) override {
    const auto pem =
        context->auth_context()->FindPropertyValues("x509_pem_cert");
    return {grpc::StatusCode::NOT_FOUND,
            std::string(pem.front().data(), pem.front().size())};
  }
};

class LiveChannelTest : public ::testing::Test {
 protected:
  LiveChannelTest()
      : server_certificate_(pki_.Server()),
        first_(pki_.Client("department", "familie")) {
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = pki_.ca_pem();
    options.pem_key_cert_pairs.push_back(
        {server_certificate_.key_pem, server_certificate_.certificate_pem});
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options),
                             &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    endpoint_.set_address("127.0.0.1:" + std::to_string(port));
    Put(first_);
    tls_.set_ca_file(pki_.ca_file());
    tls_.set_certificate_file(pki_.directory().File("own.pem"));
    tls_.set_key_file(pki_.directory().File("own.key"));
  }

  void Put(const testing::TestCertificate& certificate) {
    pki_.directory().Write("own.pem", certificate.certificate_pem);
    pki_.directory().Write("own.key", certificate.key_pem);
  }
  // The certificate that the server sees.
  std::string Seen(const LiveChannel& live) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(60));
    v1::BlindEvaluateResponse response;
    return v1::KeyService::NewStub(live.Get())
        ->BlindEvaluate(&context, {}, &response)
        .error_message();
  }

  testing::TestPki pki_;
  testing::TestCertificate server_certificate_, first_;
  WhoCalls service_;
  std::unique_ptr<grpc::Server> server_;
  v1::ClientEndpoint endpoint_;
  v1::ClientTls tls_;
};

TEST_F(LiveChannelTest, ARenewedCertificateIsUsedByTheNextCall) {
  const auto live = LiveChannel::Open(endpoint_, tls_, "");
  ASSERT_TRUE(live.ok()) << live.status();
  EXPECT_EQ(Seen(**live), first_.certificate_pem);
  EXPECT_FALSE(*(*live)->Reload(absl::Now()));
  testing::TestPki::Request request;
  request.uris = {"samkoer://eksempelby/department/familie"};
  request.not_after = absl::Now() + absl::Hours(48);
  const auto second = pki_.Issue(request);
  Put(second);
  const auto before = (*live)->Get();
  ASSERT_TRUE(*(*live)->Reload(absl::Now()));
  EXPECT_NE((*live)->Get(), before);
  EXPECT_EQ(Seen(**live), second.certificate_pem);
  EXPECT_GT((*live)->not_after(), absl::Now() + absl::Hours(47));
  EXPECT_LT((*live)->not_after(), absl::Now() + absl::Hours(49));
}

TEST_F(LiveChannelTest, WhatIsOfNoUseLeavesTheOldOneInForce) {
  const auto live = LiveChannel::Open(endpoint_, tls_, "");
  ASSERT_TRUE(live.ok()) << live.status();
  const auto other = pki_.Client("department", "social");
  // Half of a renewal.
  pki_.directory().Write("own.pem", other.certificate_pem);
  EXPECT_EQ((*live)->Reload(absl::Now()).status().code(),
            absl::StatusCode::kInvalidArgument);
  testing::TestPki::Request request;
  request.not_after = absl::Now() - absl::Minutes(1);
  Put(pki_.Issue(request));
  const auto expired = (*live)->Reload(absl::Now()).status();
  EXPECT_EQ(expired.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(expired.message()), HasSubstr("own.pem"));
  EXPECT_THAT(std::string(expired.message()), HasSubstr("expired on"));
  request.not_before = absl::Now() + absl::Hours(1);
  request.not_after = absl::Now() + absl::Hours(2);
  Put(pki_.Issue(request));
  EXPECT_THAT(std::string((*live)->Reload(absl::Now()).status().message()),
              HasSubstr("is not valid before"));
  std::filesystem::remove(tls_.certificate_file());
  EXPECT_EQ((*live)->Reload(absl::Now()).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Seen(**live), first_.certificate_pem);
}

TEST_F(LiveChannelTest, TheExpiryOfAFileIsReadFromItAlone) {
  std::filesystem::remove(tls_.key_file());
  const auto expiry = CertificateExpiry(tls_, "");
  ASSERT_TRUE(expiry.ok()) << expiry.status();
  EXPECT_GT(*expiry, absl::Now() + absl::Hours(23));
  pki_.directory().Write("own.pem", "no certificate\n");
  EXPECT_EQ(CertificateExpiry(tls_, "").status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace samkoer::clients
