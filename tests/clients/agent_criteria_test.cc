#include <gtest/gtest.h>

#include <fstream>

#include "clients/agent/criteria.h"
#include "clients/agent/export_reader.h"
#include "clients/agent/life_events.h"
#include "clients/agent/rejects_file.h"
#include "proto/yaml/yaml_message.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

v1::CriterionCondition Condition(std::string_view yaml) {
  v1::CriterionCondition condition;
  const absl::Status status = proto::ParseYaml(yaml, "c.yaml", condition);
  EXPECT_TRUE(status.ok()) << status;
  return condition;
}

CivilDate D(std::string_view text) { return *ParseIsoDay(text); }

LifeEvent Period(std::string_view kind, std::string_view from,
                 std::string_view to = "", bool completed = false) {
  LifeEvent event;
  event.kind = kind;
  event.from = D(from);
  if (!to.empty()) event.to = D(to);
  event.completed = completed;
  return event;
}

bool Holds(std::string_view yaml, const std::vector<LifeEvent>& events) {
  return JudgeCondition(Condition(yaml), events, kDay).holds;
}

constexpr std::string_view kStraight =
    "not_straight_into: {after: [skole], into: [udd, fgu], within_days: 90}";

TEST(NotStraightInto, NothingFollowedTheEndOfSchool) {
  const LifeEvent school = Period("skole", "2015-08-01", "2026-06-20");
  EXPECT_TRUE(Holds(kStraight, {school}));
  EXPECT_TRUE(Holds(kStraight, {school, Period("job", "2026-08-01")}));
  EXPECT_FALSE(Holds(kStraight, {school, Period("udd", "2026-08-10")}));
  // On the last day; a day late.
  EXPECT_FALSE(Holds(kStraight, {school, Period("fgu", "2026-09-18")}));
  EXPECT_TRUE(Holds(kStraight, {school, Period("fgu", "2026-09-19")}));
  // Begun before the end, and going on after it.
  EXPECT_FALSE(Holds(kStraight, {school, Period("udd", "2026-05-01")}));
  EXPECT_TRUE(
      Holds(kStraight, {school, Period("udd", "2026-05-01", "2026-06-20")}));
}

TEST(NotStraightInto, NotBeforeTheDaysHavePassed) {
  // 90 days before 2 November is 4 August.
  EXPECT_FALSE(Holds(kStraight, {Period("skole", "2015-08-01", "2026-08-04")}));
  EXPECT_TRUE(Holds(kStraight, {Period("skole", "2015-08-01", "2026-08-03")}));
}

TEST(NotStraightInto, NotWhileSchoolGoesOnAndNotWithoutSchool) {
  EXPECT_FALSE(Holds(kStraight, {Period("skole", "2015-08-01")}));
  EXPECT_FALSE(Holds(kStraight, {Period("skole", "2015-08-01", "2026-11-02")}));
  EXPECT_FALSE(Holds(kStraight, {Period("skole", "2015-08-01", "2024-06-20"),
                                 Period("skole", "2024-08-01")}));
  EXPECT_FALSE(Holds(kStraight, {Period("job", "2026-01-01")}));
  EXPECT_FALSE(Holds(kStraight, {}));
}

TEST(Interrupted, AnUncompletedPeriodThatNothingFollowed) {
  constexpr std::string_view kRule =
      "interrupted: {kinds: [udd, fgu], within_days: 30}";
  EXPECT_TRUE(Holds(kRule, {Period("udd", "2026-01-01", "2026-05-01")}));
  EXPECT_FALSE(Holds(kRule, {Period("udd", "2026-01-01", "2026-05-01", true)}));
  EXPECT_FALSE(Holds(kRule, {Period("udd", "2026-01-01", "2026-05-01"),
                             Period("fgu", "2026-05-31")}));
  EXPECT_TRUE(Holds(kRule, {Period("udd", "2026-01-01", "2026-05-01"),
                            Period("fgu", "2026-06-01")}));
  EXPECT_FALSE(Holds(kRule, {Period("udd", "2026-01-01", "2026-10-20")}));
  EXPECT_FALSE(Holds(kRule, {Period("udd", "2026-01-01")}));
  EXPECT_FALSE(Holds(kRule, {Period("job", "2026-01-01", "2026-05-01")}));
}

