#include "crypto/encrypted_file.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "crypto/base64.h"
#include "tests/crypto/temporary_folder.h"

namespace samkoer::crypto {
namespace {

class EncryptedFileTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(InitializeProcess()); }

  absl::StatusOr<FileSums> Encrypt(std::string_view plain) {
    std::filesystem::remove(folder_ / "sealed");
    return EncryptFile(folder_.Write("plain", plain), folder_ / "sealed",
                       key_.Public(), nullptr);
  }
  absl::StatusOr<FileSums> Decrypt(const DecryptionKey& key) {
    std::filesystem::remove(folder_ / "opened");
    return DecryptFile(folder_ / "sealed", folder_ / "opened", key, nullptr);
  }
  bool Left(const std::string& name) {
    return std::filesystem::exists(folder_ / name);
  }
  static std::string Text(std::size_t size) {
    std::string text(size, 'x');
    for (std::size_t i = 0; i < size; ++i) {
      text[i] = static_cast<char>(i * 31 + i / 251);
    }
    return text;
  }

  TemporaryFolder folder_;
  const DecryptionKey key_ = DecryptionKey::Random();
};

// As the header says it, in one piece and by hand.
std::string OpenByHand(const std::string& file, const DecryptionKey& key) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
  EXPECT_EQ(file.substr(0, 18), std::string("samkoer-encrypted\x01"));
  const SecretBuffer text = key.Text();
  const std::string_view line = AsText(text.Expose());
  std::array<unsigned char, 32> secret;
  const std::size_t begin = line.rfind("private+") + 8;
  EXPECT_TRUE(DecodeBase64Into(line.substr(begin, 44), secret));
  std::array<unsigned char, 32> open, file_key;
  crypto_scalarmult_base(open.data(), secret.data());
  EXPECT_EQ(crypto_box_seal_open(file_key.data(), bytes + 18, 80, open.data(),
                                 secret.data()),
            0);
  crypto_secretstream_xchacha20poly1305_state state;
  EXPECT_EQ(crypto_secretstream_xchacha20poly1305_init_pull(&state, bytes + 98,
                                                            file_key.data()),
            0);
  std::string plain;
  for (std::size_t at = 122; at < file.size();) {
    const std::size_t size = std::min<std::size_t>(65553, file.size() - at);
    std::vector<unsigned char> out(size);
    unsigned long long got = 0;
    unsigned char tag = 0;
    EXPECT_EQ(crypto_secretstream_xchacha20poly1305_pull(
                  &state, out.data(), &got, &tag, bytes + at, size, bytes, 98),
              0);
    at += size;
    EXPECT_EQ(tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL,
              at == file.size());
    plain.append(out.begin(), out.begin() + static_cast<long>(got));
  }
  return plain;
}

TEST_F(EncryptedFileTest, WhatWentInComesOutWhateverTheLength) {
  for (const std::size_t size : {0, 1, 65535, 65536, 65537, 131072, 200000}) {
    const std::string plain = Text(size);
    const auto in = Encrypt(plain);
    ASSERT_TRUE(in.ok()) << in.status();
    const std::string file = folder_.Read("sealed");
    const std::size_t chunks = size == 0 ? 1 : (size + 65535) / 65536;
    EXPECT_EQ(file.size(), 122 + size + 17 * chunks);
    EXPECT_EQ(EncryptedBytes(size), file.size());
    EXPECT_EQ(OpenByHand(file, key_), plain);
    const auto out = Decrypt(key_);
    ASSERT_TRUE(out.ok()) << out.status();
    EXPECT_EQ(folder_.Read("opened"), plain);
    EXPECT_EQ(in->plain_bytes, size);
    EXPECT_EQ(in->plain, Blake2b256(AsBytes(plain)));
    EXPECT_EQ(in->stored_bytes, file.size());
    EXPECT_EQ(in->stored, Blake2b256(AsBytes(file)));
    EXPECT_EQ(out->plain, in->plain);
    EXPECT_EQ(out->stored, in->stored);
    const auto hash = HashFile(folder_ / "sealed", nullptr);
    ASSERT_TRUE(hash.ok());
    EXPECT_EQ(hash->hash, in->stored);
    EXPECT_EQ(hash->bytes, file.size());
  }
}

TEST_F(EncryptedFileTest, TwoFilesOfTheSameContentsDiffer) {
  ASSERT_TRUE(Encrypt("same").ok());
  const std::string first = folder_.Read("sealed");
  ASSERT_TRUE(Encrypt("same").ok());
  EXPECT_NE(folder_.Read("sealed"), first);
}

TEST_F(EncryptedFileTest, AFlippedBitAnywhereIsFound) {
  ASSERT_TRUE(Encrypt("forty-two bytes of nothing in particular..").ok());
  const std::string file = folder_.Read("sealed");
  for (std::size_t at = 0; at < file.size(); ++at) {
    std::string changed = file;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    folder_.Write("sealed", changed);
    const auto opened = Decrypt(key_);
    EXPECT_FALSE(opened.ok()) << at;
    EXPECT_FALSE(Left("opened")) << at;
    // The version's byte, and the box, cannot be told from another's.
    const auto wanted = at == 17 ? absl::StatusCode::kFailedPrecondition
                        : at >= 18 && at < 98
                            ? absl::StatusCode::kUnauthenticated
                            : absl::StatusCode::kDataLoss;
    EXPECT_EQ(opened.status().code(), wanted) << at;
  }
}

