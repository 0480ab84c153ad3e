#include <gtest/gtest.h>

#include "clients/agent/setup_matcher.h"

namespace samkoer::agent {
namespace {

v1::GetIntakeInfoResponse Info() {
  v1::GetIntakeInfoResponse info;
  info.set_department("familie");
  info.set_purpose("unge");
  for (const v1::Domain domain : {v1::DOMAIN_FAMILY, v1::DOMAIN_SOCIAL}) {
    auto& permitted = *info.add_permitted();
    permitted.set_domain(domain);
    permitted.add_ages()->set_age_below(25);
  }
  auto& more = *info.mutable_permitted(1)->add_ages();
  more.set_age_from(25);
  more.set_age_below(30);
  return info;
}

TEST(TakeIntakeInfo, FillsInWhatWasNotSaid) {
  SetupAnswers answers;
  std::vector<SetupFinding> findings;
  TakeIntakeInfo(Info(), answers, findings);
  EXPECT_EQ(answers.config.department(), "familie");
  EXPECT_EQ(answers.config.purpose(), "unge");
  ASSERT_EQ(answers.config.permitted_size(), 2);
  EXPECT_EQ(answers.config.permitted(0).ShortDebugString(),
            "domains: DOMAIN_FAMILY domains: DOMAIN_SOCIAL age_below: 25");
  EXPECT_EQ(answers.config.permitted(1).ShortDebugString(),
            "domains: DOMAIN_SOCIAL age_from: 25 age_below: 30");
  // From the age of 0 was said.
  EXPECT_EQ(answers.none.count("age_from"), 1u);
  EXPECT_EQ(findings.size(), 4u);
}

TEST(TakeIntakeInfo, WhatWasSaidStays) {
  SetupAnswers answers;
  for (const auto& [key, value] :
       {std::pair{"department", "a"}, std::pair{"purpose", "b"},
        std::pair{"age_from", "15"}, std::pair{"age_below", "18"}}) {
    ASSERT_TRUE(SetAnswer(key, value, answers).ok());
  }
  std::vector<SetupFinding> findings;
  TakeIntakeInfo(Info(), answers, findings);
  EXPECT_TRUE(findings.empty());
  EXPECT_EQ(answers.config.purpose(), "b");
  EXPECT_EQ(answers.config.permitted_size(), 1);
}

TEST(TakeIntakeInfo, ADepartmentThatMaySendNothingIsStillAsked) {
  SetupAnswers answers;
  std::vector<SetupFinding> findings;
  v1::GetIntakeInfoResponse info = Info();
  info.clear_permitted();
  TakeIntakeInfo(info, answers, findings);
  EXPECT_EQ(answers.none.count("age_from"), 0u);
}

}  // namespace
}  // namespace samkoer::agent
