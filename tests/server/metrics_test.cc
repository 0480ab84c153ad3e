#include "server/metrics.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace samkoer::server {
namespace {

std::string FetchPage(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    close(fd);
    return "";
  }
  const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
  if (write(fd, request.data(), request.size()) < 0) return "";
  std::string page;
  char buffer[4096];
  for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;) {
    page.append(buffer, static_cast<std::size_t>(n));
  }
  close(fd);
  return page;
}

TEST(Metrics, OnlyLiteralLoopbackAddressesAreServed) {
  for (const char* listen :
       {"0.0.0.0:0", "[::]:0", "localhost:0", "10.0.0.1:9100", ":9100", "9100",
        "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000",
        "127.0.0.1:-1", "127.0.0.1.evil:1", "127.0.0.10:0"}) {
    EXPECT_EQ(Metrics::Create(listen).status().code(),
              absl::StatusCode::kInvalidArgument)
        << listen;
  }
}

TEST(Metrics, AnEmptyAddressServesNothingButCounts) {
  const auto metrics = Metrics::Create("");
  ASSERT_TRUE(metrics.ok());
  EXPECT_EQ((*metrics)->port(), 0);
  (*metrics)->AddCounter("samkoer_test_total", "Test.").Increment();
  EXPECT_NE((*metrics)->Text().find("samkoer_test_total 1"), std::string::npos);
}

TEST(Metrics, TheSameNameAndLabelsGiveTheSameHandle) {
  const auto metrics = Metrics::Create("");
  ASSERT_TRUE(metrics.ok());
  Counter& a = (*metrics)->AddCounter("samkoer_test_total", "T.", {{"x", "1"}});
  Counter& b = (*metrics)->AddCounter("samkoer_test_total", "T.", {{"x", "1"}});
  Counter& c = (*metrics)->AddCounter("samkoer_test_total", "T.", {{"x", "2"}});
  EXPECT_EQ(&a, &b);
  EXPECT_NE(&a, &c);
}

TEST(Metrics, ThePageIsServedOnAFreeLoopbackPort) {
  const auto metrics = Metrics::Create("127.0.0.1:0");
  ASSERT_TRUE(metrics.ok()) << metrics.status();
  (*metrics)->AddGauge("samkoer_test_records", "Test.").Set(7);
  (*metrics)
      ->AddHistogram("samkoer_batch_records", "Test.", SizeBounds())
      .Observe(1000);
  ASSERT_GT((*metrics)->port(), 0);
  const std::string page = FetchPage((*metrics)->port());
  EXPECT_NE(page.find("samkoer_test_records 7"), std::string::npos) << page;
  EXPECT_NE(page.find("samkoer_batch_records_bucket{le=\"999\"} 0"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("samkoer_batch_records_bucket{le=\"1000\"} 1"),
            std::string::npos);
}

TEST(Metrics, ATakenPortIsUnavailable) {
  const auto first = Metrics::Create("127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Metrics::Create("127.0.0.1:" + std::to_string((*first)->port()))
                .status()
                .code(),
            absl::StatusCode::kUnavailable);
}

TEST(Metrics, BoundsAscend) {
  EXPECT_TRUE(std::ranges::is_sorted(LatencyBounds()));
  EXPECT_TRUE(std::ranges::is_sorted(SizeBounds()));
}

}  // namespace
}  // namespace samkoer::server
