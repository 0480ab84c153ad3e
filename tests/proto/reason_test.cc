// Every number here is fictional: it fails modulus 11.
#include "proto/reason.h"

#include <string>

#include "gtest/gtest.h"

namespace samkoer::proto {
namespace {

TEST(ReasonTest, WhatPeopleWriteIsTaken) {
  for (const std::string& reason :
       {std::string("x"), std::string("anmodning om indsigt,\nsag 2026-17"),
        std::string(500, 'x')}) {
    EXPECT_TRUE(CheckReason(reason).ok()) << reason;
  }
}

TEST(ReasonTest, WhatMayNotStandInTheLogIsRefusedAndNotRepeated) {
  for (const std::string& reason :
       {std::string(), std::string(501, 'x'), std::string("\xE6"),
        std::string("x\0y", 3), std::string("om 130402-1235"),
        std::string("om 1304021235")}) {
    const absl::Status status = CheckReason(reason);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(std::string(status.message()).starts_with("reason: "));
    EXPECT_EQ(std::string(status.message()).find("1235"), std::string::npos);
  }
}

}  // namespace
}  // namespace samkoer::proto
