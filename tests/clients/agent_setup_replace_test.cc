#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "clients/agent/setup_replace.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

std::string Content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

unsigned Mode(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

TEST(ReplaceConfig, KeepsTheModeAndTheOldFile) {
  const TempDir dir;
  const std::string path = dir.File("agent.yaml");
  std::ofstream(path) << "old";
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  ASSERT_TRUE(ReplaceConfig(path, "new").ok());
  EXPECT_EQ(Content(path), "new");
  EXPECT_EQ(Mode(path), 0640u);
  EXPECT_EQ(Content(path + ".bak"), "old");
  EXPECT_EQ(Mode(path + ".bak"), 0600u);
}

TEST(ReplaceConfig, ALinkStaysOneAndItsTargetIsReplaced) {
  const TempDir dir;
  const std::string path = dir.File("agent.yaml"), target = dir.File("a.yaml");
  std::ofstream(target) << "old";
  std::filesystem::create_symlink(target, path);
  ASSERT_TRUE(ReplaceConfig(path, "new").ok());
  EXPECT_TRUE(std::filesystem::is_symlink(path));
  EXPECT_EQ(Content(target), "new");
  EXPECT_EQ(Content(target + ".bak"), "old");
}

TEST(ReplaceConfig, WithoutAnOldFileItIsANewOne) {
  const TempDir dir;
  const std::string path = dir.File("agent.yaml");
  ASSERT_TRUE(ReplaceConfig(path, "new").ok());
  EXPECT_EQ(Content(path), "new");
  EXPECT_EQ(Mode(path), 0600u);
  EXPECT_FALSE(std::filesystem::exists(path + ".bak"));
}

TEST(FieldsThatGo, AreNamed) {
  const TempDir dir;
  const std::string path = dir.File("agent.yaml");
  const Config config = SampleConfig();
  EXPECT_EQ(*FieldsThatGo(path, config.proto), "");
  std::ofstream(path) << kSampleConfig
                      << "run: {daily_at: \"03:00\"}\n"
                         "default_contacts:\n"
                         "  - {age_from: 0, age_below: 18, contact: X}\n";
  const auto gone = FieldsThatGo(path, config.proto);
  ASSERT_TRUE(gone.ok()) << gone.status();
  EXPECT_NE(gone->find("default_contacts"), std::string::npos) << *gone;
  EXPECT_EQ(gone->find("columns"), std::string::npos) << *gone;
  std::ofstream(path) << "]";
  EXPECT_FALSE(FieldsThatGo(path, config.proto).ok());
}

}  // namespace
}  // namespace samkoer::agent
