#include "clients/common/channel.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <thread>
#include <vector>

#include "clients/common/cli.h"
#include "samkoer/v1/keys.grpc.pb.h"
#include "tests/clients/pki_folder.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

std::string Message(const absl::Status& status) {
  return std::string(status.message());
}

// A server of the key service's rpcs, all UNIMPLEMENTED: that answer means
// that the connection was good.
class Server {
 public:
  explicit Server(std::shared_ptr<grpc::ServerCredentials> credentials) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", std::move(credentials), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int port_ = 0;
  v1::KeyService::Service service_;
  std::unique_ptr<grpc::Server> server_;
};

std::shared_ptr<grpc::ServerCredentials> MutualTls(const PkiFolder& pki,
                                                   const std::string& name) {
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = pki.Text("ca.pem");
  options.pem_key_cert_pairs.push_back(
      {pki.Text(name + ".key"), pki.Text(name + ".pem")});
  return grpc::SslServerCredentials(options);
}

class ChannelTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    pki_ = new PkiFolder;
    pki_->Server("keyd");
    pki_->Server("other", "other.example");
    pki_->Client("department", "familie");
  }
  static void TearDownTestSuite() {
    delete pki_;
    pki_ = nullptr;
  }

  absl::Status Call(const std::string& address, const v1::ClientTls& tls,
                    const std::string& server_name = "") {
    v1::ClientEndpoint endpoint;
    endpoint.set_address(address);
    endpoint.set_server_name(server_name);
    auto channel = OpenChannel(endpoint, tls);
    if (!channel.ok()) return channel.status();
    grpc::ClientContext context;
    SetDeadline(context, absl::Seconds(20));
    v1::GetKeyInfoResponse response;
    return FromGrpc(v1::KeyService::NewStub(*channel)->GetKeyInfo(
                        &context, v1::GetKeyInfoRequest(), &response),
                    "key service");
  }

  static PkiFolder* pki_;
};
PkiFolder* ChannelTest::pki_ = nullptr;

TEST_F(ChannelTest, MutualTlsWithTheRightCertificatesConnects) {
  Server server(MutualTls(*pki_, "keyd"));
  EXPECT_EQ(Call(server.address(), pki_->Tls("familie")).code(),
            absl::StatusCode::kUnimplemented);
}

TEST_F(ChannelTest, RelativePathsAreRelativeToTheConfigurationFile) {
  v1::ClientTls tls;
  tls.set_ca_file("ca.pem");
  tls.set_certificate_file("familie.pem");
  tls.set_key_file("familie.key");
  v1::ClientEndpoint endpoint;
  endpoint.set_address("127.0.0.1:1");
  EXPECT_TRUE(OpenChannel(endpoint, tls, pki_->Path("agent.yaml")).ok());
}

TEST_F(ChannelTest, AServerOfAnotherNameIsRefusedUnlessNamed) {
  Server server(MutualTls(*pki_, "other"));
  const absl::Status refused = Call(server.address(), pki_->Tls("familie"));
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(refused), HasSubstr("key service: "));
  EXPECT_THAT(HintOf(refused), HasSubstr("CA"));
  // A packet that a unit's filter drops looks like a server that is away.
  EXPECT_THAT(HintOf(refused), HasSubstr("IPAddressAllow="));
  EXPECT_EQ(
      Call(server.address(), pki_->Tls("familie"), "other.example").code(),
      absl::StatusCode::kUnimplemented);
}

TEST_F(ChannelTest, AServerOfAnotherAuthorityIsRefused) {
  PkiFolder foreign;
  foreign.Server("keyd");
  Server server(MutualTls(foreign, "keyd"));
  EXPECT_EQ(Call(server.address(), pki_->Tls("familie")).code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(ChannelTest, AServerWithoutTlsIsRefused) {
  Server server(grpc::InsecureServerCredentials());
  EXPECT_EQ(Call(server.address(), pki_->Tls("familie")).code(),
            absl::StatusCode::kUnavailable);
}

// Reads the ClientHello (RFC 8446, 4.1.2) of one connection.
std::vector<unsigned> OfferedCiphers(int listener) {
  const int connection = accept(listener, nullptr, nullptr);
  unsigned char hello[4096];
  std::size_t size = 0;
  while (size < 200) {
    const ssize_t got = read(connection, hello + size, sizeof(hello) - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  close(connection);
  // Record header 5, handshake header 4, version 2, random 32, session id.
  std::size_t at = 43;
  if (size < at + 3) return {};
  at += 1u + hello[at];
  if (size < at + 2) return {};
  const std::size_t bytes = hello[at] * 256u + hello[at + 1];
  std::vector<unsigned> ciphers;
  for (std::size_t i = at + 2; i + 1 < at + 2 + bytes && i + 1 < size; i += 2) {
    ciphers.push_back(hello[i] * 256u + hello[i + 1]);
  }
  return ciphers;
}

TEST_F(ChannelTest, OnlyCiphersOfTls13AreOffered) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(name);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&name), size), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&name), &size),
            0);
  std::vector<unsigned> ciphers;
  std::thread server([&] { ciphers = OfferedCiphers(listener); });
  const absl::Status status =
      Call("127.0.0.1:" + std::to_string(ntohs(name.sin_port)),
           pki_->Tls("familie"));
  shutdown(listener, SHUT_RDWR);
  server.join();
  close(listener);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  ASSERT_FALSE(ciphers.empty());
  for (unsigned cipher : ciphers) {
    // 0x00FF is a signal (RFC 5746), no cipher.
    EXPECT_TRUE(cipher >> 8 == 0x13 || cipher == 0x00FF) << std::hex << cipher;
  }
}

