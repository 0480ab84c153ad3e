#include "server/oprf_keyring.h"

#include <gtest/gtest.h>

#include <string>

namespace samkoer::server {
namespace {

std::string Encoded(const OprfKeyring& keyring) {
  return std::string(crypto::AsText(keyring.Encode().Expose()));
}

absl::StatusOr<OprfKeyring> Decode(const std::string& bytes) {
  return OprfKeyring::Decode(crypto::AsBytes(bytes));
}

TEST(OprfKeyringTest, SeedsSurviveEncoding) {
  OprfKeyring keyring;
  EXPECT_EQ(*keyring.AddEpoch("ungeindsats"), 1u);
  EXPECT_EQ(*keyring.AddEpoch("andet-formaal"), 1u);
  EXPECT_EQ(*keyring.AddEpoch("ungeindsats"), 2u);
  auto decoded = Decode(Encoded(keyring));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  ASSERT_EQ(decoded->seeds().size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(decoded->seeds()[i].purpose, keyring.seeds()[i].purpose);
    EXPECT_EQ(decoded->seeds()[i].epoch, keyring.seeds()[i].epoch);
    EXPECT_TRUE(decoded->seeds()[i].seed == keyring.seeds()[i].seed);
  }
  EXPECT_EQ(decoded->seeds()[0].purpose, "andet-formaal");
  EXPECT_EQ(decoded->seeds()[2].epoch, 2u);
}

TEST(OprfKeyringTest, EverySeedIsItsOwn) {
  OprfKeyring keyring;
  ASSERT_TRUE(keyring.AddEpoch("a").ok());
  ASSERT_TRUE(keyring.AddEpoch("a").ok());
  EXPECT_FALSE(keyring.seeds()[0].seed == keyring.seeds()[1].seed);
}

TEST(OprfKeyringTest, NoMoreThanTwoEpochsAreLive) {
  OprfKeyring keyring;
  ASSERT_TRUE(keyring.AddEpoch("a").ok());
  ASSERT_TRUE(keyring.AddEpoch("a").ok());
  EXPECT_EQ(keyring.AddEpoch("a").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(OprfKeyringTest, RetiredEpochsKeepTheirNumberAndHaveNoSeed) {
  OprfKeyring keyring;
  ASSERT_TRUE(keyring.AddEpoch("a").ok());
  std::string bytes = Encoded(keyring);
  bytes[bytes.size() - 33] = 2;
  EXPECT_EQ(Decode(bytes).status().code(), absl::StatusCode::kDataLoss)
      << "retired, but the seed is there";
  bytes.replace(bytes.size() - 32, 32, 32, '\0');
  auto retired = Decode(bytes);
  ASSERT_TRUE(retired.ok()) << retired.status();
  EXPECT_EQ(retired->seeds()[0].state, KeyState::kRetired);
  EXPECT_EQ(*retired->AddEpoch("a"), 2u);
}

TEST(OprfKeyringTest, AnEmptyInputIsAnEmptyKeyring) {
  auto keyring = Decode("");
  ASSERT_TRUE(keyring.ok());
  EXPECT_TRUE(keyring->seeds().empty());
}

TEST(OprfKeyringTest, UnknownVersionsAndDamageAreRefused) {
  OprfKeyring keyring;
  ASSERT_TRUE(keyring.AddEpoch("a").ok());
  ASSERT_TRUE(keyring.AddEpoch("b").ok());
  const std::string good = Encoded(keyring);
  std::string newer = good;
  newer[12] = 3;
  EXPECT_EQ(Decode(newer).status().code(),
            absl::StatusCode::kFailedPrecondition);
  for (std::size_t size = 1; size < good.size(); ++size) {
    EXPECT_FALSE(Decode(good.substr(0, size)).ok()) << size;
  }
  EXPECT_EQ(Decode(good + "x").status().code(), absl::StatusCode::kDataLoss);
  std::string unknown_state = good;
  unknown_state[good.size() - 33] = 3;
  EXPECT_EQ(Decode(unknown_state).status().code(), absl::StatusCode::kDataLoss);
  std::string twice = good;
  twice[good.size() - 38] = 'a';  // the second purpose
  EXPECT_EQ(Decode(twice).status().code(), absl::StatusCode::kDataLoss);
}

TEST(OprfKeyringTest, PurposesAreChecked) {
  OprfKeyring keyring;
  for (const std::string& bad :
       {std::string(), std::string("Unge"), std::string("a b"),
        std::string("a/b"), std::string(65, 'a')}) {
    EXPECT_EQ(keyring.AddEpoch(bad).status().code(),
              absl::StatusCode::kInvalidArgument)
        << bad;
  }
  EXPECT_TRUE(keyring.AddEpoch(std::string(64, 'a')).ok());
}

TEST(OprfKeyringTest, ARotationGivesTheOldEpochItsLastDay) {
  OprfKeyring keyring;
  ASSERT_TRUE(keyring.AddEpoch("a").ok());
  ASSERT_TRUE(keyring.AddEpoch("b").ok());
  EXPECT_EQ(*keyring.Rotate("a", "2026-12-24"), 2u);
  const auto decoded = Decode(Encoded(keyring));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->seeds()[0].closes_on, "2026-12-24");
  EXPECT_EQ(decoded->seeds()[1].closes_on, "");
  EXPECT_TRUE(decoded->seeds()[1].seed == keyring.seeds()[1].seed);
  EXPECT_EQ(decoded->seeds()[2].closes_on, "");
}

TEST(OprfKeyringTest, NothingIsRotatedWhileAWindowIsOpen) {
  OprfKeyring keyring;
  EXPECT_EQ(keyring.Rotate("a", "2026-12-24").status().code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(keyring.AddEpoch("a").ok());
  EXPECT_EQ(keyring.Rotate("a", "24.12.2026").status().code(),
            absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(keyring.Rotate("a", "2026-12-24").ok());
  EXPECT_EQ(keyring.Rotate("a", "2027-12-24").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(keyring.seeds().size(), 2u);
  keyring.DestroyDue("2026-12-24");
  EXPECT_EQ(*keyring.Rotate("a", "2027-12-24"), 3u);
}

TEST(OprfKeyringTest, OnItsLastDayASeedIsDestroyed) {
  OprfKeyring keyring;
  ASSERT_TRUE(keyring.AddEpoch("a").ok());
  const crypto::Seed seed = keyring.seeds()[0].seed;
  ASSERT_TRUE(keyring.Rotate("a", "2026-12-24").ok());
  EXPECT_FALSE(keyring.IsDue("2026-12-23"));
  EXPECT_EQ(keyring.DestroyDue("2026-12-23"), 0u);
  EXPECT_TRUE(keyring.IsDue("2026-12-24"));
  EXPECT_EQ(keyring.DestroyDue("2026-12-24"), 1u);
  EXPECT_FALSE(keyring.IsDue("2026-12-24"));
  EXPECT_EQ(keyring.seeds()[0].state, KeyState::kRetired);
  EXPECT_EQ(Encoded(keyring).find(crypto::AsText(seed.Expose())),
            std::string::npos);
  EXPECT_TRUE(Decode(Encoded(keyring)).ok());
}

}  // namespace
}  // namespace samkoer::server
