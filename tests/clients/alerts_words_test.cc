#include "clients/alerts/alert_words.h"
#include "clients/common/cli.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ParseState, TakesBothLanguagesAndTheProtosNames) {
  const std::pair<const char*, v1::AlertState> cases[] = {
      {"identificeret", v1::ALERT_STATE_IDENTIFIED},
      {"Tilbudt", v1::ALERT_STATE_OFFERED},
      {"konference planlagt", v1::ALERT_STATE_CONFERENCE_PLANNED},
      {"konference-planlagt", v1::ALERT_STATE_CONFERENCE_PLANNED},
      {"conference-planned", v1::ALERT_STATE_CONFERENCE_PLANNED},
      {"CONFERENCE_PLANNED", v1::ALERT_STATE_CONFERENCE_PLANNED},
      {"ALERT_STATE_GUIDE_ASSIGNED", v1::ALERT_STATE_GUIDE_ASSIGNED},
      {"ungeguide  tildelt", v1::ALERT_STATE_GUIDE_ASSIGNED},
      {"plan i gang", v1::ALERT_STATE_PLAN_ACTIVE},
      {"afslået", v1::ALERT_STATE_DECLINED},
      {"AFSLÅET", v1::ALERT_STATE_DECLINED},
      {"trukket tilbage", v1::ALERT_STATE_WITHDRAWN},
  };
  for (const auto& [word, state] : cases) {
    const auto parsed = ParseState(word, Language::kDanish);
    ASSERT_TRUE(parsed.ok()) << word;
    EXPECT_EQ(*parsed, state) << word;
  }
}

TEST(ParseState, AnUnknownWordGetsTheListAsAHint) {
  for (const char* word : {"", "ukendt", "UNSPECIFIED", "1"}) {
    const auto parsed = ParseState(word, Language::kDanish);
    EXPECT_TRUE(absl::IsInvalidArgument(parsed.status())) << word;
    EXPECT_THAT(HintOf(parsed.status()), HasSubstr("indstillet"));
    EXPECT_EQ(parsed.status().message(), "det er ingen tilstand");
  }
}

TEST(ParseSettableState, TheRulesOwnStateIsNeitherTakenNorListed) {
  for (Language l : {Language::kDanish, Language::kEnglish}) {
    for (const char* word : {"trukket tilbage", "WITHDRAWN", "ukendt"}) {
      const auto parsed = ParseSettableState(word, l);
      EXPECT_TRUE(absl::IsInvalidArgument(parsed.status())) << word;
      EXPECT_THAT(HintOf(parsed.status()),
                  HasSubstr(StateText(v1::ALERT_STATE_DECLINED, l)));
      EXPECT_THAT(HintOf(parsed.status()),
                  Not(HasSubstr(StateText(v1::ALERT_STATE_WITHDRAWN, l))));
    }
    for (int i = v1::ALERT_STATE_IDENTIFIED; i < v1::ALERT_STATE_WITHDRAWN;
         ++i) {
      const auto state = static_cast<v1::AlertState>(i);
      EXPECT_EQ(*ParseSettableState(StateText(state, l), l), state);
    }
  }
}

TEST(Words, EveryStateAndDomainHasOne) {
  for (int i = v1::ALERT_STATE_IDENTIFIED; i <= v1::AlertState_MAX; ++i) {
    const auto state = static_cast<v1::AlertState>(i);
    for (Language l : {Language::kDanish, Language::kEnglish}) {
      EXPECT_THAT(StateText(state, l), Not(HasSubstr("unknown")));
      EXPECT_EQ(*ParseState(StateText(state, l), l), state);
    }
  }
  for (int i = v1::DOMAIN_EMPLOYMENT; i <= v1::Domain_MAX; ++i) {
    EXPECT_THAT(DomainText(static_cast<v1::Domain>(i), Language::kDanish),
                Not(HasSubstr("ukendt")));
  }
}

TEST(Words, ANewerServersNumbersAreShownAsSuch) {
  EXPECT_EQ(StateText(static_cast<v1::AlertState>(42), Language::kDanish),
            "ukendt tilstand 42");
  EXPECT_EQ(EventText("opened", Language::kDanish), "oprettet");
  EXPECT_EQ(EventText("something-new", Language::kDanish), "something-new");
}

}  // namespace
}  // namespace samkoer::clients
