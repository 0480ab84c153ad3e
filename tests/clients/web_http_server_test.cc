#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "clients/web/http_server.h"
#include "tests/clients/web_http_server_fixture.h"

namespace samkoer::clients {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(WebHttpServer, NewConnectionsAreServedBesideManyLinesOfEvents) {
  std::deque<std::unique_ptr<Connection>> lines;
  for (int i = 0; i < 300; ++i) {
    lines.push_back(Connect());
    ASSERT_TRUE(lines.back()->Send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n"));
    ASSERT_THAT(lines.back()->ReadTo("hello"), StartsWith("HTTP/1.1 200"));
  }
  for (int i = 0; i < 300; ++i) ExpectServed();
  EXPECT_EQ(server_->figures().refused, 0u);
  EXPECT_GE(server_->figures().connections, 300u);
}

TEST_F(WebHttpServer, MoreConnectionsMayWaitThanThereAreThreads) {
  constexpr int kMoreThanThreads = 1100;
  std::deque<std::unique_ptr<Connection>> idle;
  for (int i = 0; i < kMoreThanThreads; ++i) {
    idle.push_back(Connect());
    ASSERT_THAT(idle.back()->Ask("GET", "/"), StartsWith("HTTP/1.1 200"));
  }
  ExpectServed();
  // Those that wait are not forgotten.
  EXPECT_THAT(idle.back()->Ask("GET", "/"), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(server_->figures().refused, 0u);
}

TEST_F(WebHttpServer, AConnectionWaitsLongUnlessTheyAreManyThen) {
  HttpServer::Limits limits;
  limits.connections = 4;
  limits.crowded_keep_alive = std::chrono::milliseconds(1);
  Start(limits);
  const auto first = Connect(), second = Connect();
  ASSERT_THAT(first->Ask("GET", "/"), StartsWith("HTTP/1.1 200"));
  ASSERT_THAT(second->Ask("GET", "/"), StartsWith("HTTP/1.1 200"));
  // They are looked at once a second.
  std::this_thread::sleep_for(std::chrono::milliseconds(2500));
  EXPECT_THAT(first->Ask("GET", "/"), StartsWith("HTTP/1.1 200"));
  const auto third = Connect();
  ASSERT_THAT(third->Ask("GET", "/"), StartsWith("HTTP/1.1 200"));
  // No more of them end than must.
  for (int i = 0; i < 100 && server_->figures().connections > 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(server_->figures().connections, 2u);
}

TEST_F(WebHttpServer, AConnectionWhoseTimeIsUpIsEnded) {
  HttpServer::Limits limits;
  limits.keep_alive = std::chrono::milliseconds(1);
  Start(limits);
  const auto connection = Connect();
  ASSERT_THAT(connection->Ask("GET", "/"), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(connection->Ended());
  EXPECT_EQ(server_->figures().refused, 0u);
}

TEST_F(WebHttpServer, APortIsTakenByOneServerOnly) {
  const auto second =
      HttpServer::Bind("127.0.0.1:" + std::to_string(server_->port()), *tls_,
                       [](const WebRequest&) { return WebResponse{}; });
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(HttpServer::Bind("127.0.0.1", *tls_,
                             [](const WebRequest&) { return WebResponse{}; })
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

// Whoever is gone again before the accept must not hold up all others.
TEST_F(WebHttpServer, NothingIsWaitedForInAnAccept) {
  constexpr int kFiles = 1024;
  int found = 0;
  for (int fd = 0; fd < kFiles; ++fd) {
    sockaddr_in address{};
    socklen_t size = sizeof(address);
    int listens = 0;
    socklen_t int_size = sizeof(listens);
    if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &int_size) != 0 ||
        listens == 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        ntohs(address.sin_port) != server_->port()) {
      continue;
    }
    ++found;
    EXPECT_NE(::fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  }
  EXPECT_EQ(found, 1);
}

TEST_F(WebHttpServer, WhatStandsBehindARequestIsNotTakenForTheNext) {
  const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string length =
      "Content-Length: " + std::to_string(hidden.size()) + "\r\n";
  struct Case {
    std::string verb, headers, status;
  };
  for (const Case& one :
       {Case{"GET", length, "400"}, Case{"HEAD", length, "400"},
        Case{"OPTIONS", length, "405"},
        Case{"POST", length + "Content-Length: 0\r\n", "400"},
        Case{"POST", "Content-Length: 1x\r\n", "400"},
        Case{"GET", "Transfer-Encoding: chunked\r\n", "411"},
        Case{"POST", "Transfer-Encoding: chunked\r\n", "411"},
        Case{"POST", "Content-Length: 999999\r\n", "413"},
        Case{"GET", "Range: elephants=0-1\r\n", "416"}}) {
    const int before = calls_;
    const auto connection = Connect();
    ASSERT_TRUE(connection->Send(one.verb + " / HTTP/1.1\r\nHost: x\r\n" +
                                 one.headers + "\r\n" + hidden));
    const std::string head = connection->ReadTo("\r\n\r\n");
    EXPECT_THAT(head, StartsWith("HTTP/1.1 " + one.status)) << one.verb;
    EXPECT_THAT(head, HasSubstr("Content-Security-Policy: "));
    EXPECT_TRUE(connection->Ended()) << one.verb << one.headers;
    EXPECT_EQ(calls_, before) << one.verb << one.headers;
  }
  ExpectServed();
}

TEST_F(WebHttpServer, RequestsFollowEachOtherOnAConnection) {
  const auto connection = Connect();
  EXPECT_THAT(connection->Ask("GET", "/"), ::testing::EndsWith(kBody));
  ASSERT_TRUE(connection->Send(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_THAT(connection->ReadAnswer(), ::testing::EndsWith("9abc"));
  EXPECT_THAT(connection->ReadAnswer(), ::testing::EndsWith("9"));
  // Without a length there is no body; nobody waits for one.
  EXPECT_THAT(connection->Ask("DELETE", "/"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(connection->Ask("POST", "/"), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(calls_, 5);
}

TEST_F(WebHttpServer, TheLastRequestOfAConnectionEndsIt) {
  HttpServer::Limits limits;
  limits.calls_per_connection = 3;
  Start(limits);
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  const auto connection = Connect();
  // Also what is asked before the end is heard of comes to nothing.
  ASSERT_TRUE(connection->Send(request + request + request + request));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(connection->ReadAnswer(), HasSubstr("Keep-Alive: timeout=300"));
  }
  EXPECT_THAT(connection->ReadAnswer(), HasSubstr("Connection: close"));
  EXPECT_TRUE(connection->Ended());
  EXPECT_EQ(calls_, 3);
  ExpectServed();
}

// A browser that never stops to read, but so slowly that its answer would take
// minutes.
class WebHttpServerWithSlowReader : public WebHttpServer {
 protected:
  std::unique_ptr<Connection> Ask() {
    auto connection = Connect();
    EXPECT_TRUE(connection->Send("GET /long HTTP/1.1\r\nHost: x\r\n\r\n"));
    EXPECT_THAT(connection->ReadTo("\r\n\r\n"), StartsWith("HTTP/1.1 200"));
    connection->Skip(1024 * 1024);  // the rest is on its way, too
    return connection;
  }
  // Reads on, a quarter of a mebibyte each time, until `done` or 10 seconds
  // have passed; whether `done`.
  static bool ReadSlowlyUntil(Connection& connection,
                              const std::function<bool()>& done) {
    for (int i = 0; i < 100 && !done(); ++i) {
      connection.Skip(256 * 1024);
      absl::SleepFor(absl::Milliseconds(100));
    }
    return done();
  }
};

TEST_F(WebHttpServerWithSlowReader, AnAnswerHasAnEnd) {
  HttpServer::Limits limits;
  limits.answer = std::chrono::milliseconds(500);
  Start(limits);
  const auto connection = Ask();
  EXPECT_TRUE(ReadSlowlyUntil(
      *connection, [&] { return server_->figures().connections == 0; }));
  ExpectServed();
}

TEST_F(WebHttpServerWithSlowReader, TheServerStopsAllTheSame) {
  const auto connection = Ask();
  server_->Stop();
  EXPECT_TRUE(ReadSlowlyUntil(
      *connection, [&] { return server_->figures().connections == 0; }));
}

TEST_F(WebHttpServer, PartsOfAnAnswerAreNotMultiplied) {
  EXPECT_THAT(Connect()->Ask("GET", "/", "Range: bytes=0-,0-,0-,0-\r\n"),
              StartsWith("HTTP/1.1 416"));
  EXPECT_EQ(calls_, 0);
}

TEST_F(WebHttpServer, TheTargetComesToTheHandlerAsItStands) {
  for (const std::string target : {"/echo/%20+%C3%A6?a=%26&b=??", "/echo"}) {
    EXPECT_THAT(Connect()->Ask("GET", target),
                ::testing::EndsWith("[" + target + "]"));
  }
}

TEST_F(WebHttpServer, AHeadThatOthersMayReadOtherwiseEndsItsConnection) {
  for (const std::string headers :
       {"A: b\nContent-Length: 5\r\n", "Content-Length : 5\r\n", " a\r\n",
        "Content-Length: %35\r\n", ": b\r\n"}) {
    const auto connection = Connect();
    ASSERT_TRUE(connection->Send("POST / HTTP/1.1\r\nHost: x\r\n" + headers +
                                 "\r\nGET / HTTP/1.1\r\n\r\n"));
    EXPECT_THAT(connection->ReadTo("\r\n\r\n"), StartsWith("HTTP/1.1 400"))
        << headers;
    EXPECT_TRUE(connection->Ended()) << headers;
  }
  EXPECT_EQ(calls_, 0);
  ExpectServed();
}

TEST_F(WebHttpServer, ABodyThatMustBeUnpackedComesToNoHandler) {
  for (const std::string header :
       {"Content-Encoding: gzip", "Content-Encoding: br",
        "Content-Encoding: deflate",
        "Content-Type: multipart/form-data; boundary=x"}) {
    const auto connection = Connect();
    ASSERT_TRUE(connection->Send("POST / HTTP/1.1\r\nHost: x\r\n" + header +
                                 "\r\nContent-Length: 3\r\n\r\nabc"));
    EXPECT_THAT(connection->ReadTo("\r\n\r\n"), StartsWith("HTTP/1.1 415"))
        << header;
    EXPECT_TRUE(connection->Ended()) << header;
  }
  EXPECT_EQ(calls_, 0);
  ExpectServed();
}

TEST_F(WebHttpServer, ALongTargetIsRefusedBeforeItIsWhole) {
  const auto connection = Connect();
  ASSERT_TRUE(connection->Send("GET /" + std::string(8000, 'a')));
  EXPECT_THAT(connection->ReadTo("\r\n\r\n"), StartsWith("HTTP/1.1 414"));
  EXPECT_TRUE(connection->Ended());
  EXPECT_EQ(calls_, 0);
}

TEST_F(WebHttpServer, HeadersHaveAnEnd) {
  const auto connection = Connect();
  std::string request = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 60; ++i) {
    request +=
        "X-" + std::to_string(i) + ": " + std::string(1000, 'a') + "\r\n";
  }
  connection->Send(request + "\r\n");
  EXPECT_THAT(connection->ReadTo("\r\n\r\n"), StartsWith("HTTP/1.1 431"));
  EXPECT_TRUE(connection->Ended());
  EXPECT_EQ(calls_, 0);
  ExpectServed();
}

TEST_F(WebHttpServer, WhoeverHasNoCertificateComesToNothing) {
  testing::TestPki::Request request;
  request.foreign = true;
  const testing::TestCertificate other = pki_.Issue(request);
  for (const testing::TestCertificate* certificate :
       {static_cast<const testing::TestCertificate*>(nullptr), &other}) {
    const Browser stranger(pki_, certificate);
    Connection connection(stranger, server_->port());
    EXPECT_EQ(connection.Ask("GET", "/"), "");
  }
  ExpectServed();
  EXPECT_EQ(server_->figures().refused, 2u);
  EXPECT_EQ(calls_, 1);
}

TEST_F(WebHttpServer, WhoeverOnlyLooksWhetherSomebodyListensIsNoNews) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(server_->port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(
      ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
      0);
  ::shutdown(socket, SHUT_WR);
  char nothing = 0;
  EXPECT_EQ(::read(socket, &nothing, 1), 0);  // the server ends it, too
  ::close(socket);
  EXPECT_EQ(server_->figures().refused, 0u);
}

TEST_F(WebHttpServer, ARenewedCertificateIsShownToNewConnections) {
  const auto old = Connect();
  EXPECT_EQ(old->Fingerprint(), shown_.sha256_hex);
  const testing::TestCertificate renewed = pki_.Server();
  pki_.directory().Write("page.pem", renewed.certificate_pem);
  // Half of a renewal: the key is still the old one's.
  EXPECT_EQ(tls_->Reload(absl::Now()).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Connect()->Fingerprint(), shown_.sha256_hex);
  pki_.directory().Write("page.key", renewed.key_pem);
  const auto changed = tls_->Reload(absl::Now());
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_TRUE(*changed);
  EXPECT_FALSE(*tls_->Reload(absl::Now()));
  EXPECT_EQ(Connect()->Fingerprint(), renewed.sha256_hex);
  EXPECT_THAT(old->Ask("GET", "/"), StartsWith("HTTP/1.1 200"));
}

TEST_F(WebHttpServer, AMalformedCertificateIsNotTheEndOfTheFile) {
  const testing::TestCertificate renewed = pki_.Server();
  std::string malformed = shown_.certificate_pem;
  malformed.replace(malformed.find('\n', malformed.find("BEGIN CERT")) + 1, 8,
                    "!!!!!!!!");
  pki_.directory().Write("page.pem", renewed.certificate_pem + malformed);
  pki_.directory().Write("page.key", renewed.key_pem);
  EXPECT_EQ(tls_->Reload(absl::Now()).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Connect()->Fingerprint(), shown_.sha256_hex);
}

TEST_F(WebHttpServer, ACertificateThatIsOutOfDateDoesNotReplaceOneThatIsNot) {
  testing::TestPki::Request request;
  request.server = true;
  request.dns_names = {"localhost"};
  request.not_after = absl::Now() - absl::Minutes(1);
  const testing::TestCertificate expired = pki_.Issue(request);
  pki_.directory().Write("page.pem", expired.certificate_pem);
  pki_.directory().Write("page.key", expired.key_pem);
  EXPECT_EQ(tls_->Reload(absl::Now()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Connect()->Fingerprint(), shown_.sha256_hex);
  std::filesystem::remove(pki_.directory().File("page.pem"));
  EXPECT_EQ(tls_->Reload(absl::Now()).status().code(),
            absl::StatusCode::kNotFound);
  ExpectServed();
}

}  // namespace
}  // namespace samkoer::clients
