// By way of pushes under two keys: what says the same has not changed.
#include "matcher/same_content.h"

#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

class SameContentTest : public MatcherIntakeTest {
 protected:
  PushOutcome PushUnder5(samkoer::v1::PushKind kind,
                         const std::vector<samkoer::v1::CaseRecord>& records) {
    PushPlan plan = in_.Plan("family", kind, records);
    plan.previous_epoch = 4;
    PushOutcome out = in_.Push(plan);
    SAMKOER_EXPECT_OK(out.status);
    return out;
  }
  samkoer::v1::HeldRecord HeldOf(std::string_view person) {
    samkoer::v1::LookUpPersonRequest request;
    request.set_pseudonym(PseudonymOf(person, 5));
    request.set_epoch(5);
    request.set_self_test(Installation::SelfTest(5));
    request.set_reason("anmodning");
    const auto answer = storage::ValueOf(
        in_.matcher().LookUpPerson(Installation::Officer(), request));
    EXPECT_EQ(answer.records_size(), 1);
    return answer.records_size() == 1 ? answer.records(0)
                                      : samkoer::v1::HeldRecord();
  }
};

TEST_F(SameContentTest, AnotherPseudonymAloneIsNoChange) {
  for (const auto kind :
       {samkoer::v1::PUSH_KIND_SNAPSHOT, samkoer::v1::PUSH_KIND_DELTA}) {
    Installation fresh(ExamplePolicy());
    SAMKOER_ASSERT_OK(fresh.Open());
    auto same = Family("a", "F-1"), other = Family("b", "F-2");
    fresh.MustSnapshot("family", {same, other});
    SAMKOER_ASSERT_OK(fresh.Rotate("2026-12-24"));
    other.set_contact("another");
    PushPlan plan = fresh.Plan("family", kind,
                               {Rekeyed(same, "a", 5), Rekeyed(other, "b", 5)});
    plan.previous_epoch = 4;
    const PushOutcome out = fresh.Push(plan);
    SAMKOER_ASSERT_OK(out.status);
    EXPECT_EQ(out.commit.added(), 0u);
    EXPECT_EQ(out.commit.changed(), 1u);
    EXPECT_EQ(out.commit.withdrawn(), 0u);
    EXPECT_EQ(out.commit.record_count(), 2u);
  }
}

TEST_F(SameContentTest, TheTimesStayAndSoTheyDoAfterARestart) {
  auto open = Family("a", "F-1");
  in_.MustSnapshot("family", {open});
  const auto received = [&] {
    samkoer::v1::LookUpPersonRequest request;
    return in_.LookUp(PseudonymOf("a")).records(0).received();
  }();
  in_.SetDay("2026-11-23");
  SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  PushUnder5(samkoer::v1::PUSH_KIND_SNAPSHOT, {Rekeyed(open, "a", 5)});
  for (int round = 0; round < 2; ++round) {
    const auto held = HeldOf("a");
    EXPECT_EQ(held.received().seconds(), received.seconds());
    EXPECT_FALSE(held.has_changed());
    in_.Restart();
  }
  open.set_contact("another");
  PushUnder5(samkoer::v1::PUSH_KIND_SNAPSHOT, {Rekeyed(open, "a", 5)});
  EXPECT_TRUE(HeldOf("a").has_changed());
}

}  // namespace
}  // namespace samkoer::matcher
