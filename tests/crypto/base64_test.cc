#include "crypto/base64.h"

#include <gtest/gtest.h>

#include <array>

namespace samkoer::crypto {
namespace {

TEST(Base64, ValuesOfRfc4648) {
  const std::pair<const char*, const char*> values[] = {{"", ""},
                                                        {"f", "Zg=="},
                                                        {"fo", "Zm8="},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg=="},
                                                        {"fooba", "Zm9vYmE="},
                                                        {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : values) {
    EXPECT_EQ(EncodeBase64(AsBytes(plain)), encoded);
    EXPECT_EQ(DecodeBase64(encoded), plain);
  }
}

TEST(Base64, AllBytesRoundTrip) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  EXPECT_EQ(DecodeBase64(EncodeBase64(AsBytes(all))), all);
}

TEST(Base64, OtherSpellingsAreRefused) {
  for (const char* const bad :
       {"Zg", "Zg=", "Zg===", "Zg==\n", " Zg==", "Z g==", "Zh==", "Zm9=",
        "Zm9v=", "Zm9vYg==Zg==", "Zm-_", "=", "Z", "Zm9v\xff"}) {
    EXPECT_FALSE(DecodeBase64(bad).has_value()) << bad;
  }
}

TEST(Base64, EveryOtherByteIsRefused) {
  const std::string alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool belongs = alphabet.find(c) != std::string::npos;
    for (std::size_t at = 0; at < 4; ++at) {
      std::string text = "AAAA";
      text[at] = c;
      // A '=' at the end is padding.
      EXPECT_EQ(DecodeBase64(text).has_value(), belongs || text == "AAA=")
          << byte << " at " << at;
    }
  }
}

TEST(Base64, AnotherLengthIsRefused) {
  std::array<std::uint8_t, 3> three;
  EXPECT_TRUE(DecodeBase64Into("Zm9v", three));
  EXPECT_EQ(AsText(three), "foo");
  EXPECT_FALSE(DecodeBase64Into("Zm8=", three));
  EXPECT_FALSE(DecodeBase64Into("Zm9vYg==", three));
  EXPECT_FALSE(DecodeBase64Into("", three));
}

}  // namespace
}  // namespace samkoer::crypto
