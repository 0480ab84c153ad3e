#include "crypto/sealed_file.h"

#include <gtest/gtest.h>

#include "crypto/envelope.h"
#include "tests/crypto/temporary_folder.h"

namespace samkoer::crypto {
namespace {

using absl::StatusCode;

SecretBuffer Passphrase() {
  return SecretBuffer(AsBytes("correct horse battery"));
}

// Opening takes a tenth of a second, so one file serves many tests.
class SealedFile : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(WriteSealedFile(path_, "keyd-keyring", Passphrase(),
                                AsBytes("the seed"), SealStrength::kInteractive,
                                false)
                    .ok());
  }
  StatusCode CodeOfReading(
      std::string_view label = "keyd-keyring",
      std::string_view passphrase = "correct horse battery") const {
    return ReadSealedFile(path_, label, SecretBuffer(AsBytes(passphrase)))
        .status()
        .code();
  }
  // The file with one byte replaced.
  StatusCode CodeWithByte(std::size_t at, std::uint8_t byte) const {
    std::string file = folder_.Read("sealed");
    file[at] = static_cast<char>(byte);
    const std::string path = folder_.Write("changed", file);
    return ReadSealedFile(path, "keyd-keyring", Passphrase()).status().code();
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "sealed";
};

TEST_F(SealedFile, OpensWithItsPassphraseAndLabel) {
  const auto opened = ReadSealedFile(path_, "keyd-keyring", Passphrase());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(AsText(opened->Expose()), "the seed");
}

TEST_F(SealedFile, HasTheDocumentedBytes) {
  const std::string file = folder_.Read("sealed");
  EXPECT_EQ(file.size(), 87 + std::string("the seed").size());
  EXPECT_EQ(file.substr(0, 15), "samkoer-sealed\x01");
  EXPECT_EQ(file.substr(15, 8), std::string("\x02\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(file.substr(23, 8), std::string("\0\0\0\x04\0\0\0\0", 8));
  EXPECT_EQ(file.find("seed"), std::string::npos);
  // Opened by hand, as the header describes it.
  SealKey key;
  ASSERT_EQ(
      crypto_pwhash(key.ExposeMutable().data(), 32, "correct horse battery", 21,
                    AsBytes(file).data() + 31, 2, 64 << 20,
                    crypto_pwhash_ALG_ARGON2ID13),
      0);
  const auto opened = Open(key, AsBytes(file.substr(0, 47) + "keyd-keyring"),
                           AsBytes(file).subspan(47));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(*opened, "the seed");
}

TEST_F(SealedFile, WrongPassphraseOrLabelIsRefused) {
  EXPECT_EQ(CodeOfReading("keyd-keyring", "correct horse batterz"),
            StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeOfReading("keyd-keyring", ""), StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeOfReading("matcher-keyring"), StatusCode::kUnauthenticated);
}

TEST_F(SealedFile, MessagesDoNotHoldThePassphrase) {
  const auto refused = ReadSealedFile(
      path_, "keyd-keyring", SecretBuffer(AsBytes("a wrong passphrase")));
  EXPECT_NE(refused.status().message().find(path_), absl::string_view::npos);
  EXPECT_EQ(refused.status().message().find("a wrong"),
            absl::string_view::npos);
}

TEST_F(SealedFile, ChangedSaltNonceCiphertextAndTagAreRefused) {
  const std::string file = folder_.Read("sealed");
  for (const std::size_t at :
       {std::size_t{31}, std::size_t{46}, std::size_t{47}, std::size_t{71},
        file.size() - 1}) {
    EXPECT_EQ(CodeWithByte(at, static_cast<std::uint8_t>(file[at] ^ 1)),
              StatusCode::kUnauthenticated)
        << at;
  }
}

TEST_F(SealedFile, ChangedCostIsRefused) {
  EXPECT_EQ(CodeWithByte(15, 1), StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeWithByte(15, 0), StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeWithByte(15, 17), StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeWithByte(22, 1), StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeWithByte(26, 1), StatusCode::kUnauthenticated);
  EXPECT_EQ(CodeWithByte(30, 1), StatusCode::kUnauthenticated);
}

TEST_F(SealedFile, UnknownVersionIsRefusedAsSuch) {
  EXPECT_EQ(CodeWithByte(14, 2), StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeWithByte(14, 0), StatusCode::kFailedPrecondition);
}

TEST_F(SealedFile, WhatIsNoSealedFileIsRefused) {
  EXPECT_EQ(CodeWithByte(0, 'S'), StatusCode::kInvalidArgument);
  for (const std::size_t size : {0, 14, 15, 47, 86}) {
    const std::string path =
        folder_.Write("short", folder_.Read("sealed").substr(0, size));
    EXPECT_EQ(ReadSealedFile(path, "l", Passphrase()).status().code(),
              StatusCode::kInvalidArgument)
        << size;
  }
  EXPECT_EQ(ReadSealedFile(folder_ / "none", "l", Passphrase()).status().code(),
            StatusCode::kNotFound);
}

TEST_F(SealedFile, IsReplacedOnlyWhereAsked) {
  EXPECT_EQ(
      WriteSealedFile(path_, "keyd-keyring", Passphrase(), AsBytes("another"),
                      SealStrength::kInteractive, false)
          .code(),
      StatusCode::kAlreadyExists);
  EXPECT_EQ(CodeOfReading(), StatusCode::kOk);
  ASSERT_TRUE(WriteSealedFile(path_, "keyd-keyring", Passphrase(),
                              AsBytes("another"), SealStrength::kInteractive,
                              true)
                  .ok());
  const auto opened = ReadSealedFile(path_, "keyd-keyring", Passphrase());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(AsText(opened->Expose()), "another");
  EXPECT_EQ(folder_.CountFiles(), 1u);
}

TEST_F(SealedFile, EmptyPassphraseLabelOrTooLongContentIsNotWritten) {
  const std::string path = folder_ / "new";
  EXPECT_EQ(WriteSealedFile(path, "l", SecretBuffer(), AsBytes("x"),
                            SealStrength::kInteractive, false)
                .code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(WriteSealedFile(path, "", Passphrase(), AsBytes("x"),
                            SealStrength::kInteractive, false)
                .code(),
            StatusCode::kInvalidArgument);
  const std::string large(kMaxSealedPlaintextBytes + 1, 'x');
  EXPECT_EQ(WriteSealedFile(path, "l", Passphrase(), AsBytes(large),
                            SealStrength::kInteractive, false)
                .code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(folder_.CountFiles(), 1u);
}

TEST_F(SealedFile, LargestContentOpens) {
  const std::string large(kMaxSealedPlaintextBytes, 'x');
  ASSERT_TRUE(WriteSealedFile(path_, "l", Passphrase(), AsBytes(large),
                              SealStrength::kInteractive, true)
                  .ok());
  const auto opened = ReadSealedFile(path_, "l", Passphrase());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->size(), large.size());
}

TEST_F(SealedFile, SaysHowHardItIsWithoutThePassphrase) {
  for (const SealStrength strength :
       {SealStrength::kInteractive, SealStrength::kSensitive}) {
    ASSERT_TRUE(
        WriteSealedFile(path_, "l", Passphrase(), AsBytes("x"), strength, true)
            .ok());
    const auto found = StrengthOfSealedFile(path_);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(*found, strength);
  }
  EXPECT_EQ(StrengthOfSealedFile(folder_ / "none").status().code(),
            StatusCode::kNotFound);
}

}  // namespace
}  // namespace samkoer::crypto
