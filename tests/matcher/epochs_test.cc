#include "matcher/epochs.h"

#include <gmock/gmock.h>

#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using storage::Message;
using storage::ValueOf;
using testing::HasSubstr;

class EpochsTest : public MatcherIntakeTest {
 protected:
  PushOutcome PushUnder(std::uint32_t epoch, std::uint32_t previous = 0) {
    auto record = Family("a", "F-1");
    if (epoch > 4) record = Rekeyed(record, "a", epoch);
    if (previous == 0) record.clear_previous_pseudonym();
    PushPlan plan =
        in_.Plan("family", samkoer::v1::PUSH_KIND_SNAPSHOT, {record});
    plan.epoch = epoch;
    plan.allow_shrink = true;
    plan.previous_epoch = previous;
    return in_.Push(plan);
  }
  samkoer::v1::GetIntakeInfoResponse Info() {
    return ValueOf(
        in_.matcher().IntakeInfo(Installation::Department("family")));
  }
  samkoer::v1::ListEpochsResponse Listed() {
    return ValueOf(in_.matcher().ListEpochs(Installation::Officer()));
  }
};

TEST_F(EpochsTest, DuringTheWindowBothEpochsAreTaken) {
  SAMKOER_EXPECT_OK(PushUnder(4).status);
  SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  ASSERT_EQ(Info().epochs_size(), 2);
  EXPECT_EQ(Info().epochs(0).epoch(), 4u);
  EXPECT_EQ(Info().epochs(0).closes_on(), "2026-12-24");
  EXPECT_EQ(Info().epochs(1).epoch(), 5u);
  EXPECT_EQ(Info().epochs(1).closes_on(), "");
  EXPECT_FALSE(Info().has_closed_epoch());
  SAMKOER_EXPECT_OK(PushUnder(4).status);
  SAMKOER_EXPECT_OK(PushUnder(5, 4).status);
}

TEST_F(EpochsTest, OnTheClosingDayTheOldOneEndsWithALeaf) {
  SAMKOER_EXPECT_OK(PushUnder(4).status);
  SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  PushPlan half =
      in_.Plan("jobs", samkoer::v1::PUSH_KIND_SNAPSHOT, {Jobs("a", "J-1")});
  half.epoch = 4;
  half.commit = false;
  SAMKOER_EXPECT_OK(in_.Push(half).status);
  in_.SetDay("2026-12-23");
  SAMKOER_EXPECT_OK(in_.Sweep());
  SAMKOER_EXPECT_OK(PushUnder(4).status);
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_KEY_DESTROYED), 0u);
  in_.SetDay("2026-12-24");
  SAMKOER_EXPECT_OK(in_.Sweep());
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_KEY_DESTROYED), 1u);
  EXPECT_EQ(Staged(), 0u) << "the half push is given up";
  for (int round = 0; round < 2; ++round) {
    const absl::Status refused = PushUnder(4).status;
    EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
    EXPECT_THAT(Message(refused), HasSubstr("2026-12-24"));
    EXPECT_EQ(Info().epochs_size(), 1);
    EXPECT_EQ(Info().closed_epoch().epoch(), 4u);
    SAMKOER_EXPECT_OK(PushUnder(5, 4).status);
    in_.Restart();
  }
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_KEY_DESTROYED), 1u);
}

TEST_F(EpochsTest, AWindowThatEndsWhileTheMatcherIsDownEndsAtTheStart) {
  SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  in_.Close();
  in_.SetDay("2027-01-02");
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_KEY_DESTROYED), 1u);
  EXPECT_TRUE(absl::IsFailedPrecondition(PushUnder(4).status));
}

TEST_F(EpochsTest, EveryKeyIsListedWithTheLeavesOfItsLife) {
  SAMKOER_EXPECT_OK(PushUnder(4).status);
  SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  in_.SetDay("2026-12-24");
  SAMKOER_EXPECT_OK(in_.Sweep());
  const auto listed = Listed();
  ASSERT_EQ(listed.epochs_size(), 2);
  const auto leaves = in_.Leaves();
  for (const auto& life : listed.epochs()) {
    EXPECT_EQ(life.purpose(), "ungeindsats");
    ASSERT_LT(life.pinned_leaf(), leaves.size());
    const auto& pinned = leaves[life.pinned_leaf()];
    EXPECT_EQ(pinned.action(), samkoer::v1::AUDIT_ACTION_KEY_PINNED);
    EXPECT_EQ(pinned.digest(), life.public_key());
    EXPECT_EQ(pinned.time().seconds(), life.pinned().seconds());
  }
  const auto& old = listed.epochs(0);
  EXPECT_EQ(old.epoch(), 4u);
  EXPECT_EQ(old.persons(), 1u);
  EXPECT_EQ(old.closes_on(), "2026-12-24");
  const auto& destroyed = leaves[old.destroyed_leaf()];
  EXPECT_EQ(destroyed.action(), samkoer::v1::AUDIT_ACTION_KEY_DESTROYED);
  EXPECT_EQ(destroyed.digest(), old.public_key());
  EXPECT_EQ(destroyed.detail(), "ungeindsats/4");
  EXPECT_FALSE(listed.epochs(1).has_destroyed());
  EXPECT_EQ(listed.epochs(1).persons(), 0u);
  SAMKOER_EXPECT_OK(PushUnder(5).status);
  EXPECT_EQ(Listed().epochs(1).persons(), 1u);
}

