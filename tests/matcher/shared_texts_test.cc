#include "matcher/shared_texts.h"

#include <gmock/gmock.h>

namespace samkoer::matcher {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr std::size_t kEnough = 2 * SharedTexts::kSharers;

crypto::Hash16 Person(std::size_t n) {
  crypto::Hash16 key{};
  key[0] = static_cast<std::uint8_t>(n);
  key[1] = static_cast<std::uint8_t>(n >> 8);
  return key;
}

TEST(SharedTextsTest, WhatManyPersonsShareIsFoundOnceADepartment) {
  SharedTexts texts;
  for (std::size_t n = 0; n < kEnough; ++n) {
    texts.Count(3, "Ungeenheden", Person(n));
    texts.Count(3, "Jobcenter", Person(n));
    texts.Count(1, "Ungeenheden", Person(n));
  }
  EXPECT_THAT(texts.Take(),
              ElementsAre(Pair(1, ElementsAre("Ungeenheden")),
                          Pair(3, ElementsAre("Jobcenter", "Ungeenheden"))));
  EXPECT_THAT(texts.Take(), IsEmpty());
}

TEST(SharedTextsTest, ManyRecordsOfFewPersonsShareNothing) {
  SharedTexts texts;
  for (std::size_t n = 0; n < 10 * kEnough; ++n) {
    texts.Count(0, "Mor til to", Person(n % (SharedTexts::kSharers - 1)));
  }
  EXPECT_THAT(texts.Take(), IsEmpty());
}

TEST(SharedTextsTest, WhatFewRecordsCarryIsNotShared) {
  SharedTexts texts;
  for (std::size_t n = 0; n < SharedTexts::kSharers; ++n) {
    texts.Count(0, "Ungeenheden", Person(n));
  }
  EXPECT_THAT(texts.Take(), IsEmpty());
}

TEST(SharedTextsTest, TextsThatAreShorterThanANumberAreLeftAlone) {
  SharedTexts texts;
  for (std::size_t n = 0; n < kEnough; ++n) texts.Count(0, "KBA", Person(n));
  for (std::size_t n = 0; n < kEnough; ++n) texts.Count(0, "", Person(n));
  EXPECT_THAT(texts.Take(), IsEmpty());
}

TEST(SharedTextsTest, ManyDifferentTextsHideNoneThatIsShared) {
  SharedTexts texts;
  std::vector<std::string> own;
  for (std::size_t n = 0; n < 50'000; ++n) {
    own.push_back("unit " + std::to_string(n));
  }
  for (std::size_t n = 0; n < own.size(); ++n) {
    texts.Count(0, own[n], Person(n));
    texts.Count(0, "Ungeenheden", Person(n));
  }
  EXPECT_THAT(texts.Take(), ElementsAre(Pair(0, ElementsAre("Ungeenheden"))));
}

}  // namespace
}  // namespace samkoer::matcher
