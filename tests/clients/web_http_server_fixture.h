// The page's server on a port of this machine, and what browsers do to it.
#ifndef SAMKOER_TESTS_CLIENTS_WEB_HTTP_SERVER_FIXTURE_H_
#define SAMKOER_TESTS_CLIENTS_WEB_HTTP_SERVER_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/synchronization/notification.h"
#include "clients/web/http_server.h"
#include "tests/clients/web_browser.h"

namespace samkoer::clients {

inline constexpr char kBody[] = "0123456789";

class WebHttpServer : public ::testing::Test {
 protected:
  // A line of events that says hello and then has no news until the end.
  class Quiet final : public EventStream {
   public:
    explicit Quiet(absl::Notification& end) : end_(end) {}
    using EventStream::Next;
    std::optional<std::string> Next(
        const std::function<bool()>& gone) override {
      if (!begun_) {
        begun_ = true;
        return "hello\n\n";
      }
      while (!gone() &&
             !end_.WaitForNotificationWithTimeout(absl::Milliseconds(50))) {
      }
      return std::nullopt;
    }

   private:
    absl::Notification& end_;
    bool begun_ = false;
  };

  WebHttpServer()
      : shown_(pki_.Server()),
        anna_(pki_.Client("coordinator", "anna")),
        browser_(pki_, &anna_) {
    certificate_ = pki_.directory().Write("page.pem", shown_.certificate_pem);
    key_ = pki_.directory().Write("page.key", shown_.key_pem);
    auto tls = PageTls::Load({certificate_, key_, pki_.ca_file()});
    EXPECT_TRUE(tls.ok()) << tls.status();
    tls_ = *std::move(tls);
    Start(HttpServer::Limits());
  }
  // Another one in place of the one before, if there is one.
  void Start(const HttpServer::Limits& limits) {
    End();
    auto server = HttpServer::Bind(
        "127.0.0.1:0", *tls_,
        [this](const WebRequest& request) {
          ++calls_;
          WebResponse response;
          response.headers = {{"Content-Type", "text/plain"}};
          if (request.path == "/events") {
            response.stream = std::make_shared<Quiet>(end_);
          } else {
            response.body = kBody + request.body;
            if (request.path == "/long") response.body.resize(64 << 20);
            if (request.path.starts_with("/echo")) {
              response.body += "[" + request.path;
              if (!request.query.empty()) response.body += "?" + request.query;
              response.body += "]";
            }
          }
          return response;
        },
        limits);
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    thread_ = std::thread([this] { ended_well_ = server_->Serve(); });
  }
  ~WebHttpServer() override {
    end_.Notify();
    End();
  }
  void End() {
    if (server_ == nullptr) return;
    server_->Stop();
    thread_.join();
    EXPECT_TRUE(ended_well_);
  }

  std::unique_ptr<Connection> Connect() {
    auto connection = std::make_unique<Connection>(browser_, server_->port());
    EXPECT_TRUE(connection->connected());
    return connection;
  }
  // Another connection is served as ever.
  void ExpectServed() {
    EXPECT_THAT(Connect()->Ask("GET", "/"),
                ::testing::AllOf(::testing::StartsWith("HTTP/1.1 200"),
                                 ::testing::EndsWith(kBody)));
  }

  testing::TestPki pki_;
  testing::TestCertificate shown_, anna_;
  Browser browser_;
  std::string certificate_, key_;
  std::unique_ptr<PageTls> tls_;
  absl::Notification end_;
  std::atomic<int> calls_ = 0;
  bool ended_well_ = false;
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_TESTS_CLIENTS_WEB_HTTP_SERVER_FIXTURE_H_
