#include "storage/keyring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using absl::StatusCode;
using crypto::AsBytes;
using crypto::SealStrength;

const crypto::SecretBuffer& Passphrase() {
  static const crypto::SecretBuffer passphrase(AsBytes("hest batteri korrekt"));
  return passphrase;
}

Keyring Full() {
  Keyring keyring = ValueOf(Keyring::Generate(StoreKind::kMatcher, "testby"));
  keyring.keks.emplace(7, crypto::SealKey::Random());
  keyring.current_generation = 7;
  keyring.extra = crypto::SecretBuffer(AsBytes("frø"));
  return keyring;
}

void ExpectEqual(const Keyring& a, const Keyring& b) {
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.municipality, b.municipality);
  EXPECT_TRUE(a.note_seed == b.note_seed);
  EXPECT_TRUE(a.match_key == b.match_key);
  EXPECT_TRUE(a.keks == b.keks);
  EXPECT_EQ(a.kek_since_micros, b.kek_since_micros);
  EXPECT_EQ(a.current_generation, b.current_generation);
  EXPECT_EQ(crypto::AsText(a.extra.Expose()), crypto::AsText(b.extra.Expose()));
}

TEST(Keyring, ComesBackFromItsBytes) {
  const Keyring keyring = Full();
  ExpectEqual(keyring, ValueOf(Keyring::Decode(keyring.Encode().Expose())));
}

TEST(Keyring, ComesBackFromItsFile) {
  TempDir dir;
  const Keyring keyring = Full();
  SAMKOER_ASSERT_OK(keyring.Save(dir / "ring", Passphrase(),
                                 SealStrength::kInteractive, false));
  ExpectEqual(keyring, ValueOf(Keyring::Load(dir / "ring", StoreKind::kMatcher,
                                             Passphrase())));
}

TEST(Keyring, FileOfTheOtherProgramIsRefused) {
  TempDir dir;
  SAMKOER_ASSERT_OK(Full().Save(dir / "ring", Passphrase(),
                                SealStrength::kInteractive, false));
  EXPECT_FALSE(
      Keyring::Load(dir / "ring", StoreKind::kKeyd, Passphrase()).ok());
}

TEST(Keyring, WrongPassphraseIsRefused) {
  TempDir dir;
  SAMKOER_ASSERT_OK(Full().Save(dir / "ring", Passphrase(),
                                SealStrength::kInteractive, false));
  const crypto::SecretBuffer wrong(AsBytes("en helt anden sætning"));
  EXPECT_EQ(
      Keyring::Load(dir / "ring", StoreKind::kMatcher, wrong).status().code(),
      StatusCode::kUnauthenticated);
}

TEST(Keyring, ExistingFileIsKeptUnlessReplacedOnPurpose) {
  TempDir dir;
  const auto save = [&](bool replace) {
    return Full().Save(dir / "ring", Passphrase(), SealStrength::kInteractive,
                       replace);
  };
  SAMKOER_ASSERT_OK(save(false));
  EXPECT_EQ(save(false).code(), StatusCode::kAlreadyExists);
  SAMKOER_EXPECT_OK(save(true));
}

TEST(Keyring, GeneratedSecretsDiffer) {
  const Keyring a = ValueOf(Keyring::Generate(StoreKind::kMatcher, "testby"));
  const Keyring b = ValueOf(Keyring::Generate(StoreKind::kMatcher, "testby"));
  EXPECT_FALSE(a.note_seed == b.note_seed);
  EXPECT_FALSE(a.match_key == b.match_key);
  EXPECT_FALSE(a.keks.at(1) == b.keks.at(1));
}

TEST(Keyring, KeyServiceHasNoMatchKey) {
  const Keyring keyring = ValueOf(Keyring::Generate(StoreKind::kKeyd, "t"));
  EXPECT_TRUE(keyring.match_key == crypto::HashKey());
}

TEST(Keyring, BadMunicipalityIsRefused) {
  EXPECT_EQ(Keyring::Generate(StoreKind::kKeyd, "a/b").status().code(),
            StatusCode::kInvalidArgument);
}

TEST(Keyring, EveryTruncationAndAnyRestIsRefused) {
  const auto encoded = Full().Encode();
  for (std::size_t size = 0; size < encoded.size(); ++size) {
    EXPECT_EQ(Keyring::Decode(encoded.Expose().first(size)).status().code(),
              StatusCode::kDataLoss)
        << size;
  }
  std::string longer(crypto::AsText(encoded.Expose()));
  longer.push_back('\0');
  EXPECT_EQ(Keyring::Decode(AsBytes(longer)).status().code(),
            StatusCode::kDataLoss);
}

TEST(Keyring, UnknownVersionIsRefusedByNumber) {
  std::string bytes(crypto::AsText(Full().Encode().Expose()));
  bytes[15] = 3;
  const auto status = Keyring::Decode(AsBytes(bytes)).status();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), testing::HasSubstr("format version 3"));
}

TEST(Keyring, CurrentGenerationMustBeThere) {
  Keyring keyring = Full();
  keyring.current_generation = 3;
  EXPECT_FALSE(Keyring::Decode(keyring.Encode().Expose()).ok());
}

TEST(Keyring, OpensValuesAndSignsAsTheLogsOrigin) {
  const Keyring keyring = Full();
  const auto sealer = ValueOf(keyring.Sealer());
  EXPECT_EQ(sealer.current_generation(), 7u);
  EXPECT_EQ(ValueOf(keyring.Signer()).name(), "samkoer/testby/matcher");
}

TEST(Keyring, VersionOneIsReadAndKnowsNoTimes) {
  const Keyring keyring = Full();
  // As version 1 wrote it: the same without the times.
  std::string bytes(crypto::AsText(keyring.Encode().Expose()));
  bytes[15] = 1;
  const std::size_t keks = 16 + 1 + 2 + 6 + 32 + 32 + 2;
  bytes.erase(keks + 44 + 4, 8);  // the second first: each has 44 bytes
  bytes.erase(keks + 4, 8);
  const Keyring read = ValueOf(Keyring::Decode(AsBytes(bytes)));
  EXPECT_TRUE(read.keks == keyring.keks);
  EXPECT_EQ(read.current_generation, 7u);
  EXPECT_TRUE(read.kek_since_micros.empty());
  EXPECT_EQ(read.CurrentSince(), absl::InfinitePast());
  // It is written in the new format, and still knows none.
  ExpectEqual(read, ValueOf(Keyring::Decode(read.Encode().Expose())));
}

TEST(Keyring, ANewKekIsAboveAllOthersAndOlderOnesCanBeDropped) {
  Keyring keyring = Full();
  const absl::Time now = absl::FromUnixSeconds(1'790'000'000);
  keyring.AddKek(now);
  EXPECT_EQ(keyring.current_generation, 8u);
  EXPECT_EQ(keyring.keks.size(), 3u);
  EXPECT_EQ(keyring.CurrentSince(), now);
  const Keyring read = ValueOf(Keyring::Decode(keyring.Encode().Expose()));
  ExpectEqual(keyring, read);
  keyring.DropOlderKeks();
  EXPECT_EQ(keyring.keks.size(), 1u);
  EXPECT_TRUE(keyring.keks.at(8) == read.keks.at(8));
  EXPECT_EQ(keyring.kek_since_micros.size(), 1u);
  EXPECT_EQ(keyring.CurrentSince(), now);
}

}  // namespace
}  // namespace samkoer::storage
