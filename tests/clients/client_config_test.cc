#include "clients/common/client_config.h"

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

constexpr char kWhole[] =
    "matcher:\n"
    "  address: 127.0.0.1:7000\n"
    "tls:\n"
    "  ca_file: ca.pem\n"
    "  certificate_file: anna.pem\n"
    "  key_file: anna.key\n"
    "state_dir: state\n";

class ClientConfigTest : public testing::Test {
 protected:
  absl::StatusOr<v1::ClientConfig> Load(const std::string& text) const {
    std::ofstream(path_, std::ios::trunc) << text;
    return LoadClientConfig(path_);
  }
  const TestDirectory dir_;
  const std::string path_ = dir_.file("anna.yaml");
};

TEST_F(ClientConfigTest, PathsAreRelativeToTheFile) {
  const auto config = Load(kWhole);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->state_dir(), dir_.file("state"));
  EXPECT_EQ(config->matcher().address(), "127.0.0.1:7000");
}

TEST_F(ClientConfigTest, EachRequiredSettingIsMissed) {
  for (const char* key : {"address: 127.0.0.1:7000", "ca_file: ca.pem",
                          "certificate_file: anna.pem", "key_file: anna.key",
                          "state_dir: state"}) {
    std::string text = kWhole;
    const std::string name(key, std::string(key).find(':'));
    text.replace(text.find(key), std::string(key).size(), name + ": \"\"");
    const auto config = Load(text);
    EXPECT_TRUE(absl::IsFailedPrecondition(config.status())) << key;
    EXPECT_THAT(std::string(config.status().message()), HasSubstr(name));
  }
}

TEST_F(ClientConfigTest, AnUnknownKeyIsNamedWithItsLine) {
  const auto config = Load(std::string(kWhole) + "matchr: x\n");
  EXPECT_TRUE(absl::IsFailedPrecondition(config.status()));
  EXPECT_THAT(std::string(config.status().message()),
              HasSubstr("anna.yaml:8:1"));
}

TEST_F(ClientConfigTest, AMissingFileIsNotFound) {
  EXPECT_TRUE(
      absl::IsNotFound(LoadClientConfig(dir_.file("none.yaml")).status()));
}

}  // namespace
}  // namespace samkoer::clients
