#include <gtest/gtest.h>

#include "clients/agent/text_decoder.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

using namespace std::string_literals;

// Decodes in pieces of `piece` bytes.
absl::StatusOr<std::string> Decode(std::string_view encoding,
                                   std::string_view bytes,
                                   std::size_t piece = 1000) {
  auto decoder = TextDecoder::Create(encoding);
  if (!decoder.ok()) return decoder.status();
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    absl::Status status = decoder->Feed(bytes.substr(at, piece), out);
    if (!status.ok()) return status;
  }
  absl::Status status = decoder->Finish(out);
  if (!status.ok()) return status;
  return out;
}

TEST(TextDecoder, TheSameTextInAllEncodings) {
  for (std::size_t piece : {1u, 2u, 3u, 1000u}) {
    EXPECT_EQ(*Decode("utf-8", "bl\xC3\xA5", piece), "blå");
    EXPECT_EQ(*Decode("", "bl\xC3\xA5", piece), "blå");
    EXPECT_EQ(*Decode("utf-8",
                      "\xEF\xBB\xBF"
                      "bl\xC3\xA5",
                      piece),
              "blå");
    EXPECT_EQ(*Decode("utf-8-sig",
                      "\xEF\xBB\xBF"
                      "b",
                      piece),
              "b");
    EXPECT_EQ(*Decode("windows-1252", "bl\xE5\x96", piece), "blå–");
    EXPECT_EQ(*Decode("iso-8859-1", "bl\xE5", piece), "blå");
    EXPECT_EQ(*Decode("utf-16", "\xFF\xFE\x62\0\xE5\0"s, piece), "bå");
    EXPECT_EQ(*Decode("utf-16", "\xFE\xFF\0\x62\0\xE5"s, piece), "bå");
    EXPECT_EQ(*Decode("utf-16le", "\x62\0\xE5\0"s, piece), "bå");
    EXPECT_EQ(*Decode("utf-16le", "\xFF\xFE\x62\0"s, piece), "b");
    EXPECT_EQ(*Decode("utf-16be", "\0\x62\0\xE5"s, piece), "bå");
  }
}

TEST(TextDecoder, LongTextsKeepTheirLengthAndSurrogatesTheirHalves) {
  std::string wide, expected;
  for (int i = 0; i < 20000; ++i) {
    wide += "\x3D\xD8\x00\xDE"s;  // U+1F600 as UTF-16LE
    expected += "\xF0\x9F\x98\x80";
  }
  EXPECT_EQ(*Decode("utf-16le", wide, 777), expected);
}

TEST(TextDecoder, EmptyTextsAreTexts) {
  EXPECT_EQ(*Decode("utf-8", ""), "");
  EXPECT_EQ(*Decode("utf-8", "\xEF\xBB\xBF"), "");
  EXPECT_EQ(*Decode("utf-16", ""), "");
}

TEST(TextDecoder, BytesThatTheEncodingDoesNotHaveNameTheirLine) {
  const auto text = Decode("utf-8", "a\nb\nbl\xE5\n");
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.status().message(), "line 3 holds bytes that are not utf-8");
  EXPECT_NE(clients::HintOf(text.status()).find("windows-1252"),
            std::string::npos);
}

TEST(TextDecoder, ACharacterCutOffAtTheEnd) {
  EXPECT_FALSE(Decode("utf-8", "bl\xC3").ok());
  EXPECT_FALSE(Decode("utf-16le", "\x62\0\xE5"s).ok());
  EXPECT_FALSE(Decode("utf-16le", "\x3D\xD8"s).ok());
}

TEST(TextDecoder, AMarkThatContradictsTheConfiguration) {
  for (const char* encoding : {"windows-1252", "iso-8859-1", "utf-16le"}) {
    const auto text = Decode(encoding,
                             "\xEF\xBB\xBF"
                             "CPR");
    ASSERT_FALSE(text.ok()) << encoding;
    EXPECT_NE(clients::HintOf(text.status()).find("utf-8"), std::string::npos);
  }
  EXPECT_FALSE(Decode("utf-8", "\xFF\xFE\x62\0"s).ok());
  EXPECT_FALSE(Decode("utf-16be", "\xFF\xFE\x62\0"s).ok());
}

TEST(TextDecoder, Utf16WithoutAMarkMustSayWhichEnd) {
  EXPECT_FALSE(Decode("utf-16", "\x62\0\x63\0"s).ok());
}

TEST(TextDecoder, Utf16ReadAsSomethingElseIsNoticed) {
  const auto text = Decode("windows-1252", "a\0b\0"s);
  ASSERT_FALSE(text.ok());
  EXPECT_NE(text.status().message().find("NUL"), absl::string_view::npos);
}

TEST(TextDecoder, AnEncodingThatDoesNotExist) {
  EXPECT_FALSE(TextDecoder::Create("utf-9").ok());
}

}  // namespace
}  // namespace samkoer::agent
