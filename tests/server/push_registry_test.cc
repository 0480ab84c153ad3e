#include "server/push_registry.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/synchronization/notification.h"

namespace samkoer::server {
namespace {

using Place = PushRegistry::Place;

constexpr char kNewer[] = "a newer push of this department has begun";
constexpr char kElsewhere[] = "this push goes on on another stream";

// A stream: its mailbox and its place.
struct Stream {
  Stream(PushRegistry& registry, const std::string& department)
      : mailbox(std::make_shared<PushMailbox>()) {
    place.emplace(registry, department, mailbox);
  }
  absl::Status End() {
    return mailbox->Take(absl::ZeroDuration()).end.value_or(absl::OkStatus());
  }
  absl::Status Begin(const std::string& push_id,
                     absl::StatusOr<bool> open = true) {
    return place->Begin(push_id, [&] { return open; });
  }
  absl::Status HandOver() {
    return place->HandOver([] { return absl::OkStatus(); });
  }
  std::shared_ptr<PushMailbox> mailbox;
  std::optional<Place> place;
};

TEST(PushRegistry, ANewerPushEndsTheOlderOnesOfItsDepartmentOnly) {
  PushRegistry registry;
  Stream older(registry, "familie"), newer(registry, "familie"),
      other(registry, "job");
  ASSERT_TRUE(older.Begin("a").ok());
  ASSERT_TRUE(other.Begin("c").ok());
  ASSERT_TRUE(newer.Begin("b").ok());
  EXPECT_EQ(older.End(), absl::AbortedError(kNewer));
  EXPECT_TRUE(newer.End().ok());
  EXPECT_TRUE(other.End().ok());
}

TEST(PushRegistry, AStreamThatHasYetToBeginIsNotEnded) {
  PushRegistry registry;
  Stream waiting(registry, "familie"), now(registry, "familie");
  ASSERT_TRUE(now.Begin("a").ok());
  EXPECT_TRUE(waiting.End().ok());
  ASSERT_TRUE(waiting.Begin("b").ok());
  EXPECT_EQ(now.End(), absl::AbortedError(kNewer));
  EXPECT_TRUE(waiting.End().ok());
}

TEST(PushRegistry, ABeginWithoutAnIdEndsNoStreamThatHasYetToBegin) {
  PushRegistry registry;
  Stream waiting(registry, "familie"), wrong(registry, "familie");
  EXPECT_FALSE(wrong.Begin("", absl::InvalidArgumentError("push_id")).ok());
  EXPECT_TRUE(waiting.End().ok());
  ASSERT_TRUE(waiting.Begin("a").ok());
  EXPECT_TRUE(waiting.HandOver().ok());
}

TEST(PushRegistry, ARefusedOrCommittedPushEndsNobody) {
  PushRegistry registry;
  Stream open(registry, "familie"), refused(registry, "familie"),
      receipt(registry, "familie");
  ASSERT_TRUE(open.Begin("a").ok());
  EXPECT_EQ(refused.Begin("b", absl::InvalidArgumentError("day")),
            absl::InvalidArgumentError("day"));
  EXPECT_TRUE(receipt.Begin("c", false).ok());
  EXPECT_TRUE(open.End().ok());
  EXPECT_TRUE(open.HandOver().ok());
}

// Two begins at once: the one that the matcher takes second must win, whichever
// thread comes back from the matcher first.
TEST(PushRegistry, BeginsOfADepartmentRunOneAfterTheOther) {
  PushRegistry registry;
  Stream first(registry, "familie"), second(registry, "familie"),
      other(registry, "job");
  absl::Notification inside, second_ran;
  bool first_done = false;
  std::thread thread([&] {
    EXPECT_TRUE(first.place
                    ->Begin("a",
                            [&]() -> absl::StatusOr<bool> {
                              inside.Notify();
                              // Time for a second one to come in, if it can.
                              second_ran.WaitForNotificationWithTimeout(
                                  absl::Milliseconds(300));
                              first_done = true;
                              return true;
                            })
                    .ok());
  });
  inside.WaitForNotification();
  // Another department does not wait.
  EXPECT_TRUE(other.Begin("c").ok());
  EXPECT_TRUE(second.place
                  ->Begin("b",
                          [&]() -> absl::StatusOr<bool> {
                            EXPECT_TRUE(first_done);
                            second_ran.Notify();
                            return true;
                          })
                  .ok());
  thread.join();
  EXPECT_EQ(first.End(), absl::AbortedError(kNewer));
  EXPECT_TRUE(second.End().ok());
}

TEST(PushRegistry, OnlyTheNewestStreamOfAPushFeedsIt) {
  PushRegistry registry;
  Stream older(registry, "familie"), newer(registry, "familie");
  ASSERT_TRUE(older.Begin("a").ok());
  EXPECT_TRUE(older.HandOver().ok());
  ASSERT_TRUE(newer.Begin("a").ok());
  EXPECT_EQ(older.End(), absl::AbortedError(kElsewhere));
  bool ran = false;
  EXPECT_EQ(older.place->HandOver([&] {
    ran = true;
    return absl::OkStatus();
  }),
            absl::AbortedError(kElsewhere));
  EXPECT_FALSE(ran);
  EXPECT_TRUE(newer.HandOver().ok());
}

TEST(PushRegistry, AStreamOfTheSamePushWaitsForWhatIsJustHandedOver) {
  PushRegistry registry;
  Stream older(registry, "familie"), newer(registry, "familie");
  ASSERT_TRUE(older.Begin("a").ok());
  absl::Notification inside, go_on;
  bool handed_over = false;
  std::thread thread([&] {
    EXPECT_TRUE(older.place
                    ->HandOver([&] {
                      inside.Notify();
                      go_on.WaitForNotification();
                      handed_over = true;
                      return absl::OkStatus();
                    })
                    .ok());
  });
  inside.WaitForNotification();
  std::thread later([&] {
    EXPECT_TRUE(newer.place
                    ->Begin("a",
                            [&]() -> absl::StatusOr<bool> {
                              EXPECT_TRUE(handed_over);
                              return true;
                            })
                    .ok());
  });
  // It has come as far as it can when the older stream is asked to end.
  while (older.End().ok()) std::this_thread::yield();
  go_on.Notify();
  thread.join();
  later.join();
}

TEST(PushRegistry, AStreamThatIsGoneIsNotAsked) {
  PushRegistry registry;
  Stream stream(registry, "familie");
  ASSERT_TRUE(stream.Begin("a").ok());
  EXPECT_EQ(registry.size(), 1u);
  stream.place.reset();
  EXPECT_EQ(registry.size(), 0u);
  Stream newer(registry, "familie");
  ASSERT_TRUE(newer.Begin("a").ok());
  registry.EndAll(absl::UnavailableError("stopping"));
  EXPECT_TRUE(stream.End().ok());
  EXPECT_EQ(newer.End(), absl::UnavailableError("stopping"));
}

TEST(PushRegistry, ADepartmentThatIsSwitchedOffLosesAllItsStreams) {
  PushRegistry registry;
  Stream begun(registry, "familie"), waiting(registry, "familie"),
      other(registry, "job");
  ASSERT_TRUE(begun.Begin("a").ok());
  registry.EndDepartment("familie", absl::PermissionDeniedError("off"));
  EXPECT_EQ(begun.End(), absl::PermissionDeniedError("off"));
  EXPECT_EQ(waiting.mailbox->Ending(), absl::PermissionDeniedError("off"));
  EXPECT_TRUE(other.End().ok());
  // Whoever comes later is the matcher's to refuse.
  Stream later(registry, "familie");
  EXPECT_TRUE(later.End().ok());
}

TEST(PushRegistry, AfterTheEndNewStreamsAreAskedAtOnce) {
  PushRegistry registry;
  registry.EndAll(absl::UnavailableError("stopping"));
  Stream late(registry, "familie");
  EXPECT_EQ(late.End(), absl::UnavailableError("stopping"));
}

}  // namespace
}  // namespace samkoer::server
