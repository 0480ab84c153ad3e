// Expected values from Python's hashlib, an implementation of its own.
#include "crypto/keyed_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

std::string Counting(std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<char>(i));
  return out;
}

HashKey MatchKey() { return SecretFrom<32>(Counting(32)); }

TEST(PersonKey, HasTheDocumentedBytes) {
  const std::string pseudonym = Counting(64);
  EXPECT_EQ(ToHex(PersonKey(MatchKey(), "youth", 7, AsBytes(pseudonym))),
            "1171f12fc3296a0648c5b015cc5efa1e");
}

TEST(PersonKey, EpochIsLittleEndian) {
  const std::string pseudonym = Counting(64);
  EXPECT_EQ(
      ToHex(PersonKey(MatchKey(), "youth", 0x01020304, AsBytes(pseudonym))),
      "23f4cffd4b284633609a128b75b0e532");
}

TEST(PersonKey, DependsOnEveryInput) {
  const std::string pseudonym = Counting(64), other(64, 'p');
  const Hash16 key = PersonKey(MatchKey(), "youth", 7, AsBytes(pseudonym));
  EXPECT_NE(key, PersonKey(MatchKey(), "youth2", 7, AsBytes(pseudonym)));
  EXPECT_NE(key, PersonKey(MatchKey(), "youth", 8, AsBytes(pseudonym)));
  EXPECT_NE(key, PersonKey(MatchKey(), "youth", 7, AsBytes(other)));
  EXPECT_NE(key, PersonKey(HashKey(), "youth", 7, AsBytes(pseudonym)));
}

TEST(DigestKey, HasTheDocumentedBytes) {
  EXPECT_EQ(ToHex(DigestKey(MatchKey(), "social").Expose()),
            "e4147bbc2dfac702117014c07c70b3d4d6dca58a8c9183ce84d10a92cb7a59ab");
}

TEST(DigestKey, CaseIdAndFingerprintOfEqualBytesDiffer) {
  const HashKey key = DigestKey(MatchKey(), "social");
  EXPECT_EQ(ToHex(CaseId(key, "S-2026-17")),
            "bae18c6433668298f2cdb8cea07bc1ce");
  EXPECT_EQ(ToHex(Fingerprint(key, AsBytes("S-2026-17"))),
            "c53115df8608ef8d9d435dd9125eae05");
}

TEST(DigestKey, DepartmentsSeeDifferentIdsOfOneReference) {
  EXPECT_NE(CaseId(DigestKey(MatchKey(), "social"), "17"),
            CaseId(DigestKey(MatchKey(), "health"), "17"));
}

// hashlib.blake2b(key=..., salt=1 as u64, person="smkrsubj", digest_size=16).
TEST(SubjectId, HasTheDocumentedBytes) {
  const HashKey fives = SecretFrom<32>(std::string(32, 5));
  EXPECT_EQ(ToHex(SubjectId(fives)), "964569c74dc9e3bcd82cfa57a51055e6");
  EXPECT_NE(SubjectId(MatchKey()), SubjectId(fives));
}

TEST(Blake2b256, PublishedAndStreamedValuesAgree) {
  EXPECT_EQ(ToHex(Blake2b256(AsBytes("abc"))),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_EQ(ToHex(Blake2b256(Bytes())),
            "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  Blake2b256Stream stream;
  stream.Update(AsBytes("a"));
  stream.Update(Bytes());
  stream.Update(AsBytes("bc"));
  EXPECT_EQ(stream.Finish(), Blake2b256(AsBytes("abc")));
  EXPECT_EQ(Blake2b256Stream().Finish(), Blake2b256(Bytes()));
}

Hash16 FingerprintOf(std::mt19937_64& random) {
  Hash16 fingerprint;
  for (auto& byte : fingerprint) byte = static_cast<std::uint8_t>(random());
  return fingerprint;
}

TEST(FingerprintSum, IsLittleEndianAndCarriesAcrossWords) {
  FingerprintSum sum;
  EXPECT_EQ(ToHex(sum.Encode()), std::string(32, '0'));
  Hash16 ones, one{};
  ones.fill(0xff);
  one[0] = 1;
  Hash16 low_ones{};
  std::fill_n(low_ones.begin(), 8, 0xff);
  sum.Add(low_ones);
  sum.Add(one);
  EXPECT_EQ(ToHex(sum.Encode()), "00000000000000000100000000000000");
  sum.Remove(one);
  EXPECT_EQ(sum.Encode(), low_ones);
  sum.Remove(low_ones);
  sum.Add(ones);
  sum.Add(one);  // 2^128 is 0
  EXPECT_EQ(sum, FingerprintSum());
  sum.Remove(one);
  EXPECT_EQ(sum.Encode(), ones);
}

TEST(FingerprintSum, OrderOfAddingAndRemovingDoesNotMatter) {
  auto random = SeededGenerator();
  std::vector<Hash16> members(50);
  for (Hash16& member : members) member = FingerprintOf(random);
  FingerprintSum all, kept;
  for (const Hash16& member : members) all.Add(member);
  for (std::size_t i = 0; i < 20; ++i) kept.Add(members[i]);
  std::shuffle(members.begin() + 20, members.end(), random);
  for (std::size_t i = 20; i < 50; ++i) all.Remove(members[i]);
  EXPECT_EQ(all, kept);
  EXPECT_EQ(all.Encode(), kept.Encode());
  all.Add(FingerprintOf(random));
  EXPECT_FALSE(all == kept);
}

}  // namespace
}  // namespace samkoer::crypto
