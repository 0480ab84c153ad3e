#include "matcher/store_view.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <random>
#include <thread>

#include "matcher/alert_reader.h"
#include "matcher/core.h"
#include "storage/matcher_state.h"
#include "tests/matcher/coordination_fixture.h"

namespace samkoer::matcher {
namespace {

class StoreViewTest : public CoordinationTest {
 protected:
  // The alerts' heads, by what would be stored of them.
  std::vector<std::string> Seen(const StoreView& view,
                                const AlertHeads* heads) {
    std::vector<std::string> seen;
    AlertReader reader(*view.reader, in_.sealer(), heads);
    SAMKOER_EXPECT_OK(reader.Scan(0, [&](const storage::StoredAlert& head) {
      seen.push_back(storage::EncodeAlertBlock({&head, 1}));
      return true;
    }));
    return seen;
  }
  void MakeAlerts(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string person = "v" + std::to_string(i);
      family_.push_back(Family(person, "F-" + person));
      jobs_.push_back(Jobs(person, "J-" + person));
    }
    in_.MustSnapshot("family", family_);
    in_.MustSnapshot("jobs", jobs_);
  }
};

TEST_F(StoreViewTest, TheHeadsAreThoseOfTheSnapshot) {
  const auto empty = storage::ValueOf(OpenView(in_.matcher().core()));
  ASSERT_NE(empty.heads, nullptr);
  EXPECT_TRUE(Seen(empty, empty.heads.get()).empty());
  MakeAlerts(70);
  const auto view = storage::ValueOf(OpenView(in_.matcher().core()));
  ASSERT_NE(view.heads, nullptr);
  EXPECT_EQ(view.heads->feed_sequence(), 70u);
  const auto before = Seen(view, view.heads.get());
  EXPECT_EQ(before.size(), 70u);
  EXPECT_EQ(before, Seen(view, nullptr));
  // What comes later is not seen, and what goes stays.
  SAMKOER_ASSERT_OK(Take(AlertOf("v3").alert_id(), Guide()).status());
  in_.MustErase("v5");
  EXPECT_EQ(Seen(view, view.heads.get()), before);
  EXPECT_EQ(Seen(view, nullptr), before);
  in_.Restart();
  const auto after = storage::ValueOf(OpenView(in_.matcher().core()));
  EXPECT_EQ(Seen(after, after.heads.get()), Seen(after, nullptr));
  EXPECT_EQ(Seen(after, nullptr).size(), 69u);
}

// Readers beside a writer, which changes, nominates and erases.
TEST_F(StoreViewTest, WhatEverIsWrittenMeanwhileHeadsAndSnapshotAgree) {
  MakeAlerts(140);
  std::atomic<bool> stop = false;
  std::atomic<int> views = 0, with_heads = 0, wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto view = OpenView(in_.matcher().core());
        if (!view.ok()) {
          ++wrong;
          continue;
        }
        ++views;
        if (view->heads == nullptr) continue;
        ++with_heads;
        if (Seen(*view, view->heads.get()) != Seen(*view, nullptr)) ++wrong;
      }
    });
  }
  std::mt19937 random(7);
  int left = 140;
  for (int step = 0; step < 120; ++step) {
    const std::string person = "v" + std::to_string(random() % 140);
    if (in_.LookUp(PseudonymOf(person)).alert().alert_id().empty()) continue;
    if (step % 10 == 0) {
      in_.MustErase(person);
      --left;
    } else if (step % 3 == 0) {
      SAMKOER_EXPECT_OK(Nominate("family", "F-" + person).status());
    } else {
      samkoer::v1::CoordinateRequest plan;
      plan.mutable_plan_half_year()->set_half_year(20271);
      SAMKOER_EXPECT_OK(Take(AlertOf(person).alert_id(), plan).status());
    }
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(views, 0);
  EXPECT_GT(with_heads, 0);
  const auto view = storage::ValueOf(OpenView(in_.matcher().core()));
  EXPECT_EQ(Seen(view, view.heads.get()).size(), std::size_t(left));
}

// The heads of a group that is being written are nobody's yet.
TEST_F(StoreViewTest, HeadsAreShownWhenTheirGroupIsDurable) {
  MakeAlerts(3);
  const std::string id = AlertOf("v1").alert_id();
  const auto before = storage::ValueOf(OpenView(in_.matcher().core()));
  in_.engine().Hold();
  auto step = std::async(std::launch::async,
                         [&] { return Take(id, Guide()).status(); });
  in_.engine().AwaitHeld();
  const auto meanwhile = storage::ValueOf(OpenView(in_.matcher().core()));
  in_.engine().LetAllThrough();
  SAMKOER_ASSERT_OK(step.get());
  ASSERT_NE(meanwhile.heads, nullptr);
  EXPECT_EQ(meanwhile.heads->feed_sequence(), 3u);
  EXPECT_EQ(Seen(meanwhile, meanwhile.heads.get()),
            Seen(before, before.heads.get()));
  const auto after = storage::ValueOf(OpenView(in_.matcher().core()));
  ASSERT_NE(after.heads, nullptr);
  EXPECT_EQ(after.heads->feed_sequence(), 4u);
  EXPECT_NE(Seen(after, after.heads.get()), Seen(before, before.heads.get()));
  EXPECT_EQ(Seen(after, after.heads.get()), Seen(after, nullptr));
}

TEST_F(StoreViewTest, HeadsThatWereNeverWrittenAreNeverShown) {
  MakeAlerts(3);
  const std::string id = AlertOf("v1").alert_id();
  in_.engine().FailWrite(in_.engine().writes() + 1,
                         storage::Fault::kNotPersisted);
  EXPECT_TRUE(absl::IsUnavailable(Take(id, Guide()).status()));
  const auto view = storage::ValueOf(OpenView(in_.matcher().core()));
  ASSERT_NE(view.heads, nullptr);
  EXPECT_EQ(view.heads->feed_sequence(), 3u);
  EXPECT_EQ(Seen(view, view.heads.get()), Seen(view, nullptr));
}

// The store is ahead of what is published, as between a write and its
// publishing; a reader does not wait for it for ever.
TEST_F(StoreViewTest, WithoutHeadsOfTheMomentTheStoreIsScanned) {
  MakeAlerts(3);
  const std::string key = storage::MetaKey(storage::kMatcherStateWord);
  auto state = storage::ValueOf(storage::DecodeMatcherState(storage::ValueOf(
      in_.sealer().Open(key, storage::ValueOf(in_.store().Get(key))))));
  ++state.feed_sequence;
  storage::WriteBatch batch;
  batch.Put(key, in_.sealer().Seal(key, storage::EncodeMatcherState(state)));
  SAMKOER_ASSERT_OK(in_.store().Write(batch));
  const auto view = storage::ValueOf(OpenView(in_.matcher().core()));
  EXPECT_EQ(view.heads, nullptr);
  EXPECT_EQ(Seen(view, nullptr).size(), 3u);
  EXPECT_EQ(Listed({}), 3u);
}

}  // namespace
}  // namespace samkoer::matcher
