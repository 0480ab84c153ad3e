#include "matcher/objections.h"

#include <string>
#include <utility>

#include "matcher/objection_epochs.h"
#include "storage/key_layout.h"
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

// Whoever objected would else be taken in without a word.
TEST_F(ObjectionsTest, ADamagedOneIsRefusedWhoeverReadsThem) {
  RegisterObjection(state_, tx_, PersonKeyOf("a"));
  Write();
  const std::string good =
      storage::ObjectionKey(state_.objections->HashOf(PersonKeyOf("a")));
  const std::string other = storage::ObjectionKey(crypto::Hash16{7});
  const std::string no_hash =
      storage::TablePrefix(storage::Table::kObjection) + "short";
  const std::string value = storage::ValueOf(engine_.Get(good));
  for (const auto& [key, damaged] :
       {std::pair(other, value), std::pair(other, sealer_.Seal(other, "x")),
        std::pair(no_hash, sealer_.Seal(no_hash, "x"))}) {
    storage::WriteBatch batch;
    batch.Put(key, damaged);
    SAMKOER_ASSERT_OK(engine_.Write(batch));
    EXPECT_FALSE(LoadObjections(state_).ok());
    EXPECT_FALSE(CountObjections(state_).ok());
    storage::WriteBatch mend;
    mend.Delete(key);
    SAMKOER_ASSERT_OK(engine_.Write(mend));
    SAMKOER_EXPECT_OK(LoadObjections(state_));
  }
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
