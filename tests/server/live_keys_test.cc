#include "server/live_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace samkoer::server {
namespace {

using crypto::OprfMode;

OprfKeyring TwoEpochs() {
  OprfKeyring keyring;
  EXPECT_TRUE(keyring.AddEpoch("ungeindsats").ok());
  EXPECT_TRUE(keyring.AddEpoch("ungeindsats").ok());
  EXPECT_TRUE(keyring.AddEpoch("andet").ok());
  return keyring;
}

TEST(LiveKeysTest, DerivedAsTheDesignSays) {
  const OprfKeyring keyring = TwoEpochs();
  auto keys = LiveKeys::Derive(keyring);
  ASSERT_TRUE(keys.ok()) << keys.status();
  const LiveKey* key = keys->Find("ungeindsats", 2);
  ASSERT_NE(key, nullptr);
  const auto expected = crypto::DeriveKeyPair(
      OprfMode::kVoprf, keyring.seeds()[2].seed, "samkoer/v1/ungeindsats/2");
  EXPECT_EQ(key->pair.public_key, expected->public_key);
  EXPECT_EQ(key->self_test,
            crypto::SelfTestDigest(*crypto::Evaluate(
                OprfMode::kVoprf, *expected, "samkoer/v1/self-test")));
}

TEST(LiveKeysTest, FoundByPurposeAndEpochOnly) {
  auto keys = LiveKeys::Derive(TwoEpochs());
  ASSERT_TRUE(keys.ok());
  EXPECT_EQ(keys->Of("ungeindsats").size(), 2u);
  EXPECT_EQ(keys->Of("ungeindsats")[1]->epoch, 2u);
  EXPECT_EQ(keys->Of("andet").size(), 1u);
  EXPECT_TRUE(keys->Of("tredje").empty());
  EXPECT_EQ(keys->Find("ungeindsats", 3), nullptr);
  EXPECT_EQ(keys->Find("andet", 2), nullptr);
}

TEST(LiveKeysTest, AnEmptyKeyringIsRefused) {
  EXPECT_EQ(LiveKeys::Derive(OprfKeyring()).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(LiveKeysTest, AKeyPairThatDoesNotFitFailsItsTest) {
  crypto::Seed seed;
  auto one = crypto::DeriveKeyPair(OprfMode::kVoprf, seed, "one");
  auto two = crypto::DeriveKeyPair(OprfMode::kVoprf, seed, "two");
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_TRUE(TestKey(*one).ok());
  EXPECT_EQ(TestKey({one->private_key, two->public_key}).status().code(),
            absl::StatusCode::kInternal);
}

TEST(LiveKeysTest, PrintedAsTheMatchersConfigurationWantsThem) {
  auto keys = LiveKeys::Derive(TwoEpochs());
  ASSERT_TRUE(keys.ok());
  EXPECT_THAT(PinnedKeysYaml(keys->Of("ungeindsats")),
              testing::MatchesRegex(
                  "oprf_keys:\n"
                  "  - epoch: 1\n    public_key: \"[A-Za-z0-9+/]+=\"\n"
                  "    self_test: \"[A-Za-z0-9+/]+=\"\n"
                  "  - epoch: 2\n    public_key: \"[A-Za-z0-9+/]+=\"\n"
                  "    self_test: \"[A-Za-z0-9+/]+=\"\n"));
}

TEST(LiveKeysTest, AKeyWhoseWindowIsOpenIsPrintedWithItsLastDay) {
  OprfKeyring seeds;
  ASSERT_TRUE(seeds.AddEpoch("a").ok());
  ASSERT_TRUE(seeds.Rotate("a", "2026-12-24").ok());
  const auto keys = LiveKeys::Derive(seeds);
  ASSERT_TRUE(keys.ok());
  const std::string yaml = PinnedKeysYaml(keys->Of("a"));
  const std::size_t day = yaml.find("    closes_on: \"2026-12-24\"\n");
  EXPECT_NE(day, std::string::npos);
  EXPECT_LT(day, yaml.find("epoch: 2"));
}

}  // namespace
}  // namespace samkoer::server
