#include "server/push_registry.h"

#include <gtest/gtest.h>

#include <memory>

namespace samkoer::server {
namespace {

absl::Status EndOf(PushMailbox& mailbox) {
  return mailbox.Take(absl::ZeroDuration()).end.value_or(absl::OkStatus());
}

TEST(PushRegistry, ANewerPushEndsTheOlderOnesOfItsDepartmentOnly) {
  PushRegistry registry;
  const auto older = std::make_shared<PushMailbox>();
  const auto newer = std::make_shared<PushMailbox>();
  const auto other = std::make_shared<PushMailbox>();
  registry.Add("familie", older);
  registry.Add("familie", newer);
  registry.Add("job", other);
  registry.EndOthers("familie", newer.get(), absl::AbortedError("newer"));
  EXPECT_EQ(EndOf(*older), absl::AbortedError("newer"));
  EXPECT_TRUE(EndOf(*newer).ok());
  EXPECT_TRUE(EndOf(*other).ok());
}

TEST(PushRegistry, ARemovedStreamIsNotAsked) {
  PushRegistry registry;
  const auto stream = std::make_shared<PushMailbox>();
  registry.Add("familie", stream);
  registry.Remove("familie", stream.get());
  registry.Remove("familie", stream.get());
  EXPECT_EQ(registry.size(), 0u);
  registry.EndAll(absl::UnavailableError("stopping"));
  EXPECT_TRUE(EndOf(*stream).ok());
}

TEST(PushRegistry, AfterTheEndNewStreamsAreAskedAtOnce) {
  PushRegistry registry;
  registry.EndAll(absl::UnavailableError("stopping"));
  const auto late = std::make_shared<PushMailbox>();
  registry.Add("familie", late);
  EXPECT_EQ(EndOf(*late), absl::UnavailableError("stopping"));
}

}  // namespace
}  // namespace samkoer::server
