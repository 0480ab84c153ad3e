#include "server/status_conversion.h"

#include <gtest/gtest.h>

namespace samkoer::server {
namespace {

TEST(StatusConversion, AllSixteenCodesGoThereAndBack) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "what");
    const grpc::Status over = ToGrpcStatus(status);
    EXPECT_EQ(static_cast<int>(over.error_code()), code);
    EXPECT_EQ(FromGrpcStatus(over).code(), status.code());
  }
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
}

TEST(StatusConversion, MessagesStayExceptThoseAboutOurInsides) {
  EXPECT_EQ(ToGrpcStatus(absl::NotFoundError("no such alert")).error_message(),
            "no such alert");
  for (const absl::Status& inside :
       {absl::InternalError("/var/lib/x: bad block"),
        absl::UnknownError("std::bad_alloc")}) {
    EXPECT_EQ(ToGrpcStatus(inside).error_message(),
              "an error inside the server; its log has more");
  }
}

TEST(StatusConversion, ACodeOutsideTheRangeIsUnknown) {
  const grpc::Status odd(static_cast<grpc::StatusCode>(99), "odd");
  EXPECT_EQ(FromGrpcStatus(odd).code(), absl::StatusCode::kUnknown);
}

}  // namespace
}  // namespace samkoer::server
