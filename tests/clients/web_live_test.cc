#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"
#include "clients/web/live.h"

namespace samkoer::clients {
namespace {

using ::testing::ElementsAre;

constexpr bool kHeard = true;

void PublishTo(LiveHub& hub, std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t i = first; i <= last; ++i) {
    EXPECT_TRUE(hub.Publish({i, "A-" + std::to_string(i), 1})) << i;
  }
}

// What is there at once.
LiveNews Now(LiveHub& hub, LiveCursor& cursor) {
  return hub.Read(cursor, kHeard, absl::Now());
}

std::vector<std::uint64_t> Numbers(const LiveNews& news) {
  std::vector<std::uint64_t> numbers;
  for (const LiveEvent& event : news.events) numbers.push_back(event.sequence);
  return numbers;
}

TEST(WebLive, APageGetsWhatCameSinceItsList) {
  LiveHub hub;
  hub.SetConnected(true);
  PublishTo(hub, 1, 5);
  LiveCursor cursor = hub.Open(LiveCursor{3});
  EXPECT_THAT(Numbers(Now(hub, cursor)), ElementsAre(4, 5));
  EXPECT_THAT(Numbers(Now(hub, cursor)), ElementsAre());
  PublishTo(hub, 6, 6);
  EXPECT_THAT(Numbers(Now(hub, cursor)), ElementsAre(6));
}

TEST(WebLive, APageWithoutANumberBeginsNow) {
  LiveHub hub;
  hub.SetConnected(true);
  PublishTo(hub, 1, 5);
  LiveCursor cursor = hub.Open(std::nullopt);
  EXPECT_TRUE(Now(hub, cursor).events.empty());
  PublishTo(hub, 6, 6);
  EXPECT_THAT(Numbers(Now(hub, cursor)), ElementsAre(6));
}

TEST(WebLive, APageThatSleptTooLongReadsAllAgainOnce) {
  LiveHub hub(/*ring=*/10);
  hub.SetConnected(true);
  PublishTo(hub, 1, 30);
  LiveCursor just = hub.Open(LiveCursor{20});
  EXPECT_EQ(Now(hub, just).events.size(), 10u);
  LiveCursor behind = hub.Open(LiveCursor{19});
  EXPECT_TRUE(Now(hub, behind).reset);
  const LiveNews next = Now(hub, behind);
  EXPECT_FALSE(next.reset);
  EXPECT_TRUE(next.events.empty());
}

TEST(WebLive, AfterARestartAPageGoesOnWhereItWas) {
  LiveHub hub;
  hub.BeginAfter(100);
  LiveCursor cursor =
      hub.Open(LiveCursor{120});  // ahead of what was read so far
  EXPECT_TRUE(Now(hub, cursor).events.empty());
  PublishTo(hub, 101, 121);
  EXPECT_THAT(Numbers(Now(hub, cursor)), ElementsAre(121));
  LiveCursor older = hub.Open(LiveCursor{99});
  EXPECT_TRUE(Now(hub, older).reset);
}

TEST(WebLive, AnotherStoreBehindTheFeedResetsEveryPage) {
  LiveHub hub;
  hub.SetConnected(true);
  PublishTo(hub, 1, 50);
  LiveCursor cursor = hub.Open(std::nullopt);
  hub.BeginAnew();
  PublishTo(hub, 1, 3);
  EXPECT_TRUE(Now(hub, cursor).reset);
  PublishTo(hub, 4, 4);
  EXPECT_THAT(Numbers(Now(hub, cursor)), ElementsAre(4));
  // A page that slept through it has a number that the feed does not have yet.
  LiveCursor sleeper = hub.Open(LiveCursor{50});
  EXPECT_TRUE(Now(hub, sleeper).reset);
}

TEST(WebLive, APageThatSleptThroughARestoredStoreReadsAllAgain) {
  const std::string before(32, 'a'), after(32, 'b');
  LiveHub hub;
  hub.SetConnected(true);
  hub.SetFeed(before);
  PublishTo(hub, 1, 50);
  LiveCursor awake = hub.Open(std::nullopt);
  const auto asleep = ParseEventId("50." + before);
  ASSERT_TRUE(asleep);
  hub.BeginAnew();
  hub.SetFeed(after);
  // The new feed has come further than the old one.
  PublishTo(hub, 1, 80);
  EXPECT_TRUE(Now(hub, awake).reset);
  LiveCursor sleeper = hub.Open(asleep);
  EXPECT_TRUE(Now(hub, sleeper).reset);
  EXPECT_EQ(sleeper.feed, after);
  EXPECT_FALSE(Now(hub, sleeper).reset);
  LiveCursor knows = hub.Open(ParseEventId("79." + after));
  EXPECT_THAT(Numbers(Now(hub, knows)), ElementsAre(80));
}

TEST(WebLive, AnEventsIdIsANumberAndItsFeed) {
  const std::string feed(32, 'a');
  EXPECT_EQ(ParseEventId("7")->after, 7u);
  EXPECT_EQ(ParseEventId("7")->feed, "");
  EXPECT_EQ(ParseEventId("7." + feed)->feed, feed);
  LiveNews news;
  news.events = {{8, "A", 1}};
  const std::string text = EventText(news, {8, 1, feed});
  EXPECT_EQ(text.substr(0, text.find('\n')), "id: 8." + feed);
  for (const std::string& wrong :
       {std::string(), std::string("x"), std::string("-1"), "7:" + feed,
        "7." + feed + "a", std::string("7."), "7." + std::string(32, 'g'),
        std::string("99999999999999999999")}) {
    EXPECT_FALSE(ParseEventId(wrong)) << wrong;
  }
}

TEST(WebLive, ANumberAheadIsNotResetWhileTheMatcherIsAway) {
  LiveHub hub;
  PublishTo(hub, 1, 3);
  LiveCursor cursor = hub.Open(LiveCursor{5});
  EXPECT_FALSE(hub.Read(cursor, false, absl::Now()).reset);
}

TEST(WebLive, AGapIsNotPublished) {
  LiveHub hub;
  PublishTo(hub, 7, 8);
  EXPECT_FALSE(hub.Publish({10, "A", 1}));
  EXPECT_FALSE(hub.Publish({8, "A", 1}));
  EXPECT_EQ(hub.last(), 8u);
}

TEST(WebLive, MuchIsSentInPieces) {
  LiveHub hub;
  hub.SetConnected(true);
  PublishTo(hub, 1, 600);
  LiveCursor cursor = hub.Open(LiveCursor{0});
  std::size_t all = 0;
  for (int i = 0; i < 3; ++i) {
    const LiveNews news = Now(hub, cursor);
    EXPECT_LE(news.events.size(), 256u);
    all += news.events.size();
  }
  EXPECT_EQ(all, 600u);
}

TEST(WebLive, WhoWaitsIsWokenByNewsByTheLineAndByTheEnd) {
  for (const int what : {0, 1, 2}) {
    LiveHub hub;
    hub.SetConnected(true);
    LiveCursor cursor = hub.Open(std::nullopt);
    std::thread other([&] {
      if (what == 0) PublishTo(hub, 1, 1);
      if (what == 1) hub.SetConnected(false);
      if (what == 2) hub.Stop();
    });
    const LiveNews news = hub.Read(cursor, kHeard, absl::InfiniteFuture());
    other.join();
    EXPECT_EQ(news.events.size(), what == 0 ? 1u : 0u);
    EXPECT_EQ(news.connected, what != 1);
    EXPECT_EQ(news.stopped, what == 2);
  }
}

TEST(WebLive, EventsAreWrittenSoThatABrowserComesBackWithTheirNumber) {
  LiveNews news;
  news.connected = true;
  news.events = {{7, "A-7K3M-9QXD", 3}, {8, "", 0}};
  EXPECT_EQ(EventText(news, {8, 1}),
            "id: 7\nevent: change\n"
            "data: {\"alert_id\":\"A-7K3M-9QXD\",\"revision\":3}\n\n"
            "id: 8\nevent: change\ndata: {\"alert_id\":\"\",\"revision\":0}\n\n"
            "id: 8\nevent: matcher\ndata: {\"connected\":true}\n\n");
  news.events.clear();
  news.reset = true;
  EXPECT_EQ(EventText(news, {9, 2}),
            "id: 9\nevent: reset\ndata: {}\n\n"
            "id: 9\nevent: matcher\ndata: {\"connected\":true}\n\n");
}

}  // namespace
}  // namespace samkoer::clients
