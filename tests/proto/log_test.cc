#include "proto/log.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>

#include "crypto/secret.h"

namespace samkoer::log {
namespace {

// What must not compile: secrets as values, run-time text as events or keys.
static_assert(
    !std::is_constructible_v<Field, Literal, crypto::SecretArray<32>>);
static_assert(!std::is_constructible_v<Field, Literal, crypto::SecretBuffer>);
static_assert(!std::is_constructible_v<Field, Literal, crypto::Bytes>);
static_assert(!std::is_constructible_v<Literal, std::string>);
static_assert(!std::is_constructible_v<Literal, std::string_view>);
static_assert(!std::is_constructible_v<Literal, const char*>);

TEST(LogFields, NumbersBooleansAndTextKeepTheirJsonTypes) {
  EXPECT_EQ(FormatFields("push.begun", {{"records", std::uint64_t{812}},
                                        {"left", -3},
                                        {"resumed", true},
                                        {"seconds", 0.25},
                                        {"department", "familie"}}),
            R"("event":"push.begun","records":812,"left":-3,"resumed":true,)"
            R"("seconds":0.25,"department":"familie")");
}

TEST(LogFields, TextCannotBreakOutOfItsLine) {
  EXPECT_EQ(FormatFields("x", {{"a", "q\" b\\ n\n r\r t\t e\x1b d\x7f"}}),
            R"("event":"x","a":"q\" b\\ n\u000a r\u000d t\u0009 e\u001b )"
            R"(d\u007f")");
}

TEST(LogFields, BrokenUtf8IsReplacedAndDanishKept) {
  EXPECT_EQ(FormatFields("x", {{"a", "k\xc3\xb8r \xff\xc3"}}),
            "\"event\":\"x\",\"a\":\"k\xc3\xb8r \\ufffd\\ufffd\"");
}

TEST(LogFields, LongTextIsCut) {
  const std::string line = FormatFields("x", {{"a", std::string(5000, 'y')}});
  EXPECT_LT(line.size(), 600u);
}

TEST(LogFields, AStatusIsToldWithItsCode) {
  EXPECT_EQ(FormatFields("x", {{"s", absl::NotFoundError("gone")}}),
            R"("event":"x","s":"NOT_FOUND: gone")");
}

TEST(RedactNumbers, ShapesOfACprNumberAreReplaced) {
  // Fictional: modulus 11 fails.
  EXPECT_EQ(RedactNumbers("bad row 0702051234!"), "bad row [10 digits]!");
  EXPECT_EQ(RedactNumbers("070205-1234"), "[10 digits]");
  EXPECT_EQ(RedactNumbers("070205 1234"), "[10 digits]");
  EXPECT_EQ(RedactNumbers("a0702051234b070205-1234c"),
            "a[10 digits]b[10 digits]c");
}

TEST(RedactNumbers, OtherNumbersStay) {
  for (const char* text :
       {"", "123456789", "12345678901", "070205-123", "070205-12345",
        "0702051-234", "2026-11-02 12:00", "line 123456"}) {
    EXPECT_EQ(RedactNumbers(text), text);
  }
}

TEST(LogFields, ACprNumberInAnErrorMessageIsNotLogged) {
  const std::string line = FormatFields(
      "x", {{"s", absl::InvalidArgumentError("cannot parse '070205-1234'")}});
  EXPECT_EQ(line.find("1234"), std::string::npos);
}

TEST(LogLevel, UnknownLevelsAreRefused) {
  for (const char* level : {"", "trace", "debug", "info", "warning", "error"}) {
    EXPECT_TRUE(SetLevel(level).ok()) << level;
  }
  EXPECT_FALSE(SetLevel("verbose").ok());
  EXPECT_FALSE(SetLevel("Info").ok());
  EXPECT_TRUE(SetLevel("info").ok());
}

TEST(Log, AnEventBelowTheLevelIsNotWritten) {
  ASSERT_TRUE(SetLevel("warning").ok());
  ::testing::internal::CaptureStderr();
  Info("quiet.event");
  Warning("loud.event", {{"n", 1}});
  const std::string written = ::testing::internal::GetCapturedStderr();
  ASSERT_TRUE(SetLevel("info").ok());
  EXPECT_EQ(written.find("quiet.event"), std::string::npos);
  EXPECT_NE(written.find(R"("level":"warning","event":"loud.event","n":1})"),
            std::string::npos)
      << written;
  EXPECT_TRUE(written.starts_with(R"({"time":"20)")) << written;
}

}  // namespace
}  // namespace samkoer::log
