#include "matcher/objections.h"

#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

class ObjectionsTest : public StateFixture {
 protected:
  ObjectionsTest() {
    state_.index_key = storage::TestKey(11);
    SAMKOER_EXPECT_OK(LoadObjections(state_));
  }
  bool Objects(std::string_view person) {
    return state_.objections->Contains(PersonKeyOf(person));
  }
};

TEST_F(ObjectionsTest, AnObjectionStandsUntilItIsLifted) {
  EXPECT_FALSE(Objects("a"));
  EXPECT_TRUE(RegisterObjection(state_, tx_, PersonKeyOf("a")));
  EXPECT_FALSE(RegisterObjection(state_, tx_, PersonKeyOf("a")));
  EXPECT_TRUE(Objects("a"));
  EXPECT_FALSE(Objects("b"));
  EXPECT_TRUE(LiftObjection(state_, tx_, PersonKeyOf("a")));
  EXPECT_FALSE(LiftObjection(state_, tx_, PersonKeyOf("a")));
  EXPECT_FALSE(Objects("a"));
}

TEST_F(ObjectionsTest, TheStoreBringsThemBack) {
  RegisterObjection(state_, tx_, PersonKeyOf("a"));
  RegisterObjection(state_, tx_, PersonKeyOf("b"));
  LiftObjection(state_, tx_, PersonKeyOf("b"));
  Write();
  state_.objections = std::make_shared<const ObjectionSet>();
  SAMKOER_ASSERT_OK(LoadObjections(state_));
  EXPECT_TRUE(Objects("a"));
  EXPECT_FALSE(Objects("b"));
  EXPECT_EQ(state_.objections->size(), 1u);
}

// An open push may look while another objection comes.
TEST_F(ObjectionsTest, ASetThatWasHandedOutStaysAsItWas) {
  const auto held = state_.objections;
  RegisterObjection(state_, tx_, PersonKeyOf("a"));
  EXPECT_FALSE(held->Contains(PersonKeyOf("a")));
  EXPECT_TRUE(Objects("a"));
}

TEST_F(ObjectionsTest, ThePersonKeyIsNotKept) {
  const crypto::Hash16 person_key = PersonKeyOf("a");
  RegisterObjection(state_, tx_, person_key);
  Write();
  const std::string_view plain = crypto::AsText(person_key);
  SAMKOER_EXPECT_OK(
      engine_.Scan("", "", [&](std::string_view key, std::string_view value) {
        EXPECT_EQ(key.find(plain), std::string_view::npos);
        EXPECT_EQ(value.find(plain), std::string_view::npos);
        return true;
      }));
  EXPECT_NE(state_.objections->HashOf(person_key), person_key);
  EXPECT_NE(ObjectionSet(storage::TestKey(12)).HashOf(person_key),
            state_.objections->HashOf(person_key));
}

}  // namespace
}  // namespace samkoer::matcher
