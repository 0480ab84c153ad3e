#include "server/checkup_text.h"

#include <gtest/gtest.h>

namespace samkoer::server {
namespace {

CheckupResult Result(int findings) {
  CheckupResult result;
  result.values = 12;
  result.log_size = 3;
  for (int i = 0; i < findings; ++i) {
    result.findings.Add("audit leaf 7", "is \"missing\"", "restore");
  }
  return result;
}

TEST(CheckupText, ASoundStoreIsOneLine) {
  EXPECT_EQ(CheckupText(Result(0), "/data"),
            "/data: 12 values, a log of 3 leaves: in order\n");
}

TEST(CheckupText, WhatTheStoreHoldsIsCounted) {
  CheckupResult result = Result(0);
  result.findings.Hold("records", 120);
  result.findings.Hold("alerts", 7);
  EXPECT_EQ(HeldText(result), "a log of 3 leaves, 120 records, 7 alerts");
  EXPECT_EQ(CheckupText(result, "/data"),
            "/data: 12 values, a log of 3 leaves, 120 records, 7 alerts: in "
            "order\n");
  EXPECT_NE(CheckupJson(result, "/data")
                .find("\"held\":{\"records\":120,\"alerts\":7},"),
            std::string::npos);
}

TEST(CheckupText, EachFindingHasItsRemedy) {
  EXPECT_EQ(CheckupText(Result(1), "/data"),
            "audit leaf 7: is \"missing\"\n  remedy: restore\n"
            "/data: 12 values, a log of 3 leaves: 1 finding\n");
}

TEST(CheckupText, AboveAHundredTheyAreCounted) {
  const std::string text = CheckupText(Result(130), "/data");
  EXPECT_NE(text.find("and 30 more\n"), std::string::npos);
  EXPECT_NE(text.find("130 findings\n"), std::string::npos);
}

TEST(CheckupText, JsonIsOneLineAndEscaped) {
  EXPECT_EQ(CheckupJson(Result(1), "/a\\b\n"),
            "{\"data_dir\":\"/a\\\\b\\u000a\",\"values\":12,\"log_size\":3,"
            "\"log_root\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\","
            "\"held\":{},\"finding_count\":1,\"findings\":[{\"place\":\"audit "
            "leaf 7\","
            "\"problem\":\"is \\\"missing\\\"\",\"remedy\":\"restore\"}]}\n");
  EXPECT_NE(CheckupJson(Result(0), "/a").find("\"findings\":[]"),
            std::string::npos);
}

}  // namespace
}  // namespace samkoer::server
