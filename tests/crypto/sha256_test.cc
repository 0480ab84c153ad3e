// Expected values of the first test from FIPS 180-4; otherwise compared with
// libsodium, an implementation of its own.
#include <gtest/gtest.h>
#include <sodium.h>

#include <cstdlib>
#include <random>
#include <string>

#include "crypto/keyed_hash.h"
#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

Hash32 Reference(std::string_view text) {
  Hash32 hash;
  crypto_hash_sha256(hash.data(),
                     reinterpret_cast<const unsigned char*>(text.data()),
                     text.size());
  return hash;
}

TEST(Sha256, PublishedValues) {
  EXPECT_EQ(ToHex(Sha256(Bytes())),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ToHex(Sha256(AsBytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(ToHex(Sha256(AsBytes(
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, EveryLengthAroundTheBlocksEqualsAnotherImplementations) {
  std::string text;
  for (int size = 0; size <= 200; ++size) {
    EXPECT_EQ(Sha256(AsBytes(text)), Reference(text)) << size;
    text.push_back(static_cast<char>(size * 7));
  }
}

TEST(Sha256, PartsAreConcatenated) {
  EXPECT_EQ(Sha256({AsBytes("a"), Bytes(), AsBytes("bc")}),
            Sha256(AsBytes("abc")));
}

TEST(Sha256, RandomTextsCutAnywhereEqualAnotherImplementations) {
  const char* given = std::getenv("SAMKOER_SEED");
  const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10)
                                     : std::random_device()();
  SCOPED_TRACE(testing::Message() << "SAMKOER_SEED=" << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::string text(random() % 5000, '\0');
    for (char& c : text) c = static_cast<char>(random());
    const std::string_view all = text;
    const std::size_t cut = text.empty() ? 0 : random() % text.size();
    const Hash32 expected = Reference(text);
    EXPECT_EQ(Sha256(AsBytes(all)), expected);
    EXPECT_EQ(Sha256({AsBytes(all.substr(0, cut)), AsBytes(all.substr(cut))}),
              expected);
  }
}

}  // namespace
}  // namespace samkoer::crypto
