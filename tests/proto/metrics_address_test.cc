#include "proto/metrics_address.h"

#include <string>

#include "gtest/gtest.h"

namespace samkoer::proto {
namespace {

TEST(MetricsAddressTest, ThisMachineAloneByItsNumbers) {
  for (const char* listen :
       {"127.0.0.1:9464", "127.0.0.1:0", "127.0.0.1:65535", "[::1]:9464"}) {
    EXPECT_TRUE(CheckMetricsAddress(listen).ok()) << listen;
  }
}

TEST(MetricsAddressTest, AnythingElseIsRefusedAndSaysWhatIsMeant) {
  for (const char* listen :
       {"", "0.0.0.0:9000", "10.0.0.1:9000", "localhost:9000", "[::]:9000",
        "::1:9000", "[::1]", ":9000", "9000", "127.0.0.1", "127.0.0.1:",
        "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:65536", "127.0.0.1:9000 x",
        "127.0.0.10:9000", "127.0.0.1.evil:9000", "x127.0.0.1:9000"}) {
    const absl::Status status = CheckMetricsAddress(listen);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << listen;
    EXPECT_NE(std::string(status.message()).find("127.0.0.1:port"),
              std::string::npos)
        << status;
  }
}

}  // namespace
}  // namespace samkoer::proto
