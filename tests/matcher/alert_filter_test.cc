#include "matcher/alert_filter.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::ListAlertsRequest;

AlertFilter Made(const ListAlertsRequest& request) {
  auto filter = AlertFilter::Make(request, storage::DepartmentRegistry());
  SAMKOER_EXPECT_OK(filter.status());
  return *std::move(filter);
}
AlertFilter WithNumber(const std::string& number) {
  ListAlertsRequest request;
  request.set_number(number);
  return Made(request);
}
storage::StoredAlert Head(int state, std::uint16_t flags) {
  storage::StoredAlert head;
  head.state = static_cast<std::uint8_t>(state);
  head.flags = flags;
  return head;
}
samkoer::v1::Alert Known() {
  samkoer::v1::Alert alert;
  alert.set_alert_id("A-7K3M-9QXD");
  alert.add_participants()->set_case_ref("F-2026/ 1a");
  alert.mutable_coordination()->add_nominations()->set_case_ref("J\u00A077");
  return alert;
}

TEST(AlertFilter, AnAlertIsFoundByAnyPartOfANumber) {
  for (const char* number : {"f-2026/1A", "2026", " 1 a ", "j77", "J\u00A07 7",
                             "a-7k3m-9qxd", "9qxd"}) {
    EXPECT_TRUE(WithNumber(number).Shows(Known())) << number;
  }
  for (const char* number : {"F-2027", "F2026", "J-77", "2026/1A7"}) {
    EXPECT_FALSE(WithNumber(number).Shows(Known())) << number;
  }
}

TEST(AlertFilter, ANumberIsLookedForInAlertsThatNobodyHasCoordinated) {
  const AlertFilter filter = WithNumber("F-1");
  EXPECT_TRUE(filter.LooksInside());
  EXPECT_TRUE(filter.MayShow(
      Head(samkoer::v1::ALERT_STATE_IDENTIFIED, storage::kAlertMatched)));
  EXPECT_FALSE(filter.MayShow(
      Head(samkoer::v1::ALERT_STATE_CLOSED, storage::kAlertMatched)));
}

TEST(AlertFilter, AWaitingHandoverIsSeenByTheHeadAlone) {
  ListAlertsRequest request;
  request.set_handover_waits(true);
  const AlertFilter filter = Made(request);
  EXPECT_FALSE(filter.LooksInside());
  EXPECT_FALSE(filter.MayShow(
      Head(samkoer::v1::ALERT_STATE_OFFERED, storage::kAlertCoordinated)));
  EXPECT_TRUE(filter.MayShow(
      Head(samkoer::v1::ALERT_STATE_OFFERED, storage::kAlertHandoverWaits)));
}

TEST(AlertFilter, FlagsAndStatesDecideByTheHeadAlone) {
  ListAlertsRequest request;
  request.set_overdue_only(true);
  request.set_without_guide(true);
  request.add_states(samkoer::v1::ALERT_STATE_CLOSED);
  const AlertFilter filter = Made(request);
  EXPECT_FALSE(filter.LooksInside());
  const auto closed = samkoer::v1::ALERT_STATE_CLOSED;
  EXPECT_TRUE(filter.MayShow(Head(closed, storage::kAlertOverdue)));
  EXPECT_FALSE(filter.MayShow(Head(closed, 0)));
  EXPECT_FALSE(filter.MayShow(
      Head(closed, storage::kAlertOverdue | storage::kAlertGuideAccepted)));
  EXPECT_FALSE(filter.MayShow(
      Head(samkoer::v1::ALERT_STATE_OFFERED, storage::kAlertOverdue)));
}

TEST(AlertFilter, ADepartmentThatIsNotKnownShowsNothing) {
  ListAlertsRequest request;
  request.set_department("nowhere");
  EXPECT_FALSE(
      Made(request).MayShow(Head(samkoer::v1::ALERT_STATE_OFFERED, 0)));
}

TEST(AlertFilter, WhatIsAskedForIsChecked) {
  const auto refused = [](const ListAlertsRequest& request) {
    return absl::IsInvalidArgument(
        AlertFilter::Make(request, storage::DepartmentRegistry()).status());
  };
  ListAlertsRequest request;
  request.set_number("250803-1236");
  EXPECT_TRUE(refused(request));
  request.set_number(std::string(65, '7'));
  EXPECT_TRUE(refused(request));
  request.set_number("a\nb");
  EXPECT_TRUE(refused(request));
  // It would be everybody, each with an entry in the log.
  for (const char* blank : {" ", "\u00A0", " \u00A0 "}) {
    request.set_number(blank);
    EXPECT_TRUE(refused(request));
  }
  request.Clear();
  request.add_states(samkoer::v1::ALERT_STATE_UNSPECIFIED);
  EXPECT_TRUE(refused(request));
}

}  // namespace
}  // namespace samkoer::matcher
