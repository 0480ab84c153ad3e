#include <gtest/gtest.h>

#include <set>

#include "clients/web/sessions.h"

namespace samkoer::clients {
namespace {

const absl::Time kMorning = absl::FromUnixSeconds(1'800'000'000);

SessionLimits Limits() { return {absl::Minutes(30), absl::Hours(10), 6, 3}; }

std::string Begin(Sessions& sessions, std::string_view person, absl::Time now) {
  const auto name = sessions.Begin(person, now);
  EXPECT_TRUE(name.ok()) << name.status();
  return name.value_or("");
}

TEST(WebSessions, NamesAndTokensAreLongAndAllDifferent) {
  Sessions sessions({.all = 100, .of_person = 100});
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const std::string name = Begin(sessions, "anna", kMorning);
    EXPECT_EQ(name.size(), 43u);
    const auto held = sessions.Find(name, "anna", true, kMorning);
    ASSERT_TRUE(held);
    EXPECT_EQ(held->csrf.size(), 43u);
    EXPECT_TRUE(seen.insert(name).second && seen.insert(held->csrf).second);
  }
}

TEST(WebSessions, ANameIsOfUseToItsPersonOnly) {
  Sessions sessions(Limits());
  const std::string name = Begin(sessions, "anna", kMorning);
  EXPECT_FALSE(sessions.Find(name, "bo", true, kMorning));
  EXPECT_FALSE(sessions.Find("", "anna", true, kMorning));
  EXPECT_FALSE(sessions.Find(name + "x", "anna", true, kMorning));
  EXPECT_TRUE(sessions.Find(name, "anna", true, kMorning));
}

TEST(WebSessions, OnlyWhatAPersonDoesKeepsASession) {
  Sessions sessions(Limits());
  const std::string name = Begin(sessions, "anna", kMorning);
  EXPECT_TRUE(sessions.Find(name, "anna", true, kMorning + absl::Minutes(29)));
  EXPECT_TRUE(sessions.Find(name, "anna", false, kMorning + absl::Minutes(58)));
  EXPECT_FALSE(sessions.Find(name, "anna", true, kMorning + absl::Minutes(59)));
  EXPECT_EQ(sessions.size(), 0u);
}

TEST(WebSessions, EndsInTheEveningHoweverBusy) {
  Sessions sessions(Limits());
  const std::string name = Begin(sessions, "anna", kMorning);
  absl::Time now = kMorning;
  for (; now < kMorning + absl::Hours(10); now += absl::Minutes(10)) {
    ASSERT_TRUE(sessions.Find(name, "anna", true, now));
  }
  EXPECT_FALSE(sessions.Find(name, "anna", true, now));
}

TEST(WebSessions, AFourthBrowserEndsTheOneUnusedLongest) {
  Sessions sessions(Limits());
  const std::string first = Begin(sessions, "anna", kMorning);
  const std::string second =
      Begin(sessions, "anna", kMorning + absl::Minutes(1));
  Begin(sessions, "anna", kMorning + absl::Minutes(2));
  EXPECT_TRUE(sessions.Find(first, "anna", true, kMorning + absl::Minutes(3)));
  Begin(sessions, "anna", kMorning + absl::Minutes(4));
  const absl::Time now = kMorning + absl::Minutes(5);
  EXPECT_TRUE(sessions.Find(first, "anna", true, now));
  EXPECT_FALSE(sessions.Find(second, "anna", true, now));
}

TEST(WebSessions, TooManyOfAllAreRefusedUntilSomeEnd) {
  Sessions sessions(Limits());
  for (const char* person : {"a", "b", "c", "d", "e", "f"}) {
    Begin(sessions, person, kMorning);
  }
  EXPECT_TRUE(absl::IsResourceExhausted(
      sessions.Begin("g", kMorning + absl::Minutes(29)).status()));
  EXPECT_TRUE(sessions.Begin("g", kMorning + absl::Minutes(30)).ok());
}

TEST(WebSessions, LoggingOutEndsIt) {
  Sessions sessions(Limits());
  const std::string name = Begin(sessions, "anna", kMorning);
  sessions.End(name);
  EXPECT_FALSE(sessions.Find(name, "anna", true, kMorning));
}

TEST(WebSessions, ARestartKeepsThemAndTheirEnds) {
  Sessions before(Limits());
  const std::string name = Begin(before, "anna", kMorning);
  const std::string text = before.Dump();
  EXPECT_EQ(text.find(name), std::string::npos);
  Sessions after(Limits());
  ASSERT_TRUE(after.Restore(text, kMorning + absl::Minutes(1)).ok());
  const auto held = after.Find(name, "anna", false, kMorning);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->csrf, before.Find(name, "anna", false, kMorning)->csrf);
  Sessions late(Limits());
  ASSERT_TRUE(late.Restore(text, kMorning + absl::Minutes(30)).ok());
  EXPECT_EQ(late.size(), 0u);
}

TEST(WebSessions, WhatIsNoListOfSessionsIsRefusedWhole) {
  Sessions sessions(Limits());
  Begin(sessions, "anna", kMorning);
  const std::string good = sessions.Dump();
  for (const std::string& bad :
       {std::string("x"), good + "x\n", good.substr(0, good.size() - 3) + "x\n",
        good.substr(1)}) {
    Sessions other(Limits());
    EXPECT_TRUE(absl::IsInvalidArgument(other.Restore(bad, kMorning))) << bad;
    EXPECT_EQ(other.size(), 0u);
  }
}

TEST(WebSessions, SecretsAreEqualOnlyAsAWhole) {
  EXPECT_TRUE(EqualSecrets("abc", "abc"));
  EXPECT_FALSE(EqualSecrets("abc", "abd"));
  EXPECT_FALSE(EqualSecrets("abc", "ab"));
  EXPECT_FALSE(EqualSecrets("", "ab"));
}

}  // namespace
}  // namespace samkoer::clients
