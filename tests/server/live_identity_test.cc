#include "server/live_identity.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/security/credentials.h"
#include "server_fixture.h"

namespace samkoer::server {
namespace {

using testing::TestCertificate;

// Over real connections, each of its own.
class LiveIdentityTest : public ServerFixture {
 protected:
  // Whether a client of this CA gets a connection within a few seconds.
  bool Connects(const std::string& ca_pem, const TestCertificate& client) {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = ca_pem;
    ssl.pem_private_key = client.key_pem;
    ssl.pem_cert_chain = client.certificate_pem;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto channel = grpc::CreateCustomChannel(
        Address(), grpc::SslCredentials(ssl), arguments);
    return channel->WaitForConnected(
        absl::ToChronoTime(absl::Now() + absl::Seconds(2)));
  }
  static void Write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::trunc) << text;
  }
};

TEST_F(LiveIdentityTest, ANewCertificateIsShownToWhoeverConnectsNext) {
  const TestCertificate client = pki_.Client("privacy-officer", "ane");
  ASSERT_TRUE(Connects(pki_.ca_pem(), client));

  // Another CA, which shows that what is used really changed.
  testing::TestPki next("viborg");
  const TestCertificate server = next.Server();
  Write(tls_.ca_file(), next.ca_pem());
  Write(tls_.key_file(), server.key_pem);
  Write(tls_.certificate_file(), server.certificate_pem);
  const auto changed = identity_->Reload(absl::Now());
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_TRUE(*changed);
  EXPECT_FALSE(identity_->Reload(absl::Now()).value());

  const TestCertificate other = next.Client("privacy-officer", "ane");
  bool connected = false;
  for (int i = 0; i < 20 && !connected; ++i) {
    connected = Connects(next.ca_pem(), other);
  }
  EXPECT_TRUE(connected);
  EXPECT_FALSE(Connects(pki_.ca_pem(), client));
}

TEST_F(LiveIdentityTest, BrokenFilesLeaveTheServerReachable) {
  Write(tls_.certificate_file(), "half");
  EXPECT_FALSE(identity_->Reload(absl::Now()).ok());
  EXPECT_TRUE(Connects(pki_.ca_pem(), pki_.Client("privacy-officer", "ane")));
}

}  // namespace
}  // namespace samkoer::server
