#include <gtest/gtest.h>

#include "clients/web/form_message.h"
#include "samkoer/v1/alerts.pb.h"

namespace samkoer::clients {
namespace {

TEST(WebFormMessage, AFormFillsItsRequest) {
  v1::SetAlertStateRequest request;
  ASSERT_TRUE(FillMessage(request, {{"alert_id", "A-7K3M-9QXD"},
                                    {"state", "ALERT_STATE_OFFERED"},
                                    {"note", "<b>&"},
                                    {"expected_revision", "7"}})
                  .ok());
  EXPECT_EQ(request.alert_id(), "A-7K3M-9QXD");
  EXPECT_EQ(request.state(), v1::ALERT_STATE_OFFERED);
  EXPECT_EQ(request.note(), "<b>&");
  EXPECT_EQ(request.expected_revision(), 7u);
}

TEST(WebFormMessage, AFieldThatRepeatsTakesEveryValue) {
  v1::ListAlertsRequest request;
  ASSERT_TRUE(FillMessage(request, {{"states", "ALERT_STATE_OFFERED"},
                                    {"states", "ALERT_STATE_CLOSED"},
                                    {"page_size", "50"},
                                    {"overdue_only", "true"}})
                  .ok());
  EXPECT_EQ(request.states_size(), 2);
  EXPECT_EQ(request.page_size(), 50u);
  EXPECT_TRUE(request.overdue_only());
}

TEST(WebFormMessage, DotsLeadIntoMessagesAndEmptyOnesAreThere) {
  v1::CoordinateRequest request;
  ASSERT_TRUE(FillMessage(request, {{"assign_guide.holder.name", "Kim"},
                                    {"assign_guide.accepted", "true"}})
                  .ok());
  EXPECT_EQ(request.assign_guide().holder().name(), "Kim");
  EXPECT_TRUE(request.assign_guide().accepted());
  v1::CoordinateRequest offer;
  ASSERT_TRUE(SetField(offer, "offer", "").ok());
  EXPECT_EQ(offer.command_case(), v1::CoordinateRequest::kOffer);
}

TEST(WebFormMessage, WhatDoesNotFitIsRefusedAndNotRepeated) {
  const std::pair<const char*, const char*> misfits[] = {
      {"nothing", "1"},          {"", ""},
      {"page_size", ""},         {"page_size", "-1"},
      {"page_size", "+1"},       {"page_size", " 1"},
      {"page_size", "1x"},       {"page_size", "4294967296"},
      {"overdue_only", "ja"},    {"states", "9"},
      {"states", "OFFERED"},     {"states.x", "1"},
      {"page_size.x", "1"},      {"a.b.c.d.e", "1"},
      {"department.", "secret"},
  };
  for (const auto& [name, value] : misfits) {
    v1::ListAlertsRequest request;
    const absl::Status status = SetField(request, name, value);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << name << "=" << value;
    EXPECT_EQ(status.message().find("secret"), absl::string_view::npos);
  }
  v1::CoordinateRequest request;
  EXPECT_FALSE(SetField(request, "offer", "x").ok());
  v1::AlertHistoryEntry entry;
  EXPECT_TRUE(SetField(entry, "time.seconds", "-5").ok());
  EXPECT_EQ(entry.time().seconds(), -5);
}

TEST(WebFormMessage, ARepeatedFieldHasAnEnd) {
  v1::ListAlertsRequest request;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(SetField(request, "states", "ALERT_STATE_OFFERED").ok());
  }
  EXPECT_FALSE(SetField(request, "states", "ALERT_STATE_OFFERED").ok());
}

}  // namespace
}  // namespace samkoer::clients
