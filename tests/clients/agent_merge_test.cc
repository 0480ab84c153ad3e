#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "clients/agent/merge.h"
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
