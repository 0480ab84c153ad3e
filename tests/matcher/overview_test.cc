#include "matcher/overview.h"

#include <gtest/gtest.h>

#include <random>

#include "matcher/store_view.h"
#include "storage/key_layout.h"
#include "tests/matcher/coordination_fixture.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::GetOverviewResponse;

class OverviewTest : public CoordinationTest {
 protected:
  absl::StatusOr<GetOverviewResponse> TryCount() {
    OverviewBasis basis;
    basis.policy = in_.CompilePolicy();
    basis.feed_sequence = 7;
    const auto snapshot = in_.store().Snapshot();
    return OverviewCounter().Count(basis, *snapshot, in_.sealer());
  }
  GetOverviewResponse Count() { return storage::ValueOf(TryCount()); }
  static std::uint64_t InState(const GetOverviewResponse& overview,
                               samkoer::v1::AlertState state) {
    for (const auto& count : overview.states()) {
      if (count.state() == state) return count.alerts();
    }
    return 999;
  }
};

TEST_F(OverviewTest, OfNothingEveryNumberIsThereAndNought) {
  const GetOverviewResponse overview = Count();
  EXPECT_EQ(overview.states_size(), samkoer::v1::AlertState_ARRAYSIZE - 1);
  EXPECT_EQ(InState(overview, samkoer::v1::ALERT_STATE_IDENTIFIED), 0u);
  ASSERT_EQ(overview.guides_size(), 1);
  EXPECT_EQ(overview.guides(0).alerts(), 0u);
  EXPECT_EQ(overview.half_years_size(), 1);
  ASSERT_EQ(overview.months_size(), 1);
  EXPECT_EQ(overview.months(0).month(), 202611u);
  EXPECT_EQ(overview.feed_sequence(), 7u);
}

TEST_F(OverviewTest, WhatHasEndedIsInItsStateAndNowhereElse) {
  const std::string a = MatchOf("a");
  MatchOf("b");
  SAMKOER_ASSERT_OK(Take(a, Guide()).status());
  samkoer::v1::SetAlertStateRequest decline;
  decline.set_alert_id(AlertOf("b").alert_id());
  decline.set_state(samkoer::v1::ALERT_STATE_DECLINED);
  SAMKOER_ASSERT_OK(in_.matcher()
                        .SetAlertState(Installation::Coordinator(), decline)
                        .status());
  const GetOverviewResponse overview = Count();
  EXPECT_EQ(InState(overview, samkoer::v1::ALERT_STATE_DECLINED), 1u);
  EXPECT_EQ(InState(overview, samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED), 1u);
  EXPECT_EQ(overview.matched_only(), 1u);
  ASSERT_EQ(overview.guides_size(), 2);
  EXPECT_EQ(overview.guides(0).unit(), "Team Unge");
  EXPECT_EQ(overview.guides(0).alerts(), 1u);
  EXPECT_EQ(overview.guides(1).alerts(), 0u);
  EXPECT_EQ(overview.half_years(0).assigned(), 1u);
  EXPECT_EQ(overview.months(0).added(), 2u);
  EXPECT_EQ(overview.months(0).assigned(), 1u);
  EXPECT_EQ(overview.months(0).backlog(), 0u);
}

TEST_F(OverviewTest, AUnitIsCalledAsThePolicyCallsIt) {
  SAMKOER_ASSERT_OK(Take(MatchOf(), Guide()).status());
  for (auto& department : *in_.policy().mutable_departments()) {
    if (department.id() == "jobs") department.set_name("Ungecentret");
  }
  EXPECT_EQ(Count().guides(0).department_name(), "Ungecentret");
}

// One who counts again and again, beside one who begins anew each time.
TEST_F(OverviewTest, WhatIsRememberedIsWhatWouldBeCountedAnew) {
  OverviewBasis basis;
  basis.policy = in_.CompilePolicy();
  OverviewCounter again;
  std::mt19937 random(11);
  const auto one = [&] { return "p" + std::to_string(random() % 40); };
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    family_.push_back(Family("p" + n, "F-" + n));
    jobs_.push_back(Jobs("p" + n, "J-" + n));
  }
  in_.MustSnapshot("family", family_);
  in_.MustSnapshot("jobs", jobs_);
  for (int step = 0; step < 150; ++step) {
    const std::string person = one();
    const std::string id = AlertOf(person).alert_id();
    if (id.empty()) continue;
    samkoer::v1::CoordinateRequest request;
    switch (random() % 6) {
      case 0:
        in_.MustErase(person);
        break;
      case 1:
        request.mutable_plan_half_year()->set_half_year(20270 + 1 +
                                                        random() % 2);
        Take(id, request).IgnoreError();
        break;
      case 2:
        request = Guide();
        request.mutable_assign_guide()->mutable_holder()->clear_department();
        request.mutable_assign_guide()->mutable_holder()->clear_unit();
        request.mutable_assign_guide()->mutable_holder()->set_external(
            random() % 2 == 0 ? "Ungdomsskolen" : "Klubben");
        Take(id, request).IgnoreError();
        break;
      case 3:
        in_.MustDelta("jobs", {}, {"J-" + person.substr(1)});
        break;
      default:
        Take(id, Guide()).IgnoreError();
        break;
    }
    const auto view = storage::ValueOf(OpenView(in_.matcher().core()));
    const AlertHeads* const ways[] = {view.heads.get(), nullptr};
    for (const AlertHeads* heads : ways) {
      const auto seen = again.Count(basis, *view.reader, in_.sealer(), heads);
      ASSERT_EQ(storage::ValueOf(seen).DebugString(),
                storage::ValueOf(
                    OverviewCounter().Count(basis, *view.reader, in_.sealer()))
                    .DebugString())
          << step;
    }
    ASSERT_LE(again.remembered(), 40u);
  }
  EXPECT_GT(again.remembered(), 0u);
  // Whoever is gone is forgotten.
  for (int i = 0; i < 40; ++i) {
    const std::string person = "p" + std::to_string(i);
    if (!AlertOf(person).alert_id().empty()) in_.MustErase(person);
  }
  const auto view = storage::ValueOf(OpenView(in_.matcher().core()));
  SAMKOER_ASSERT_OK(
      again.Count(basis, *view.reader, in_.sealer(), view.heads.get())
          .status());
  EXPECT_EQ(again.remembered(), 0u);
}

// Looked into once, and not again: the entry that was read may be damaged.
TEST_F(OverviewTest, AnAlertThatIsTheSameIsNotReadAgain) {
  SAMKOER_ASSERT_OK(Take(MatchOf(), Guide()).status());
  OverviewBasis basis;
  basis.policy = in_.CompilePolicy();
  OverviewCounter counter;
  const auto count = [&] {
    const auto view = storage::ValueOf(OpenView(in_.matcher().core()));
    return counter.Count(basis, *view.reader, in_.sealer(), view.heads.get());
  };
  SAMKOER_ASSERT_OK(count().status());
  storage::WriteBatch batch;
  batch.Delete(storage::NumberKey(storage::Table::kFeed, 2));
  SAMKOER_ASSERT_OK(in_.store().Write(batch));
  EXPECT_EQ(storage::ValueOf(count()).guides(0).alerts(), 1u);
  counter = OverviewCounter();
  EXPECT_FALSE(count().ok());
}

TEST_F(OverviewTest, OfADamagedStoreThereAreNoNumbers) {
  MatchOf();
  in_.Close();
  in_.DamageAlerts();
  EXPECT_TRUE(absl::IsDataLoss(TryCount().status())) << TryCount().status();
}

}  // namespace
}  // namespace samkoer::matcher
