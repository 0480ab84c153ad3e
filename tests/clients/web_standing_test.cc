// Connections that stand: whose they may be, how many, and for how long.
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <deque>
#include <filesystem>
#include <thread>

#include "absl/time/clock.h"
#include "clients/web/tls_connection.h"
#include "tests/clients/web_http_server_fixture.h"

namespace samkoer::clients {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class WebStanding : public WebHttpServer {
 protected:
  // What is written to a connection that the server has ended.
  WebStanding() { std::signal(SIGPIPE, SIG_IGN); }
  // Waits up to ten seconds.
  static bool Soon(const std::function<bool()>& what) {
    for (int i = 0; i < 500; ++i) {
      if (what()) return true;
      absl::SleepFor(absl::Milliseconds(20));
    }
    return false;
  }
  bool NoneLeft() {
    return Soon([this] { return server_->figures().connections == 0; });
  }
  static HttpServer::Limits LookOften() {
    HttpServer::Limits limits;
    limits.trust_look = milliseconds(50);
    return limits;
  }
  // A line of events, one that waits for its next request, and one that asks
  // again and again until it is ended.
  struct Standing {
    explicit Standing(WebStanding& test)
        : line(test.Connect()), idle(test.Connect()), busy(test.Connect()) {
      EXPECT_TRUE(line->Send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n"));
      EXPECT_THAT(line->ReadTo("hello"), StartsWith("HTTP/1.1 200"));
      EXPECT_THAT(idle->Ask("GET", "/"), StartsWith("HTTP/1.1 200"));
    }
    bool busy_answers() {
      return busy->Ask("GET", "/").starts_with("HTTP/1.1 200");
    }
    std::unique_ptr<Connection> line, idle, busy;
  };
  static int RawSocket(int port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address),
                        sizeof(address)),
              0);
    const timeval long_enough{10, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &long_enough,
                 sizeof(long_enough));
    return socket;
  }
};

TEST_F(WebStanding, WhoseCertificateIsRevokedIsEnded) {
  std::atomic<bool> revoked = false;
  std::atomic<int> asked = 0;
  std::string seen;
  tls_->set_revoked([&](std::string_view der) {
    if (++asked == 1) seen = der;
    return revoked.load();
  });
  Start(LookOften());
  Standing standing(*this);
  ASSERT_TRUE(Soon([&] { return asked > 5; }));
  EXPECT_FALSE(seen.empty());
  EXPECT_TRUE(standing.busy_answers());
  EXPECT_EQ(server_->figures().connections, 3u);
  revoked = true;
  EXPECT_TRUE(Soon([&] { return !standing.busy_answers(); }));
  EXPECT_TRUE(NoneLeft());
  revoked = false;
  ExpectServed();
}

TEST_F(WebStanding, WhoseCaIsTakenNoMoreIsEnded) {
  Start(LookOften());
  Standing standing(*this);
  const testing::TestPki other("andeby");
  // Both, as while one CA follows another: nobody is ended. Ours first: the
  // tests' CAs have one name and no key identifier to tell them apart by.
  pki_.directory().Write("cas.pem", pki_.ca_pem() + other.ca_pem());
  std::filesystem::rename(pki_.directory().File("cas.pem"), pki_.ca_file());
  ASSERT_TRUE(*tls_->Reload(absl::Now()));
  absl::SleepFor(absl::Milliseconds(1500));
  EXPECT_TRUE(standing.busy_answers());
  EXPECT_EQ(server_->figures().connections, 3u);
  // A file that cannot be used is none of less.
  const std::string both = pki_.directory().Write("both", "nothing");
  std::filesystem::rename(both, pki_.ca_file());
  EXPECT_FALSE(tls_->Reload(absl::Now()).ok());
  std::filesystem::remove(pki_.ca_file());
  EXPECT_FALSE(tls_->Reload(absl::Now()).ok());
  absl::SleepFor(absl::Milliseconds(1500));
  EXPECT_EQ(server_->figures().connections, 3u);
  const std::string only = pki_.directory().Write("only", other.ca_pem());
  std::filesystem::rename(only, pki_.ca_file());
  ASSERT_TRUE(*tls_->Reload(absl::Now()));
  EXPECT_TRUE(Soon([&] { return !standing.busy_answers(); }));
  EXPECT_TRUE(NoneLeft());
}

TEST_F(WebStanding, APageThatIsGoneHoldsNoLineOfEvents) {
  {
    const auto line = Connect();
    ASSERT_TRUE(line->Send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n"));
    ASSERT_THAT(line->ReadTo("hello"), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(server_->figures().connections, 1u);
  }
  EXPECT_TRUE(NoneLeft());
}

TEST_F(WebStanding, AMachineThatIsGoneWithoutAWordIsGivenUp) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  SetSocketOptions(socket);
  const auto get = [socket](int level, int name) {
    int value = -1;
    socklen_t size = sizeof(value);
    EXPECT_EQ(::getsockopt(socket, level, name, &value, &size), 0);
    return value;
  };
  EXPECT_EQ(get(IPPROTO_TCP, TCP_USER_TIMEOUT), 30'000);
  EXPECT_EQ(get(SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(get(IPPROTO_TCP, TCP_KEEPIDLE) +
                get(IPPROTO_TCP, TCP_KEEPINTVL) * get(IPPROTO_TCP, TCP_KEEPCNT),
            30);
  EXPECT_EQ(get(IPPROTO_TCP, TCP_NODELAY), 1);
  ::close(socket);
}

TEST_F(WebStanding, AnAddressHasABound) {
  HttpServer::Limits limits;
  limits.connections_of_address = 3;
  Start(limits);
  std::deque<std::unique_ptr<Connection>> open;
  for (int i = 0; i < 3; ++i) {
    open.push_back(Connect());
    ASSERT_THAT(open.back()->Ask("GET", "/"), StartsWith("HTTP/1.1 200"));
  }
  const Connection fourth(browser_, server_->port());
  EXPECT_FALSE(fourth.connected());
  EXPECT_EQ(server_->figures().refused, 1u);
  open.pop_front();
  ASSERT_TRUE(Soon([this] { return server_->figures().connections == 2; }));
  ExpectServed();
}

TEST_F(WebStanding, HandshakesHaveABoundAndAnEndHoweverSlowlyTheyGo) {
  HttpServer::Limits limits;
  limits.handshake = milliseconds(1500);
  limits.handshakes_of_address = 2;
  Start(limits);
  const int silent = RawSocket(server_->port());
  const int slow = RawSocket(server_->port());
  ASSERT_TRUE(Soon([this] { return server_->figures().connections == 2; }));
  const Connection third(browser_, server_->port());
  EXPECT_FALSE(third.connected());
  // The head of a record that is never whole, a byte at a time.
  std::atomic<bool> ended = false;
  std::thread writer([&] {
    const std::string record("\x16\x03\x01\x02\x00", 5);
    for (int i = 0; i < 100 && !ended; ++i) {
      const char byte = i < 5 ? record[static_cast<std::size_t>(i)] : 'x';
      if (::send(slow, &byte, 1, MSG_NOSIGNAL) < 0) return;
      absl::SleepFor(absl::Milliseconds(100));
    }
  });
  const absl::Time begun = absl::Now();
  EXPECT_TRUE(NoneLeft());
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
  ended = true;
  writer.join();
  ::close(silent);
  ::close(slow);
  ExpectServed();
}

}  // namespace
}  // namespace samkoer::clients
