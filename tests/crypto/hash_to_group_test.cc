#include "crypto/hash_to_group.h"

#include <gtest/gtest.h>

#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

std::string Expanded(std::string_view message, std::size_t length) {
  std::string out(length, '\0');
  ExpandMessageXmd({AsBytes(message)}, "QUUX-V01-CS02-with-expander-SHA512-256",
                   {reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return ToHex(AsBytes(out));
}

// RFC 9380, appendix K.3.
TEST(ExpandMessageXmd, PublishedShortOutputs) {
  EXPECT_EQ(Expanded("", 32),
            "6b9a7312411d92f921c6f68ca0b6380730a1a4d982c507211a90964c394179ba");
  EXPECT_EQ(Expanded("abc", 32),
            "0da749f12fbe5483eb066a5f595055679b976e93abe9be6f0f6318bce7aca8dc");
}

TEST(ExpandMessageXmd, PublishedOutputOfSeveralBlocks) {
  EXPECT_EQ(Expanded("", 128),
            "41b037d1734a5f8df225dd8c7de38f851efdb45c372887be655212d07251b921"
            "b052b62eaed99b46f72f2ef4cc96bfaf254ebbbec091e1a3b9e4fb5e5b619d2e"
            "0c5414800a1d882b62bb5cd1778f098b8eb6cb399d5d9d18f5d5842cf5d13d7e"
            "b00a7cff859b605da678b318bd0e65ebff70bec88c753b159a805d2c89c55961");
  EXPECT_EQ(Expanded("abc", 128),
            "7f1dddd13c08b543f2e2037b14cefb255b44c83cc397c1786d975653e36a6b11"
            "bdd7732d8b38adb4a0edc26a0cef4bb45217135456e58fbca1703cd6032cb134"
            "7ee720b87972d63fbf232587043ed2901bce7f22610c0419751c065922b48843"
            "1851041310ad659e4b23520e1772ab29dcdeb2002222a363f0c2b1c972b3efe1");
}

TEST(ExpandMessageXmd, PartsAreConcatenated) {
  SecretArray<64> whole, parts;
  ExpandMessageXmd({AsBytes("abc")}, "tag", whole.ExposeMutable());
  ExpandMessageXmd({AsBytes("a"), Bytes(), AsBytes("bc")}, "tag",
                   parts.ExposeMutable());
  EXPECT_EQ(whole, parts);
}

TEST(ExpandMessageXmdDeathTest, LengthsThatTheRfcForbidsEndTheProcess) {
  SecretArray<64> out;
  EXPECT_DEATH(ExpandMessageXmd({}, std::string(256, 'd'), out.ExposeMutable()),
               "");
  EXPECT_DEATH(ExpandMessageXmd({}, "tag", MutableBytes()), "");
  std::vector<std::uint8_t> large(255 * 64 + 1);
  EXPECT_DEATH(ExpandMessageXmd({}, "tag", large), "");
}

TEST(TwoBytes, AreBigEndian) {
  EXPECT_EQ(ToHex(TwoBytes(0x0102)), "0102");
  EXPECT_EQ(ToHex(TwoBytes(65535)), "ffff");
}

TEST(Sha512, PublishedValue) {
  SecretArray<64> out;
  Sha512({AsBytes("a"), AsBytes("bc")}, out.ExposeMutable());
  EXPECT_EQ(ToHex(out.Expose()),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(DomainTags, ModesDifferInOneByte) {
  for (const OprfMode mode : {OprfMode::kOprf, OprfMode::kVoprf}) {
    const DomainTags& tags = TagsOf(mode);
    const std::string context = "OPRFV1-" +
                                std::string(1, static_cast<char>(mode)) +
                                "-ristretto255-SHA512";
    EXPECT_EQ(tags.context, context);
    EXPECT_EQ(tags.hash_to_group, "HashToGroup-" + context);
    EXPECT_EQ(tags.hash_to_scalar, "HashToScalar-" + context);
    EXPECT_EQ(tags.derive_key_pair, "DeriveKeyPair" + context);
    EXPECT_EQ(tags.seed, "Seed-" + context);
  }
}

TEST(HashToGroup, GivesValidElementsThatDependOnTheMode) {
  const Element element = HashToGroup(OprfMode::kVoprf, "input");
  EXPECT_TRUE(ValidateElement(element).ok());
  EXPECT_NE(element, HashToGroup(OprfMode::kOprf, "input"));
  EXPECT_NE(element, HashToGroup(OprfMode::kVoprf, "other"));
}

TEST(HashToScalar, GivesCanonicalScalars) {
  for (int i = 0; i < 100; ++i) {
    const std::string message = std::to_string(i);
    EXPECT_TRUE(
        ValidateScalar(HashToScalar({AsBytes(message)}, "tag").Expose()).ok());
  }
}

}  // namespace
}  // namespace samkoer::crypto
