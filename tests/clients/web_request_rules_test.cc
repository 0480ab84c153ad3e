#include <gtest/gtest.h>

#include "clients/web/request_rules.h"

namespace samkoer::clients {
namespace {

TEST(WebRequestRules, WhatTheCallsOfThePageLookLikeIsTaken) {
  EXPECT_EQ(RefusalOf({"GET", {}, false}), 0);
  EXPECT_EQ(RefusalOf({"HEAD", {}, false}), 0);
  EXPECT_EQ(RefusalOf({"GET", {"0"}, false}), 0);
  EXPECT_EQ(RefusalOf({"POST", {"1200"}, false}), 0);
  EXPECT_EQ(RefusalOf({"POST", {}, false}), 0);
  EXPECT_EQ(RefusalOf({"DELETE", {}, false}), 0);
  EXPECT_EQ(RefusalOf({"DELETE", {"0"}, false}), 0);
}

TEST(WebRequestRules, ABodyThatNobodyWouldReadIsRefused) {
  EXPECT_EQ(RefusalOf({"GET", {"1"}, false}), 400);
  EXPECT_EQ(RefusalOf({"HEAD", {"12"}, false}), 400);
  for (const char* length :
       {"", "-1", "+1", "1 2", "0x10", "1,1", "1e3", "12345678901234567890"}) {
    EXPECT_EQ(RefusalOf({"POST", {length}, false}), 400) << length;
  }
  EXPECT_EQ(RefusalOf({"POST", {"5", "5"}, false}), 400);
  EXPECT_EQ(RefusalOf({"POST", {}, true}), 411);
  EXPECT_EQ(RefusalOf({"GET", {}, true}), 411);
  for (const char* verb : {"PUT", "OPTIONS", "CONNECT", "PRI", "get", ""}) {
    EXPECT_EQ(RefusalOf({verb, {}, false}), 405) << verb;
  }
}

}  // namespace
}  // namespace samkoer::clients
