#include "storage/index_hash.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using crypto::AsBytes;

TEST(IndexHash, IsKeyedBlake2bOverLabelAndValue) {
  const std::string input =
      std::string("samkoer/v1/index") + '\0' + "subject" + '\0' + "value";
  crypto::Hash16 expected;
  const auto key = TestIndexKey();
  crypto_generichash(expected.data(), 16,
                     reinterpret_cast<const unsigned char*>(input.data()),
                     input.size(), key.Expose().data(), 32);
  EXPECT_EQ(IndexHash(key, "subject", AsBytes("value")), expected);
}

TEST(IndexHash, EqualsTheFormatsExample) {
  const auto hash =
      IndexHash(TestKey(3), "subject", AsBytes("aaaaaaaaaaaaaaaa"));
  std::string hex;
  for (const std::uint8_t byte : hash) {
    for (const int digit : {byte >> 4, byte & 15}) {
      hex.push_back("0123456789abcdef"[digit]);
    }
  }
  EXPECT_EQ(hex, "fbe7e3032b67d114746f9448abc73f24");
}

TEST(IndexHash, DiffersByKeyLabelAndValue) {
  const auto base = IndexHash(TestKey(3), "subject", AsBytes("value"));
  EXPECT_NE(base, IndexHash(TestKey(4), "subject", AsBytes("value")));
  EXPECT_NE(base, IndexHash(TestKey(3), "quota", AsBytes("value")));
  EXPECT_NE(base, IndexHash(TestKey(3), "subject", AsBytes("valuf")));
}

TEST(IndexHash, LabelAndValueDoNotRunTogether) {
  EXPECT_NE(IndexHash(TestKey(3), "ab", AsBytes("c")),
            IndexHash(TestKey(3), "a", AsBytes("bc")));
}

}  // namespace
}  // namespace samkoer::storage