TEST_F(EpochsTest, ThePreviousEpochMustBeTheOneBeforeTheNewest) {
  EXPECT_TRUE(absl::IsFailedPrecondition(PushUnder(4, 3).status));
  SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  EXPECT_TRUE(absl::IsFailedPrecondition(PushUnder(5, 5).status));
  EXPECT_TRUE(absl::IsFailedPrecondition(PushUnder(4, 4).status));
  PushPlan plan = in_.Plan("family", samkoer::v1::PUSH_KIND_SNAPSHOT, {});
  plan.previous_epoch = 4;
  auto begin = in_.Begin(plan);
  begin.set_previous_self_test(std::string(32, 'x'));
  const absl::Status refused =
      in_.matcher()
          .BeginPush(Installation::Department("family"), begin)
          .status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_THAT(Message(refused), HasSubstr("previous self-test"));
}

TEST_F(EpochsTest, APairWithoutAPreviousEpochIsRefused) {
  SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  const absl::Status refused =
      in_.Push(in_.Plan("family", samkoer::v1::PUSH_KIND_SNAPSHOT,
                        {Rekeyed(Family("a", "F-1"), "a", 5)}))
          .status;
  EXPECT_TRUE(absl::IsInvalidArgument(refused));
  EXPECT_THAT(Message(refused), HasSubstr("previous_pseudonym"));
}

TEST_F(EpochsTest, KeysThatCannotFollowEachOtherAreRefused) {
  SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  const auto good = in_.oprf_keys();
  const auto refused = [&](const char* message) {
    const absl::Status status = in_.Open();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(Message(status), HasSubstr(message));
    in_.oprf_keys() = good;
  };
  in_.oprf_keys().clear();
  refused("no key");
  in_.oprf_keys()[0].closes_on.clear();
  refused("epoch 4 needs closes_on");
  in_.oprf_keys()[1].closes_on = "2026-12-24";
  refused("newest and must have no closes_on");
  in_.oprf_keys()[0].closes_on = "24-12-2026";
  refused("YYYY-MM-DD");
  in_.oprf_keys()[0].public_key[0] ^= 1;
  refused("epoch 4");
  in_.oprf_keys()[1].self_test[0] ^= 1;
  refused("epoch 5");
  in_.oprf_keys().erase(in_.oprf_keys().begin());
  refused("taken until 2026-12-24");
  in_.oprf_keys().pop_back();
  in_.oprf_keys()[0].closes_on.clear();
  refused("epoch 5, whose key is not among oprf_keys");
  const absl::Status third = in_.Rotate("2026-12-30");
  EXPECT_THAT(Message(third), HasSubstr("at most two epochs"));
  in_.oprf_keys() = good;
  SAMKOER_EXPECT_OK(in_.Open());
}

TEST_F(EpochsTest, AfterTheWindowTheKeyMayLeaveTheConfiguration) {
  SAMKOER_ASSERT_OK(in_.Rotate("2026-12-24"));
  in_.SetDay("2026-12-24");
  SAMKOER_EXPECT_OK(in_.Sweep());
  in_.oprf_keys().erase(in_.oprf_keys().begin());
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_EQ(Info().closed_epoch().epoch(), 4u);
  SAMKOER_ASSERT_OK(in_.Rotate("2027-01-24"));
  EXPECT_EQ(Info().epochs_size(), 2);
  EXPECT_EQ(Listed().epochs_size(), 3);
}

TEST_F(EpochsTest, AStoreFromBeforeKeepsTheLeafOfItsKey) {
  in_.Close();
  storage::WriteBatch batch;
  batch.Delete(storage::MetaKey(storage::kEpochsWord));
  SAMKOER_EXPECT_OK(in_.store().Write(batch));
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_KEY_PINNED), 1u);
  const auto listed = Listed();
  ASSERT_EQ(listed.epochs_size(), 1);
  EXPECT_EQ(in_.Leaves()[listed.epochs(0).pinned_leaf()].action(),
            samkoer::v1::AUDIT_ACTION_KEY_PINNED);
}

}  // namespace
}  // namespace samkoer::matcher