TEST(Without, NothingGoesOnAndNothingIsCompleted) {
  constexpr std::string_view kRule = "without: {kinds: [udd]}";
  EXPECT_TRUE(Holds(kRule, {Period("job", "2026-01-01")}));
  EXPECT_TRUE(Holds(kRule, {Period("udd", "2025-01-01", "2025-05-01")}));
  EXPECT_FALSE(Holds(kRule, {Period("udd", "2025-01-01", "2025-05-01", true)}));
  EXPECT_FALSE(Holds(kRule, {Period("udd", "2025-01-01", "2026-11-02")}));
  // What begins tomorrow does not count today.
  EXPECT_TRUE(Holds(kRule, {Period("udd", "2026-11-03")}));
  EXPECT_TRUE(Holds("without: {kinds: [udd], ignore_completed: true}",
                    {Period("udd", "2025-01-01", "2025-05-01", true)}));
}

TEST(Shifts, FromOneKindToAnotherInOrderOfTheFirstDays) {
  const std::vector<LifeEvent> events = {
      Period("job", "2026-08-01"),
      Period("udd", "2025-01-01", "2025-05-01"),
      Period("udd", "2025-08-01", "2025-12-01"),
      Period("ydelse", "2026-02-01", "2026-07-01"),
      Period("andet", "2026-03-01"),
      Period("udd", "2026-12-01")};
  EXPECT_TRUE(
      Holds("shifts: {kinds: [udd, job, ydelse], at_least: 2}", events));
  EXPECT_FALSE(
      Holds("shifts: {kinds: [udd, job, ydelse], at_least: 3}", events));
  EXPECT_TRUE(
      Holds("shifts: {kinds: [udd, job, ydelse], at_least: 1, within_days: 93}",
            events));
  EXPECT_FALSE(
      Holds("shifts: {kinds: [udd, job, ydelse], at_least: 1, within_days: 92}",
            events));
}

TEST(JudgeRule, TheAgeThenAllThenOneOfAny) {
  v1::CriterionRule rule;
  ASSERT_TRUE(proto::ParseYaml(R"(code: p
age_from: 15
age_below: 18
all: [{without: {kinds: [udd]}}]
any:
  - {interrupted: {kinds: [udd], within_days: 30}}
  - {shifts: {kinds: [job, ydelse], at_least: 1}}
)",
                               "r.yaml", rule)
                  .ok());
  const std::vector<LifeEvent> shifts = {Period("job", "2026-01-01"),
                                         Period("ydelse", "2026-02-01")};
  EXPECT_TRUE(JudgeRule(rule, shifts, 15, kDay, nullptr).holds);
  EXPECT_TRUE(JudgeRule(rule, shifts, 17, kDay, nullptr).holds);
  EXPECT_FALSE(JudgeRule(rule, shifts, 14, kDay, nullptr).holds);
  EXPECT_FALSE(JudgeRule(rule, shifts, 18, kDay, nullptr).holds);
  EXPECT_FALSE(
      JudgeRule(rule, std::vector<LifeEvent>{shifts[0]}, 16, kDay, nullptr)
          .holds);
  std::vector<std::string> lines;
  const Finding finding =
      JudgeRule(rule, std::vector<LifeEvent>{Period("udd", "2026-01-01")}, 16,
                kDay, &lines);
  EXPECT_EQ(finding.why, "not all of `all` hold");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], "all, no: udd goes on");
  EXPECT_EQ(lines[1], "any, no: no interruption of udd");
}

// Ballerup's two profiles, from files.
class ProfilesTest : public ::testing::Test {
 protected:
  ProfilesTest()
      : config_(SampleConfig(std::string(kSampleConfig) + R"(events:
  file: )" + dir_.File("forloeb.csv") +
                             R"(
  columns: {cpr: cpr, kind: art, from: fra, to: til, outcome: udfald}
  kinds:
    - {prefix: "grundskole", kind: skole}
    - {prefix: "udd", kind: uddannelse}
    - {prefix: "udd-kursus", kind: ""}
    - {prefix: "fgu", kind: fgu}
    - {prefix: "job", kind: arbejde}
    - {prefix: "kontanthjælp", kind: ydelse}
  completed_words: [gennemført]
criteria:
  - code: profil-15-17
    age_from: 15
    age_below: 18
    any:
      - not_straight_into: {after: [skole], into: [uddannelse, fgu], within_days: 90}
      - interrupted: {kinds: [uddannelse], within_days: 30}
  - code: profil-18-29
    age_from: 18
    age_below: 30
    all:
      - without: {kinds: [uddannelse]}
      - shifts: {kinds: [arbejde, uddannelse, fgu, ydelse], at_least: 2, within_days: 1095}
)")) {}

