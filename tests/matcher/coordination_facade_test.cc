#include "matcher/coordination_facade.h"

#include <gmock/gmock.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "storage/key_layout.h"
#include "tests/matcher/coordination_fixture.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AUDIT_ACTION_OVERVIEW_READ;

class CoordinationFacadeTest : public CoordinationTest {
 protected:
  samkoer::v1::GetOverviewResponse Overview() {
    return storage::ValueOf(facade().GetOverview(Installation::Coordinator()));
  }
  // No entry opens then; the second time they are as they were.
  void TurnABitOfTheFeed() {
    storage::WriteBatch batch;
    SAMKOER_ASSERT_OK(
        in_.store().Scan(storage::TablePrefix(storage::Table::kFeed), "",
                         [&](std::string_view key, std::string_view value) {
                           std::string turned(value);
                           turned.back() ^= 1;
                           batch.Put(std::string(key), std::move(turned));
                           return true;
                         }));
    SAMKOER_ASSERT_OK(in_.store().Write(batch));
  }
};

TEST_F(CoordinationFacadeTest, OfTwoCoordinatorsOneWinsAndTheOtherIsTold) {
  const std::string id = MatchOf();
  const auto revision = AlertOf().revision();
  std::atomic<int> won = 0, told = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      auto request = Guide();
      request.set_expected_revision(revision);
      request.mutable_assign_guide()->mutable_holder()->set_name(
          "Guide " + std::to_string(t));
      const auto status = Take(id, request).status();
      if (status.ok()) ++won;
      if (absl::IsAborted(status)) ++told;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(told, 7);
  EXPECT_EQ(AlertOf().revision(), revision + 1);
}

TEST_F(CoordinationFacadeTest, OnlyADepartmentOfThePolicyNominates) {
  EXPECT_TRUE(absl::IsPermissionDenied(Nominate("nobody", "F-1").status()));
  samkoer::v1::NominateRequest request;
  request.set_case_ref("F-1");
  const auto family = Installation::Department("family");
  EXPECT_TRUE(
      absl::IsInvalidArgument(facade().Nominate(family, request).status()));
  request.set_reason("ring til 250803-1236");
  EXPECT_TRUE(
      absl::IsInvalidArgument(facade().Nominate(family, request).status()));
  request.set_reason("x");
  request.set_case_ref(std::string(65, 'x'));
  EXPECT_TRUE(
      absl::IsInvalidArgument(facade().Nominate(family, request).status()));
  request.set_case_ref("F-1");
  request.set_pseudonym("short");
  EXPECT_TRUE(
      absl::IsInvalidArgument(facade().Nominate(family, request).status()));
  samkoer::v1::AnswerHandoverRequest answer;
  EXPECT_TRUE(absl::IsPermissionDenied(
      facade()
          .AnswerHandover(Installation::Department("nobody"), answer)
          .status()));
}

TEST_F(CoordinationFacadeTest, TheOverviewCountsAssignedAndBacklog) {
  const std::string a = MatchOf("a");
  MatchOf("b");
  MatchOf("c");
  in_.MustDelta("family", {Family("d", "F-d")});
  SAMKOER_ASSERT_OK(Nominate("family", "F-d").status());
  SAMKOER_ASSERT_OK(Nominate("family", "F-b").status());
  SAMKOER_ASSERT_OK(Take(a, Guide()).status());
  samkoer::v1::CoordinateRequest half;
  half.mutable_plan_half_year()->set_half_year(20271);
  SAMKOER_ASSERT_OK(Take(a, half).status());
  samkoer::v1::SetAlertStateRequest close;
  close.set_alert_id(AlertOf("c").alert_id());
  close.set_state(samkoer::v1::ALERT_STATE_CLOSED);
  SAMKOER_ASSERT_OK(
      in_.matcher().SetAlertState(Installation::Coordinator(), close).status());

  const auto overview = Overview();
  EXPECT_EQ(overview.states_size(), 9);
  EXPECT_EQ(overview.matched_only(), 1u);
  EXPECT_EQ(overview.nominated_only(), 1u);
  EXPECT_EQ(overview.matched_and_nominated(), 1u);
  ASSERT_EQ(overview.guides_size(), 2);
  EXPECT_EQ(overview.guides(0).department_name(), "Jobcenter");
  EXPECT_EQ(overview.guides(0).unit(), "Team Unge");
  EXPECT_EQ(overview.guides(0).alerts(), 1u);
  EXPECT_EQ(overview.guides(1).department_name(), "");
  EXPECT_EQ(overview.guides(1).alerts(), 2u);
  ASSERT_EQ(overview.half_years_size(), 2);
  EXPECT_EQ(overview.half_years(0).half_year(), 20271u);
  EXPECT_EQ(overview.half_years(0).assigned(), 1u);
  EXPECT_EQ(overview.half_years(1).backlog(), 2u);
  EXPECT_EQ(overview.feed_sequence(), in_.matcher().FeedSequence());
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_OVERVIEW_READ), 1u);
}