TEST_F(ChannelTest, APrivateKeyThatOthersCanReadIsRefused) {
  PkiFolder pki;
  pki.Client("department", "job");
  ASSERT_EQ(chmod(pki.Path("job.key").c_str(), 0640), 0);
  const absl::Status status = Call("127.0.0.1:1", pki.Tls("job"));
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(Message(status), HasSubstr("job.key"));
  EXPECT_THAT(HintOf(status), HasSubstr("chmod 600"));
}

TEST_F(ChannelTest, MissingFilesAreNamed) {
  for (const char* missing : {"ca", "certificate", "key"}) {
    v1::ClientTls tls = pki_->Tls("familie");
    const std::string path = pki_->Path("missing.pem");
    if (*missing == 'k') tls.set_key_file(path);
    if (missing[1] == 'a') tls.set_ca_file(path);
    if (missing[1] == 'e' && *missing == 'c') tls.set_certificate_file(path);
    const absl::Status status = Call("127.0.0.1:1", tls);
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << missing;
    EXPECT_THAT(Message(status), HasSubstr("missing.pem"));
  }
}

TEST_F(ChannelTest, FilesThatDoNotFitAreRefused) {
  v1::ClientTls other_key = pki_->Tls("familie");
  other_key.set_key_file(pki_->Path("keyd.key"));
  const absl::Status mismatch = Call("127.0.0.1:1", other_key);
  EXPECT_EQ(mismatch.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(mismatch), HasSubstr("does not belong to"));

  v1::ClientTls no_ca = pki_->Tls("familie");
  no_ca.set_ca_file(pki_->Path("municipality"));
  const absl::Status not_pem = Call("127.0.0.1:1", no_ca);
  EXPECT_EQ(not_pem.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(not_pem), HasSubstr("no PEM certificate"));
}

TEST_F(ChannelTest, AMalformedCertificateIsNotTakenForTheEndOfTheFile) {
  const PkiFolder pki;
  pki.Client("department", "job");
  const auto damaged = [&](const std::string& file) {
    const std::string path = pki.Path("damaged-" + file);
    std::ofstream(path) << pki.Text(file)
                        << "-----BEGIN CERTIFICATE-----\nAAAA\n"
                           "-----END CERTIFICATE-----\n";
    return path;
  };
  v1::ClientTls roots = pki.Tls("job");
  roots.set_ca_file(damaged("ca.pem"));
  v1::ClientTls chain = pki.Tls("job");
  chain.set_certificate_file(damaged("job.pem"));
  for (const v1::ClientTls& tls : {roots, chain}) {
    const absl::Status status = Call("127.0.0.1:1", tls);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Message(status), HasSubstr("certificate 2 is malformed"));
  }
}

TEST_F(ChannelTest, AnAddressNeedsAPort) {
  for (const char* address : {"", "localhost", ":8444", "localhost:"}) {
    EXPECT_EQ(Call(address, pki_->Tls("familie")).code(),
              absl::StatusCode::kInvalidArgument)
        << address;
  }
}

TEST(FromGrpcTest, KeepsCodeAndMessageAndCutsEndlessOnes) {
  const absl::Status status = FromGrpc(
      grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "quota"), "matcher");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Message(status), "matcher: quota");
  EXPECT_FALSE(HintOf(status).empty());
  const absl::Status endless = FromGrpc(
      grpc::Status(grpc::StatusCode::INTERNAL, std::string(100'000, 'x')), "m");
  EXPECT_LT(endless.message().size(), 2000u);
  EXPECT_TRUE(FromGrpc(grpc::Status::OK, "m").ok());
}

TEST(FromGrpcTest, ACallThatAnEndingServerCutsIsAServerThatIsAway) {
  const absl::Status status = FromGrpc(grpc::Status::CANCELLED, "key service");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(HintOf(status).empty());
}

}  // namespace
}  // namespace samkoer::clients
