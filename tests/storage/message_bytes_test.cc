#include "storage/message_bytes.h"

#include <gtest/gtest.h>

#include <string>

#include "google/protobuf/struct.pb.h"

namespace samkoer::storage {
namespace {

TEST(MessageBytes, AreTheSameInWhateverOrderAMessageWasFilled) {
  google::protobuf::Struct up, down;
  for (int i = 0; i < 100; ++i) {
    (*up.mutable_fields())[std::to_string(i)].set_number_value(i);
    (*down.mutable_fields())[std::to_string(99 - i)].set_number_value(99 - i);
  }
  EXPECT_EQ(MessageBytes(up), MessageBytes(down));
  google::protobuf::Struct read;
  ASSERT_TRUE(read.ParseFromString(MessageBytes(up)));
  EXPECT_EQ(MessageBytes(read), MessageBytes(up));
  (*down.mutable_fields())["7"].set_number_value(8);
  EXPECT_NE(MessageBytes(up), MessageBytes(down));
  EXPECT_EQ(MessageBytes(google::protobuf::Struct()), "");
}

}  // namespace
}  // namespace samkoer::storage
