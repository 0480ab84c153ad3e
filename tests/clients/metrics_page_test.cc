#include "clients/common/metrics_page.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>

namespace samkoer::clients {
namespace {

using ::testing::HasSubstr;

std::string Fetch(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string text;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) ==
      0) {
    const std::string ask =
        "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    EXPECT_EQ(::write(fd, ask.data(), ask.size()),
              static_cast<ssize_t>(ask.size()));
    std::array<char, 4096> buffer;
    for (ssize_t got = 0;
         (got = ::read(fd, buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  ::close(fd);
  return text;
}

TEST(MetricsPage, ShowsWhatIsSoWhenSomebodyAsks) {
  std::atomic<int> calls = 41;
  const auto page = MetricsPage::Serve("127.0.0.1:0", [&] {
    const double now = ++calls;
    return std::vector<Figure>{
        {"samkoer_a_total", "How often.", now, Figure::Kind::kCounter},
        {"samkoer_b", "Two.", 1, Figure::Kind::kGauge, {{"log", "x"}}},
        {"samkoer_b", "Two.", 2, Figure::Kind::kGauge, {{"log", "y"}}},
        {"samkoer_c_timestamp_seconds", "When.", 1'790'000'001}};
  });
  ASSERT_TRUE(page.ok()) << page.status();
  const std::string text = Fetch((*page)->port());
  EXPECT_THAT(text, HasSubstr("# TYPE samkoer_a_total counter"));
  EXPECT_THAT(text, HasSubstr("samkoer_a_total 42\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE samkoer_b gauge"));
  EXPECT_THAT(text, HasSubstr("samkoer_b{log=\"x\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("samkoer_b{log=\"y\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("samkoer_c_timestamp_seconds 1790000001\n"));
  EXPECT_THAT(Fetch((*page)->port()), HasSubstr("samkoer_a_total 43\n"));
}

TEST(MetricsPage, ATimeIsInSecondsAndNeverIsZero) {
  EXPECT_EQ(Seconds(absl::FromUnixSeconds(1'790'000'001)), 1'790'000'001);
  EXPECT_EQ(Seconds(absl::InfinitePast()), 0);
}

TEST(MetricsPage, IsForThisMachineAlone) {
  const auto none = [] { return std::vector<Figure>(); };
  for (const char* listen :
       {"0.0.0.0:9000", "10.0.0.1:9000", "localhost:9000", ":9000", "9000",
        "127.0.0.1", "127.0.0.1:70000", "127.0.0.1:x"}) {
    EXPECT_EQ(MetricsPage::Serve(listen, none).status().code(),
              absl::StatusCode::kInvalidArgument)
        << listen;
  }
  const auto page = MetricsPage::Serve("127.0.0.1:0", none);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(
      MetricsPage::Serve("127.0.0.1:" + std::to_string((*page)->port()), none)
          .status()
          .code(),
      absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace samkoer::clients
