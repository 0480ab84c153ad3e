#include "server/push_mailbox.h"

#include <gtest/gtest.h>

#include <thread>

namespace samkoer::server {
namespace {

PushMailbox::Answer Receipt(std::uint64_t number) {
  v1::PushReceipt receipt;
  receipt.mutable_batch()->set_number(number);
  return receipt;
}

TEST(PushMailbox, AnswersKeepTheirOrderAndAreTakenOnce) {
  PushMailbox mailbox;
  for (std::uint64_t i = 0; i < 3; ++i) mailbox.PostAnswer(Receipt(i));
  const PushMailbox::Mail mail = mailbox.Take(absl::ZeroDuration());
  ASSERT_EQ(mail.answers.size(), 3u);
  for (std::uint64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(mail.answers[i]->batch().number(), i);
  }
  EXPECT_TRUE(mailbox.Take(absl::ZeroDuration()).empty());
}

TEST(PushMailbox, TheFirstRequestToEndStays) {
  PushMailbox mailbox;
  mailbox.PostEnd(absl::AbortedError("newer"));
  mailbox.PostEnd(absl::UnavailableError("stopping"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(mailbox.Take(absl::ZeroDuration()).end,
              absl::AbortedError("newer"));
  }
}

TEST(PushMailbox, NewsFromAnotherThreadWakesTheReader) {
  PushMailbox mailbox;
  std::thread poster([&] { mailbox.PostRead(true); });
  EXPECT_EQ(mailbox.Take(absl::Seconds(60)).reads, 1);
  poster.join();
}

TEST(PushMailbox, WhoWaitsForSomethingElseLearnsThatTheStreamIsToEnd) {
  PushMailbox gone, asked;
  gone.PostRead(true);
  EXPECT_TRUE(gone.Ending().ok());
  gone.PostCancelled();
  EXPECT_TRUE(absl::IsCancelled(gone.Ending()));
  EXPECT_TRUE(gone.Take(absl::ZeroDuration()).cancelled);
  asked.PostEnd(absl::AbortedError("newer"));
  asked.Take(absl::ZeroDuration());
  EXPECT_EQ(asked.Ending(), absl::AbortedError("newer"));
}

TEST(PushMailbox, EachKindOfNewsArrives) {
  PushMailbox mailbox;
  mailbox.PostRead(true);
  mailbox.PostRead(false);
  mailbox.PostWrite(true);
  mailbox.PostWrite(false);
  mailbox.PostCancelled();
  mailbox.PostFinished();
  const PushMailbox::Mail mail = mailbox.Take(absl::ZeroDuration());
  EXPECT_EQ(mail.reads, 1);
  EXPECT_TRUE(mail.read_ended && mail.write_done && mail.write_failed &&
              mail.cancelled && mail.finished);
  EXPECT_FALSE(mail.end.has_value());
}

}  // namespace
}  // namespace samkoer::server
