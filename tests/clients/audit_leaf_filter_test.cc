#include "clients/audit/leaf_filter.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

const std::string kSubject(16, '\x5a');

v1::AuditLeaf Leaf() {
  v1::AuditLeaf leaf = TestLeaf(v1::AUDIT_ACTION_ALERTS_READ,
                                "samkoer://viborg/coordinator/anna");
  leaf.add_subjects(std::string(16, '\x01'));
  leaf.add_subjects(kSubject);
  return leaf;
}

absl::Time At(int hour, int minute, int second) {
  return absl::FromCivil(absl::CivilSecond(2026, 11, 22, hour, minute, second),
                         absl::UTCTimeZone());
}

TEST(LeafFilter, AnEmptyFilterTakesEverything) {
  EXPECT_TRUE(LeafFilter{}.Matches(Leaf()));
  EXPECT_TRUE(LeafFilter{}.Matches(v1::AuditLeaf()));
}

TEST(LeafFilter, EachConditionCounts) {
  LeafFilter filter;
  filter.actions = {v1::AUDIT_ACTION_LOG_READ, v1::AUDIT_ACTION_ALERTS_READ};
  EXPECT_TRUE(filter.Matches(Leaf()));
  filter.actions.pop_back();
  EXPECT_FALSE(filter.Matches(Leaf()));

  filter = {};
  filter.actor = "coordinator/";
  EXPECT_TRUE(filter.Matches(Leaf()));
  filter.actor = "department/";
  EXPECT_FALSE(filter.Matches(Leaf()));

  filter = {};
  filter.subject = kSubject;
  EXPECT_TRUE(filter.Matches(Leaf()));
  filter.subject = std::string(16, '\x02');
  EXPECT_FALSE(filter.Matches(Leaf()));
}

TEST(LeafFilter, TheStartIsInAndTheEndIsOut) {
  LeafFilter filter;
  filter.from = At(11, 18, 37);
  EXPECT_TRUE(filter.Matches(Leaf()));
  filter.from = At(11, 18, 38);
  EXPECT_FALSE(filter.Matches(Leaf()));
  filter = {};
  filter.until = At(11, 18, 37);
  EXPECT_FALSE(filter.Matches(Leaf()));
  filter.until = At(11, 18, 38);
  EXPECT_TRUE(filter.Matches(Leaf()));
}

TEST(ParseDay, TakesDanishAndIsoDates) {
  EXPECT_EQ(*ParseDay("22-11-2026", Language::kDanish),
            absl::CivilDay(2026, 11, 22));
  EXPECT_EQ(*ParseDay("2026-11-22", Language::kDanish),
            absl::CivilDay(2026, 11, 22));
  EXPECT_EQ(*ParseDay("29-02-2028", Language::kDanish),
            absl::CivilDay(2028, 2, 29));
}

TEST(ParseDay, RefusesWhatIsNoDay) {
  for (const char* text :
       {"", "22-11-26", "31-02-2026", "00-11-2026", "22/11/2026", "2026-13-01",
        "ab-cd-efgh", "22-11-2026 "}) {
    EXPECT_TRUE(
        absl::IsInvalidArgument(ParseDay(text, Language::kDanish).status()))
        << text;
  }
}

TEST(ParseDay, DoesNotRepeatWhatWasTyped) {
  EXPECT_EQ(ParseDay("070205-1234", Language::kDanish).status().message(),
            "det er ingen dato; skriv den som 22-11-2026");
  EXPECT_EQ(ParseSubject("070205-1234", Language::kEnglish).status().message(),
            "this is no subject id: 32 hex digits or base64");
}

TEST(ParseSubject, TakesHexAndBase64) {
  EXPECT_EQ(*ParseSubject(SubjectText(kSubject), Language::kDanish), kSubject);
  EXPECT_EQ(*ParseSubject("WlpaWlpaWlpaWlpaWlpaWg==", Language::kDanish),
            kSubject);
  for (const char* text : {"", "5a5a", "WlpaWg==", "zz"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        ParseSubject(text, Language::kDanish).status()));
  }
}

}  // namespace
}  // namespace samkoer::clients