TEST_F(EncryptedFileTest, AFileThatWasCutOrGrewIsFound) {
  ASSERT_TRUE(Encrypt(Text(70000)).ok());
  const std::string file = folder_.Read("sealed");
  // Also exactly behind the first chunk.
  for (const std::size_t size :
       {0ul, 17ul, 121ul, 122ul, 138ul, 122ul + 65553, file.size() - 1}) {
    folder_.Write("sealed", file.substr(0, size));
    EXPECT_EQ(Decrypt(key_).status().code(), absl::StatusCode::kDataLoss)
        << size;
  }
  folder_.Write("sealed", file + "x");
  EXPECT_EQ(Decrypt(key_).status().code(), absl::StatusCode::kDataLoss);
  // The second chunk in the first one's place.
  folder_.Write("sealed", file.substr(0, 122) + file.substr(122 + 65553) +
                              file.substr(122, 65553));
  EXPECT_EQ(Decrypt(key_).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(EncryptedFileTest, AnotherKeyIsRefusedAsSuch) {
  ASSERT_TRUE(Encrypt("x").ok());
  const auto other = DecryptionKey::Random();
  const auto opened = Decrypt(other);
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kUnauthenticated);
  // Says whose key it is, which helps; never the key.
  EXPECT_NE(opened.status().message().find(other.Public().Text()),
            std::string::npos);
}

TEST_F(EncryptedFileTest, NothingIsOverwrittenAndNothingHalfIsLeft) {
  folder_.Write("sealed", "mine");
  const std::string plain = folder_.Write("plain", Text(200000));
  EXPECT_EQ(EncryptFile(plain, folder_ / "sealed", key_.Public(), nullptr)
                .status()
                .code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(folder_.Read("sealed"), "mine");
  std::uint64_t seen = 0;
  const auto stopped = EncryptFile(
      plain, folder_ / "other", key_.Public(),
      [&](std::uint64_t bytes) { return (seen += bytes) < 100000; });
  EXPECT_EQ(stopped.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(seen, 131072u);
  EXPECT_FALSE(Left("other"));
  EXPECT_EQ(
      EncryptFile(folder_ / "none", folder_ / "other", key_.Public(), nullptr)
          .status()
          .code(),
      absl::StatusCode::kNotFound);
}

TEST_F(EncryptedFileTest, KeysAreReadAsTheyWereWritten) {
  const std::string text = key_.Public().Text();
  EXPECT_EQ(text.substr(0, 15), "samkoer-backup+");
  EXPECT_EQ(text.size(), 15u + 8 + 1 + 44);
  const auto parsed = EncryptionKey::Parse(text);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->Text(), text);
  const auto secret = DecryptionKey::Parse(key_.Text());
  ASSERT_TRUE(secret.ok()) << secret.status();
  EXPECT_EQ(secret->Public().Text(), text);
}

TEST_F(EncryptedFileTest, ASlipInAPublicKeyIsFound) {
  const std::string text = key_.Public().Text();
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string slip = text;
    slip[at] = slip[at] == 'b' ? 'c' : 'b';
    EXPECT_FALSE(EncryptionKey::Parse(slip).ok()) << slip;
  }
  EXPECT_FALSE(EncryptionKey::Parse("").ok());
  EXPECT_FALSE(EncryptionKey::Parse(text + "=").ok());
  EXPECT_FALSE(EncryptionKey::Parse(text.substr(0, 40)).ok());
}

TEST_F(EncryptedFileTest, APublicKeyThatKeepsNothingSecretIsRefused) {
  // The point 0: everybody's shared secret with it is the same.
  const std::array<std::uint8_t, 32> zero{};
  std::array<std::uint8_t, 32> sum;
  crypto_hash_sha256(sum.data(), zero.data(), zero.size());
  std::string hex(9, '\0');
  sodium_bin2hex(hex.data(), hex.size(), sum.data(), 4);
  hex.pop_back();
  const auto key =
      EncryptionKey::Parse("samkoer-backup+" + hex + "+" + EncodeBase64(zero));
  EXPECT_EQ(key.status().message(), "the backup key keeps nothing secret");
}

TEST_F(EncryptedFileTest, APrivateKeyFileHoldsOneKeyAndComments) {
  const auto parse = [](std::string_view text) {
    return DecryptionKey::Parse(SecretBuffer(AsBytes(text))).ok();
  };
  const std::string line =
      "samkoer-backup-private+" + EncodeBase64(std::array<std::uint8_t, 32>{7});
  EXPECT_TRUE(parse(line));
  EXPECT_TRUE(parse("# my own note\n\n" + line + "\n\n"));
  EXPECT_FALSE(parse(""));
  EXPECT_FALSE(parse("# only a note\n"));
  EXPECT_FALSE(parse(line + "\n" + line + "\n"));
  EXPECT_FALSE(parse(line.substr(1)));
  EXPECT_FALSE(parse(line.substr(0, line.size() - 1)));
}

}  // namespace
}  // namespace samkoer::crypto