  // The criteria of each case, and the explanation of line 2.
  absl::StatusOr<Export> Read(const std::string& events,
                              const std::string& rows) {
    std::ofstream(dir_.File("forloeb.csv")) << "cpr;art;fra;til;udfald\n"
                                            << events;
    std::ofstream(dir_.File("sager.csv")) << kSampleHeader << rows;
    ReadOptions options;
    options.day = kDay;
    options.explain_line = 2;
    return ReadExport(dir_.File("sager.csv"), config_, options);
  }

  TempDir dir_;
  Config config_;
};

TEST_F(ProfilesTest, OnlyTheCodeLeaves) {
  // kCprB is 16, kCprA 24, kCprC 29.
  const auto data = Read(
      "150810-9838;Grundskole;01-08-2016;20-06-2026;gennemført\n"
      "020402-4104;job som bud;01-01-2025;01-06-2025;\n"
      "020402-4104;Kontanthjælp;01-07-2025;01-01-2026;\n"
      "020402-4104;fgu;01-02-2026;;\n"
      "100697-2629;udd;01-02-2020;01-02-2023;Gennemført\n"
      "100697-2629;udd-kursus;vrøvl;;\n",
      Row(kCprA, "S-1") + Row(kCprB, "S-2") + Row(kCprC, "S-3") +
          Row(kCprD, "S-4"));
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_EQ(data->cases.size(), 4u);
  const auto codes = [&](std::size_t i) {
    const auto& record = data->cases[i].record;
    return record.criteria().empty() ? "" : record.criteria(0);
  };
  EXPECT_EQ(codes(0), "profil-18-29");
  EXPECT_EQ(codes(1), "profil-15-17");
  EXPECT_EQ(codes(2), "");
  EXPECT_EQ(codes(3), "");
  EXPECT_EQ(data->counts.events.rows, 6u);
  EXPECT_EQ(data->counts.events.people, 3u);
  ASSERT_GE(data->explanation.size(), 4u);
  EXPECT_EQ(data->explanation[0],
            "may be sent, with the criteria profil-18-29");
  EXPECT_EQ(data->explanation[1], "the person is 24 on 2026-11-02");
  EXPECT_EQ(data->explanation[2],
            "criterion profil-15-17: does not hold, the age is not 15 to 17");
  EXPECT_EQ(data->explanation[3], "criterion profil-18-29: holds");
  for (const std::string& line : data->explanation) {
    EXPECT_EQ(line.find("4104"), std::string::npos);
    EXPECT_EQ(line.find("S-1"), std::string::npos);
  }
}

TEST_F(ProfilesTest, WhereAnEventIsSetAsideNothingIsJudged) {
  const std::string school =
      "150810-9838;Grundskole;01-08-2016;20-06-2026;gennemført\n";
  for (const char* bad :
       {"150810-9838;rideskole;01-08-2026;;\n",
        "150810-9838;udd;31-02-2026;;\n",
        "150810-9838;udd;01-08-2026;01-07-2026;\n", "150810-9838;udd;;;\n"}) {
    const auto data = Read(school + bad, Row(kCprB, "S-2"));
    ASSERT_TRUE(data.ok()) << data.status();
    EXPECT_TRUE(data->cases[0].record.criteria().empty()) << bad;
    EXPECT_EQ(data->counts.events.unjudged, 1u);
    EXPECT_EQ(data->event_rejects.size(), 1u);
    EXPECT_NE(data->explanation[2].find("was set aside"), std::string::npos);
  }
  const auto other =
      Read(school + "000000-0000;udd;01-08-2026;;\nkort\n", Row(kCprB, "S-2"));
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->cases[0].record.criteria_size(), 1);
  EXPECT_EQ(FormatRejects(other->event_rejects),
            "line,reason\n3,placeholder\n4,columns\n");
}

TEST_F(ProfilesTest, AMissingFileOfEventsStopsThePush) {
  ReadOptions options;
  options.day = kDay;
  std::ofstream(dir_.File("sager.csv")) << kSampleHeader;
  EXPECT_TRUE(absl::IsNotFound(
      ReadExport(dir_.File("sager.csv"), config_, options).status()));
}

}  // namespace
}  // namespace samkoer::agent
