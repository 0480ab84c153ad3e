#include "storage/keyring_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using absl::StatusCode;
using crypto::SealStrength;
using testing::HasSubstr;

constexpr std::string_view kPassphrase = "hest batteri korrekt";

class KeyringFileTest : public testing::Test {
 protected:
  KeyringFileTest() {
    keyring_.extra = crypto::SecretBuffer(crypto::AsBytes("frø"));
    Save();
  }
  void Save() {
    SAMKOER_EXPECT_OK(
        keyring_.Save(path_, Passphrase(), SealStrength::kInteractive, true));
  }
  crypto::SecretBuffer Passphrase() const {
    return crypto::SecretBuffer(crypto::AsBytes(passphrase_));
  }
  Keyring Load() const {
    return ValueOf(
        Keyring::Load(path_, StoreKind::kKeyd,
                      crypto::SecretBuffer(crypto::AsBytes(kPassphrase))));
  }
  std::size_t FilesInFolder() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(dir_.path()), {}));
  }
  std::string Bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'790'000'000);
  TempDir dir_;
  const std::string path_ = dir_ / "ring";
  std::string passphrase_{kPassphrase};
  Keyring keyring_ = ValueOf(Keyring::Generate(StoreKind::kKeyd, "testby"));
  ValueSealer sealer_ = ValueOf(keyring_.Sealer());
  const KeyringFile file_{path_, StoreKind::kKeyd,
                          [this] { return Passphrase(); }};
};

TEST_F(KeyringFileTest, ARotationAddsAKeyAndThenTakesTheOlderOut) {
  const auto both = ValueOf(file_.BeginGeneration(sealer_, now_));
  EXPECT_EQ(both.current_generation, 2u);
  EXPECT_EQ(both.CurrentSince(), now_);
  EXPECT_TRUE(Load().keks == both.keks);
  EXPECT_TRUE(both.keks.at(1) == keyring_.keks.at(1));
  SAMKOER_ASSERT_OK(sealer_.Replace(both.keks, 2));

  const auto one = ValueOf(file_.DropOlder(sealer_));
  EXPECT_EQ(one.keks.size(), 1u);
  const Keyring read = Load();
  EXPECT_EQ(read.keks.size(), 1u);
  EXPECT_TRUE(read.keks.at(2) == both.keks.at(2));
  EXPECT_TRUE(read.note_seed == keyring_.note_seed);
  EXPECT_EQ(crypto::AsText(read.extra.Expose()), "frø");
  EXPECT_EQ(FilesInFolder(), 1u) << "an older copy is left";
}

TEST_F(KeyringFileTest, CostAndModeOfTheFileStay) {
  ValueOf(file_.BeginGeneration(sealer_, now_));
  EXPECT_EQ(ValueOf(crypto::StrengthOfSealedFile(path_)),
            SealStrength::kInteractive);
  struct stat info {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(KeyringFileTest, ABeginningThatCouldNotSayItCameThroughIsTakenUp) {
  const auto first = ValueOf(file_.BeginGeneration(sealer_, now_));
  // The server still seals with the older key.
  const auto second =
      ValueOf(file_.BeginGeneration(sealer_, now_ + absl::Hours(1)));
  EXPECT_EQ(second.current_generation, 2u);
  EXPECT_TRUE(second.keks == first.keks);
}

TEST_F(KeyringFileTest, WhatAnotherProgramChangedMeanwhileIsKept) {
  keyring_.extra = crypto::SecretBuffer(crypto::AsBytes("en ny epoke"));
  Save();
  ValueOf(file_.BeginGeneration(sealer_, now_));
  EXPECT_EQ(crypto::AsText(Load().extra.Expose()), "en ny epoke");
}

TEST_F(KeyringFileTest, LeftoversOfACrashAreRemoved) {
  std::ofstream(path_ + ".tmp.0123456789abcdef") << "older keys";
  std::ofstream(dir_ / "another.tmp.0123") << "not ours";
  ValueOf(file_.BeginGeneration(sealer_, now_));
  EXPECT_EQ(FilesInFolder(), 2u);
  EXPECT_TRUE(std::filesystem::exists(dir_ / "another.tmp.0123"));
}

TEST_F(KeyringFileTest, AWrongPassphraseChangesNothingAndSaysSo) {
  const std::string before = Bytes();
  passphrase_ = "en helt anden sætning";
  const auto status = file_.BeginGeneration(sealer_, now_).status();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("passphrase"));
  EXPECT_EQ(Bytes(), before);
}

TEST_F(KeyringFileTest, AnotherKeyringInItsPlaceIsNotWritten) {
  keyring_ = ValueOf(Keyring::Generate(StoreKind::kKeyd, "testby"));
  Save();
  const std::string before = Bytes();
  for (const auto& status : {file_.BeginGeneration(sealer_, now_).status(),
                             file_.DropOlder(sealer_).status()}) {
    EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
    EXPECT_THAT(Message(status), HasSubstr("started with"));
  }
  EXPECT_EQ(Bytes(), before);
}

TEST_F(KeyringFileTest, TwoProgramsDoNotChangeItAtOnce) {
  {
    const auto lock = KeyringLock::Take(path_);
    SAMKOER_ASSERT_OK(lock.status());
    const auto status = file_.BeginGeneration(sealer_, now_).status();
    EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
    EXPECT_THAT(Message(status), HasSubstr("another program"));
  }
  SAMKOER_EXPECT_OK(file_.BeginGeneration(sealer_, now_).status());
}

TEST_F(KeyringFileTest, AMissingFileOrFolderIsNamed) {
  std::filesystem::remove(path_);
  EXPECT_THAT(Message(file_.BeginGeneration(sealer_, now_).status()),
              HasSubstr(path_));
  const KeyringFile lost("/nonexistent/ring", StoreKind::kKeyd,
                         [this] { return Passphrase(); });
  EXPECT_EQ(lost.BeginGeneration(sealer_, now_).status().code(),
            StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace samkoer::storage
