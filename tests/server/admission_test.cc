#include "server/admission.h"

#include <gtest/gtest.h>

#include <utility>

namespace samkoer::server {
namespace {

TEST(Admission, TheCallOverTheBoundIsRefused) {
  Admission admission;
  auto first = admission.Enter({{"push", 2}});
  auto second = admission.Enter({{"push", 2}});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(
      admission.Enter({{"push", 2}}).status(),
      absl::ResourceExhaustedError("too many calls at once; try again later"));
  EXPECT_EQ(admission.Taken("push"), 2);
}

TEST(Admission, APlaceIsFreeWhenItsTicketGoes) {
  Admission admission;
  {
    const auto ticket = admission.Enter({{"push", 1}});
    ASSERT_TRUE(ticket.ok());
    EXPECT_FALSE(admission.Enter({{"push", 1}}).ok());
  }
  EXPECT_EQ(admission.Taken("push"), 0);
  EXPECT_TRUE(admission.Enter({{"push", 1}}).ok());
}

TEST(Admission, ARefusedCallTakesNoPlaceUnderTheOtherBounds) {
  Admission admission;
  const auto ticket = admission.Enter({{"a", 5}, {"b", 1}});
  ASSERT_TRUE(ticket.ok());
  EXPECT_FALSE(admission.Enter({{"a", 5}, {"b", 1}}).ok());
  EXPECT_EQ(admission.Taken("a"), 1);
}

TEST(Admission, AMovedTicketHoldsItsPlaceOnce) {
  Admission admission;
  auto ticket = admission.Enter({{"a", 5}});
  ASSERT_TRUE(ticket.ok());
  {
    Admission::Ticket moved = *std::move(ticket);
    EXPECT_EQ(admission.Taken("a"), 1);
    Admission::Ticket assigned;
    assigned = std::move(moved);
    EXPECT_EQ(admission.Taken("a"), 1);
    assigned = Admission::Ticket();
    EXPECT_EQ(admission.Taken("a"), 0);
  }
  EXPECT_EQ(admission.Taken("a"), 0);
}

}  // namespace
}  // namespace samkoer::server
