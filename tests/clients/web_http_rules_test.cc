#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/web/http_rules.h"

namespace samkoer::clients {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

std::string Policy() {
  for (const auto& [name, value] : SecurityHeaders()) {
    if (name == "Content-Security-Policy") return value;
  }
  return "";
}

TEST(WebHeaders, NothingInlineAndNothingFromElsewhere) {
  EXPECT_THAT(Policy(), HasSubstr("default-src 'none'"));
  EXPECT_THAT(Policy(), HasSubstr("script-src 'self';"));
  EXPECT_THAT(Policy(), HasSubstr("style-src 'self';"));
  EXPECT_THAT(Policy(), HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(Policy(), Not(HasSubstr("unsafe")));
  EXPECT_THAT(Policy(), Not(HasSubstr("http")));
  EXPECT_THAT(Policy(), Not(HasSubstr("data:")));
}

TEST(WebCookie, IsOutOfReachOfScriptsAndOtherPages) {
  EXPECT_EQ(SetCookie("abc"),
            "__Host-samkoer=abc; Path=/; Secure; HttpOnly; SameSite=Strict");
  EXPECT_THAT(SetCookie(""), HasSubstr("Max-Age=0"));
}

TEST(WebCookie, IsFoundAmongOthersAndOnlyOnce) {
  EXPECT_EQ(SessionOf("a=b; __Host-samkoer=xyz; c=d"), "xyz");
  EXPECT_EQ(SessionOf("__Host-samkoer=x=y"), "x=y");
  EXPECT_EQ(SessionOf(""), std::nullopt);
  EXPECT_EQ(SessionOf("samkoer=xyz; x__Host-samkoer=1"), std::nullopt);
  // Which of the two is meant is not for us to guess.
  EXPECT_EQ(SessionOf("__Host-samkoer=x; __Host-samkoer=y"), std::nullopt);
}

TEST(WebOrigin, OnlyOurOwnPageChangesAnything) {
  const std::string ours = "https://unge.example";
  EXPECT_TRUE(IsOurOrigin(ours, "same-origin", ours));
  EXPECT_TRUE(IsOurOrigin(ours, "", ours));
  EXPECT_FALSE(IsOurOrigin(ours, "same-site", ours));
  EXPECT_FALSE(IsOurOrigin(ours, "cross-site", ours));
  for (const char* other :
       {"", "null", "http://unge.example", "https://unge.example.evil.example",
        "https://unge.example:444"}) {
    EXPECT_FALSE(IsOurOrigin(other, "same-origin", ours)) << other;
  }
}

TEST(WebForm, FieldsAreReadInOrderWithTheirEscapes) {
  const auto fields = ReadFields("a=1&a=2&note=s%C3%A5+sk%26r&empty=&alone");
  ASSERT_TRUE(fields);
  EXPECT_THAT(*fields, ElementsAre(Pair("a", "1"), Pair("a", "2"),
                                   Pair("note", "så sk&r"), Pair("empty", ""),
                                   Pair("alone", "")));
  EXPECT_TRUE(ReadFields("")->empty());
}

TEST(WebForm, BrokenEscapesBadUtf8AndFloodsAreRefused) {
  for (const char* bad : {"a=%", "a=%4", "a=%zz", "a=%FF", "a=%C3", "a=%00",
                          "%FF=a", "a=%ED%A0%80"}) {
    EXPECT_FALSE(ReadFields(bad)) << bad;
  }
  std::string many;
  for (int i = 0; i < 100; ++i) many += "a=1&";
  EXPECT_TRUE(ReadFields(many));
  EXPECT_FALSE(ReadFields(many + "a=1"));
}

TEST(WebJson, NothingLeavesTheText) {
  EXPECT_EQ(JsonString("så \"\\\n<&>'"),
            "\"så \\u0022\\u005c\\u000a\\u003c\\u0026\\u003e\\u0027\"");
  EXPECT_EQ(JsonString("a\xE2\x80\xA8"
                       "b\xE2\x80\xA9"
                       "c\xE2\x80\xA7"),
            "\"a\\u2028b\\u2029c\xE2\x80\xA7\"");
}

TEST(WebRates, ABurstIsTakenAndThenOneAtATime) {
  Rates rates(3, absl::Seconds(1));
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(rates.Take("anna", now));
  EXPECT_FALSE(rates.Take("anna", now));
  EXPECT_TRUE(rates.Take("bo", now));
  EXPECT_FALSE(rates.Take("anna", now + absl::Milliseconds(999)));
  EXPECT_TRUE(rates.Take("anna", now + absl::Seconds(1)));
  EXPECT_FALSE(rates.Take("anna", now + absl::Seconds(1)));
  // A clock that goes back gives nothing.
  EXPECT_FALSE(rates.Take("anna", now - absl::Hours(1)));
}

TEST(WebRates, AFloodOfNamesDoesNotGrowWithoutEnd) {
  Rates rates(2, absl::Hours(1));
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_TRUE(rates.Take(std::to_string(i), now));
  }
  EXPECT_FALSE(rates.Take("one more", now));
  EXPECT_TRUE(rates.Take("one more", now + absl::Hours(2)));
}

}  // namespace
}  // namespace samkoer::clients
