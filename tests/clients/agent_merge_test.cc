#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "clients/agent/merge.h"
#include "proto/case_limit.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

CleanCase Case(std::string_view cpr, const std::string& ref, bool open,
               std::uint32_t opened, std::uint32_t closed = 0,
               const std::string& unit = "A") {
  CleanCase one;
  one.cpr = clients::ParseCpr(cpr).digits;
  one.record.set_case_ref(ref);
  one.record.set_status(open ? v1::CASE_STATUS_OPEN : v1::CASE_STATUS_CLOSED);
  one.record.set_opened_month(opened);
  one.record.set_closed_month(closed);
  one.record.set_unit(unit);
  return one;
}

TEST(MergeCases, OpenWinsAndTheEarliestOpening) {
  std::vector<CleanCase> cases = {Case(kCprA, "1", false, 202401, 202405),
                                  Case(kCprA, "1", true, 202406, 0, "B")};
  cases[0].record.set_protected_identity(true);
  EXPECT_EQ(MergeCases(cases), 1u);
  ASSERT_EQ(cases.size(), 1u);
  EXPECT_EQ(cases[0].record.status(), v1::CASE_STATUS_OPEN);
  EXPECT_EQ(cases[0].record.opened_month(), 202401u);
  EXPECT_EQ(cases[0].record.closed_month(), 0u);
  EXPECT_EQ(cases[0].record.unit(), "B");
  EXPECT_TRUE(cases[0].record.protected_identity());
}

TEST(MergeCases, ClosedWhenTheLastRowWas) {
  std::vector<CleanCase> cases = {Case(kCprA, "1", false, 202401, 202405),
                                  Case(kCprA, "1", false, 0, 202408)};
  MergeCases(cases);
  ASSERT_EQ(cases.size(), 1u);
  EXPECT_EQ(cases[0].record.opened_month(), 202401u);
  EXPECT_EQ(cases[0].record.closed_month(), 202408u);
}

TEST(MergeCases, SiblingsOnOneCaseStayApart) {
  std::vector<CleanCase> cases = {Case(kCprB, "1", true, 202401),
                                  Case(kCprA, "1", true, 202401),
                                  Case(kCprA, "0", true, 202401)};
  EXPECT_EQ(MergeCases(cases), 0u);
  ASSERT_EQ(cases.size(), 3u);
  EXPECT_EQ(cases[0].record.case_ref(), "0");
  EXPECT_EQ(cases[1].ExposeDigits(), "0204024104");
}

TEST(TakeOverfullPersons, ANumberWithMoreCasesThanAPersonHasGoesWhole) {
  std::vector<CleanCase> cases;
  const auto add = [&](std::string_view cpr, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      cases.push_back(Case(cpr, std::to_string(1000 + i), true, 202401));
      cases.back().line = static_cast<std::int64_t>(2 + cases.size());
    }
  };
  add(kCprA, proto::kMaxCasesOfPerson);
  add(kCprB, proto::kMaxCasesOfPerson + 1);
  MergeCases(cases);
  const auto lines = TakeOverfullPersons(cases);
  ASSERT_EQ(lines.size(), proto::kMaxCasesOfPerson + 1);
  EXPECT_EQ(lines.front(),
            static_cast<std::int64_t>(3 + proto::kMaxCasesOfPerson));
  EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end()));
  ASSERT_EQ(cases.size(), proto::kMaxCasesOfPerson);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_TRUE(cases[i].cpr == clients::ParseCpr(kCprA).digits);
    EXPECT_EQ(cases[i].record.case_ref(), std::to_string(1000 + i));
  }
  EXPECT_TRUE(TakeOverfullPersons(cases).empty());
}

TEST(MergeCases, RowsOfOneCaseCountOnceAndKeepTheFirstLine) {
  std::vector<CleanCase> cases;
  for (std::int64_t line = 400; line > 100; --line) {
    cases.push_back(Case(kCprA, "1", true, 202401));
    cases.back().line = line;
  }
  MergeCases(cases);
  ASSERT_EQ(cases.size(), 1u);
  EXPECT_EQ(cases[0].line, 101);
  EXPECT_TRUE(TakeOverfullPersons(cases).empty());
}

TEST(MergeCases, ConsentRefusedOnceIsRefused) {
  std::vector<CleanCase> cases = {Case(kCprA, "1", true, 202401),
                                  Case(kCprA, "1", true, 202402),
                                  Case(kCprA, "1", true, 202403)};
  cases[0].record.set_consent(v1::CONSENT_GIVEN);
  cases[2].record.set_consent(v1::CONSENT_REFUSED);
  MergeCases(cases);
  EXPECT_EQ(cases[0].record.consent(), v1::CONSENT_REFUSED);
}

TEST(MergeCases, TheOrderOfTheRowsDoesNotMatter) {
  const char* env = std::getenv("SAMKOER_SEED");
  const unsigned seed = env != nullptr ? static_cast<unsigned>(std::atol(env))
                                       : std::random_device()();
  SCOPED_TRACE(seed);
  std::printf("SAMKOER_SEED=%u\n", seed);
  std::mt19937 random(seed);
  std::vector<CleanCase> rows;
  for (int i = 0; i < 200; ++i) {
    const bool open = random() % 2;
    rows.push_back(
        Case(random() % 2 ? kCprA : kCprB, std::to_string(random() % 5), open,
             202401 + random() % 3, !open && random() % 2 ? 202409 : 0,
             random() % 2 ? "A" : "B"));
    rows.back().record.set_contact(random() % 2 ? "x" : "y");
    if (random() % 2) {
      rows.back().record.add_criteria("C" + std::to_string(random() % 20));
    }
    rows.back().record.set_consent(static_cast<v1::Consent>(random() % 3));
  }
  std::vector<CleanCase> once = rows;
  MergeCases(once);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(rows.begin(), rows.end(), random);
    std::vector<CleanCase> again = rows;
    MergeCases(again);
    ASSERT_EQ(again.size(), once.size());
    for (std::size_t i = 0; i < once.size(); ++i) {
      // Sixteen codes are the smallest whatever came first.
      EXPECT_EQ(again[i].record.SerializeAsString(),
                once[i].record.SerializeAsString());
    }
  }
}

}  // namespace
}  // namespace samkoer::agent
