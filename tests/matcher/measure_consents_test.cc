#include "matcher/measure_consents.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <string>

#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

google::protobuf::Timestamp T(int seconds) {
  google::protobuf::Timestamp time;
  time.set_seconds(1'800'000'000 + seconds);
  return time;
}

TEST(MeasureConsents, NoMeasureJoinsBeforeAYes) {
  samkoer::v1::Coordination c;
  EXPECT_TRUE(absl::IsFailedPrecondition(JoinMeasure(c, "støtte", T(1))));
  SAMKOER_ASSERT_OK(RecordConsent(c, "støtte", false, T(2)));
  EXPECT_TRUE(absl::IsFailedPrecondition(JoinMeasure(c, "støtte", T(3))));
  SAMKOER_ASSERT_OK(RecordConsent(c, "støtte", true, T(4)));
  EXPECT_TRUE(absl::IsFailedPrecondition(JoinMeasure(c, "Støtte", T(5))))
      << "another measure";
  SAMKOER_ASSERT_OK(JoinMeasure(c, "støtte", T(6)));
  ASSERT_EQ(c.consents_size(), 1);
  EXPECT_EQ(c.consents(0).joined().seconds(), T(6).seconds());
  EXPECT_TRUE(absl::IsFailedPrecondition(JoinMeasure(c, "støtte", T(7))));
}

TEST(MeasureConsents, ANoEndsAMeasuresPartAndAnotherYesDoesNotBringItBack) {
  samkoer::v1::Coordination c;
  SAMKOER_ASSERT_OK(RecordConsent(c, "støtte", true, T(1)));
  SAMKOER_ASSERT_OK(JoinMeasure(c, "støtte", T(2)));
  SAMKOER_ASSERT_OK(RecordConsent(c, "støtte", true, T(3)));
  EXPECT_TRUE(c.consents(0).has_joined()) << "a second yes changes nothing";
  SAMKOER_ASSERT_OK(RecordConsent(c, "støtte", false, T(4)));
  EXPECT_FALSE(c.consents(0).has_joined());
  SAMKOER_ASSERT_OK(RecordConsent(c, "støtte", true, T(5)));
  EXPECT_FALSE(c.consents(0).has_joined());
}

TEST(MeasureConsents, AMeasureLeavesAndTheAnswerStays) {
  samkoer::v1::Coordination c;
  EXPECT_TRUE(absl::IsFailedPrecondition(LeaveMeasure(c, "støtte")));
  SAMKOER_ASSERT_OK(RecordConsent(c, "støtte", true, T(1)));
  EXPECT_TRUE(absl::IsFailedPrecondition(LeaveMeasure(c, "støtte")));
  SAMKOER_ASSERT_OK(JoinMeasure(c, "støtte", T(2)));
  SAMKOER_ASSERT_OK(LeaveMeasure(c, "støtte"));
  EXPECT_FALSE(c.consents(0).has_joined());
  EXPECT_TRUE(c.consents(0).given());
}

TEST(MeasureConsents, WordsAreCheckedAndAnswersBounded) {
  samkoer::v1::Coordination c;
  EXPECT_TRUE(absl::IsInvalidArgument(RecordConsent(c, "", true, T(1))));
  EXPECT_TRUE(absl::IsInvalidArgument(
      RecordConsent(c, std::string(101, 'x'), true, T(1))));
  EXPECT_TRUE(
      absl::IsInvalidArgument(RecordConsent(c, "250803-1236", true, T(1))));
  EXPECT_TRUE(absl::IsInvalidArgument(JoinMeasure(c, "", T(1))));
  EXPECT_TRUE(absl::IsInvalidArgument(LeaveMeasure(c, "")));
  EXPECT_EQ(c.consents_size(), 0);
  for (int i = 0; i < kMaxConsents; ++i) {
    SAMKOER_ASSERT_OK(RecordConsent(c, std::to_string(i), true, T(1)));
  }
  EXPECT_TRUE(
      absl::IsFailedPrecondition(RecordConsent(c, "one more", true, T(2))));
  SAMKOER_EXPECT_OK(RecordConsent(c, "7", false, T(2)));
  EXPECT_EQ(c.consents_size(), kMaxConsents);
}

// On any history no measure is a part of the effort whose latest answer is not
// "yes".
TEST(MeasureConsents, RandomHistoriesAreAsInANaiveList) {
  const char* given = std::getenv("SAMKOER_SEED");
  const unsigned seed =
      given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                       : std::random_device()();
  SCOPED_TRACE("SAMKOER_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  samkoer::v1::Coordination c;
  std::map<std::string, bool> answers, parts;
  for (int i = 0; i < 5000; ++i) {
    const std::string measure(1, static_cast<char>('a' + random() % 4));
    switch (random() % 4) {
      case 0:
      case 1: {
        const bool yes = random() % 2 == 0;
        SAMKOER_ASSERT_OK(RecordConsent(c, measure, yes, T(i)));
        answers[measure] = yes;
        if (!yes) parts[measure] = false;
        break;
      }
      case 2: {
        const bool may = answers[measure] && !parts[measure];
        ASSERT_EQ(JoinMeasure(c, measure, T(i)).ok(), may) << i;
        if (may) parts[measure] = true;
        break;
      }
      default: {
        ASSERT_EQ(LeaveMeasure(c, measure).ok(), parts[measure]) << i;
        parts[measure] = false;
      }
    }
    for (const auto& one : c.consents()) {
      ASSERT_EQ(one.has_joined(), parts[one.measure()]) << i;
      ASSERT_EQ(one.given(), answers[one.measure()]) << i;
    }
  }
}

}  // namespace
}  // namespace samkoer::matcher