TEST_F(CoordinationFacadeTest, AnOverviewIsCountedOnceAndEachReadIsLogged) {
  // One that is coordinated is looked into.
  SAMKOER_ASSERT_OK(Take(MatchOf(), Guide()).status());
  CoordinationFacade shared(in_.matcher());
  const auto first =
      storage::ValueOf(shared.GetOverview(Installation::Coordinator()));
  // Whoever counts from now on fails.
  TurnABitOfTheFeed();
  EXPECT_TRUE(absl::IsDataLoss(
      facade().GetOverview(Installation::Coordinator()).status()));
  Caller colleague = Installation::Coordinator();
  colleague.uri = "samkoer://viborg/coordinator/bente";
  const auto second = storage::ValueOf(shared.GetOverview(colleague));
  EXPECT_EQ(second.SerializeAsString(), first.SerializeAsString());
  std::vector<std::string> readers;
  for (const auto& leaf : in_.Leaves()) {
    if (leaf.action() == AUDIT_ACTION_OVERVIEW_READ) {
      readers.push_back(leaf.actor());
    }
  }
  EXPECT_EQ(readers, (std::vector<std::string>{Installation::Coordinator().uri,
                                               colleague.uri}));
  // A change is counted.
  TurnABitOfTheFeed();
  SAMKOER_ASSERT_OK(Nominate("family", "F-p").status());
  EXPECT_EQ(
      storage::ValueOf(shared.GetOverview(colleague)).matched_and_nominated(),
      1u);
}

TEST_F(CoordinationFacadeTest, AnOverviewThatIsSharedIsAlwaysTodaysAndAllOfIt) {
  const std::string id = MatchOf();
  CoordinationFacade shared(in_.matcher());
  const auto read = [&] {
    auto overview =
        storage::ValueOf(shared.GetOverview(Installation::Coordinator()));
    EXPECT_EQ(overview.DebugString(), Overview().DebugString());
    return overview;
  };
  EXPECT_EQ(read().matched_only(), 1u);
  SAMKOER_ASSERT_OK(Nominate("family", "F-p").status());
  EXPECT_EQ(read().matched_and_nominated(), 1u);
  // From a department that has no case in the alert.
  samkoer::v1::CoordinateRequest guide = Guide();
  auto& holder = *guide.mutable_assign_guide()->mutable_holder();
  holder.set_department("social");
  holder.set_unit("Voksne");
  SAMKOER_ASSERT_OK(Take(id, guide).status());
  EXPECT_EQ(read().guides(0).unit(), "Voksne");
  MatchOf("q");
  EXPECT_EQ(read().matched_only(), 1u);
  // What no alert changes by: the policy's words, and the day.
  const auto sequence = in_.matcher().FeedSequence();
  in_.policy().set_version(4);
  for (auto& department : *in_.policy().mutable_departments()) {
    if (department.id() == "social") department.set_name("Voksencentret");
  }
  SAMKOER_ASSERT_OK(in_.ApplyPolicy());
  EXPECT_EQ(read().guides(0).department_name(), "Voksencentret");
  EXPECT_EQ(in_.matcher().FeedSequence(), sequence);
  in_.SetDay("2026-12-01");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_EQ(read().months_size(), 2);
  EXPECT_EQ(in_.matcher().FeedSequence(), sequence);
  in_.MustErase("q");
  EXPECT_EQ(read().matched_only(), 0u);
}

TEST_F(CoordinationFacadeTest, WhoCanBeNamedIsWhatThePolicyKnows) {
  const auto listed = facade().ListUnits();
  ASSERT_EQ(listed.departments_size(), in_.policy().departments_size());
  bool known = false;
  for (const auto& department : listed.departments()) {
    for (const auto& unit : department.units()) {
      known = known || (department.department() == "jobs" &&
                        department.department_name() == "Jobcenter" &&
                        unit == "Team Unge");
    }
  }
  EXPECT_TRUE(known);
}

TEST_F(CoordinationFacadeTest, ListsAreFilteredByWhatIsCoordinated) {
  const std::string a = MatchOf("a");
  MatchOf("b");
  SAMKOER_ASSERT_OK(Take(a, Guide()).status());
  samkoer::v1::ListAlertsRequest request;
  EXPECT_EQ(Listed(request), 2u);
  request.set_without_guide(true);
  EXPECT_EQ(Listed(request), 1u);
  request.Clear();
  request.set_guide_unit("Team Unge");
  EXPECT_EQ(Listed(request), 1u);
  request.set_guide_department("family");
  EXPECT_EQ(Listed(request), 0u);
  request.Clear();
  request.set_nominated_only(true);
  EXPECT_EQ(Listed(request), 0u);
  SAMKOER_ASSERT_OK(Nominate("family", "F-b").status());
  EXPECT_EQ(Listed(request), 1u);
  request.Clear();
  request.set_overdue_only(true);
  EXPECT_EQ(Listed(request), 0u);
  request.Clear();
  request.set_half_year(20271);
  EXPECT_EQ(Listed(request), 0u);
  request.Clear();
  request.set_handover_waits(true);
  EXPECT_EQ(Listed(request), 0u);
  samkoer::v1::CoordinateRequest handover;
  handover.mutable_request_handover()->set_role(
      samkoer::v1::HANDOVER_ROLE_GUIDE);
  *handover.mutable_request_handover()->mutable_to() =
      Guide().assign_guide().holder();
  handover.mutable_request_handover()->mutable_to()->set_name("Ole");
  SAMKOER_ASSERT_OK(Take(a, handover).status());
  EXPECT_EQ(Listed(request), 1u);
  request.Clear();
  request.set_number("f-b");
  EXPECT_EQ(Listed(request), 1u);
}

}  // namespace
}  // namespace samkoer::matcher
