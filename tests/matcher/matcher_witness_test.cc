// What the server knows of its log's witnesses is kept by the matcher's one
// writer.
#include <gmock/gmock.h>

#include "storage/witness_state.h"
#include "tests/matcher/intake_fixture.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using storage::ValueOf;

class MatcherWitnessTest : public MatcherIntakeTest {
 protected:
  std::uint64_t Leaves() { return in_.audit().size(); }
  static storage::WitnessChange Change(std::uint64_t size) {
    storage::WitnessChange change;
    change.state.size = size;
    change.state.signed_checkpoint = "note";
    return change;
  }
};

TEST_F(MatcherWitnessTest, AStateWithoutLeavesLeavesTheLogAlone) {
  const std::uint64_t before = Leaves();
  SAMKOER_ASSERT_OK(in_.matcher().KeepWitness(nullptr, Change(7)));
  EXPECT_EQ(Leaves(), before);
  const auto kept =
      ValueOf(storage::LoadWitnessState(in_.store(), in_.sealer()));
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->size, 7u);
}

TEST_F(MatcherWitnessTest, LeavesAreOfTheWitnessOrOfTheMatcher) {
  storage::WitnessChange change = Change(8);
  change.leaves = {{samkoer::v1::AUDIT_ACTION_COSIGNED, "w1", {{"size", 8}}}};
  const Caller witness{"samkoer://viborg/witness/x", "x", std::string(32, 'c')};
  SAMKOER_ASSERT_OK(in_.matcher().KeepWitness(&witness, change));
  change.leaves = {
      {samkoer::v1::AUDIT_ACTION_WITNESS_BACK, "", {{"hours", 1}}}};
  SAMKOER_ASSERT_OK(in_.matcher().KeepWitness(nullptr, change));
  std::vector<samkoer::v1::AuditLeaf> last;
  SAMKOER_ASSERT_OK(in_.audit().ReadLeaves(
      in_.store(), Leaves() - 2, Leaves(),
      [&](std::uint64_t, std::string_view bytes) {
        last.emplace_back().ParseFromString(std::string(bytes));
        return true;
      }));
  EXPECT_EQ(last.at(0).actor(), witness.uri);
  EXPECT_EQ(last.at(0).actor_certificate(), witness.certificate_sha256);
  EXPECT_EQ(last.at(0).detail(), "w1");
  EXPECT_EQ(last.at(0).counts(0).value(), 8u);
  EXPECT_EQ(last.at(1).action(), samkoer::v1::AUDIT_ACTION_WITNESS_BACK);
  EXPECT_EQ(last.at(1).actor(), "matcher");
  EXPECT_FALSE(last.at(1).purpose().empty());
}

}  // namespace
}  // namespace samkoer::matcher
