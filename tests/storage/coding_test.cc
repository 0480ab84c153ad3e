#include "storage/coding.h"

#include <gtest/gtest.h>

#include <array>

namespace samkoer::storage {
namespace {

TEST(Coding, WritesLowestByteFirst) {
  std::string out;
  PutU8(out, 0x01);
  PutU16(out, 0x0302);
  PutU32(out, 0x07060504);
  PutU64(out, 0x0f0e0d0c0b0a0908);
  EXPECT_EQ(out,
            "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f");
}

TEST(Coding, ReadsBackWhatItWrote) {
  std::string out;
  PutU8(out, 0xff);
  PutU16(out, 0xfffe);
  PutU32(out, 0xfffffffd);
  PutU64(out, 0xfffffffffffffffc);
  PutString16(out, "hus");
  PutString32(out, "have");
  PutBytes(out, std::array<std::uint8_t, 2>{7, 8});
  ByteReader reader(out);
  EXPECT_EQ(reader.U8(), 0xff);
  EXPECT_EQ(reader.U16(), 0xfffe);
  EXPECT_EQ(reader.U32(), 0xfffffffd);
  EXPECT_EQ(reader.U64(), 0xfffffffffffffffc);
  EXPECT_EQ(reader.String16(), "hus");
  EXPECT_EQ(reader.String32(), "have");
  std::array<std::uint8_t, 2> bytes{};
  EXPECT_FALSE(reader.Done());
  reader.Fill(bytes);
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 2>{7, 8}));
  EXPECT_TRUE(reader.Done());
}

TEST(Coding, ReadingPastTheEndGivesZerosForGood) {
  ByteReader reader(std::string_view("\x05", 1));
  EXPECT_EQ(reader.U16(), 0);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.U8(), 0);  // the byte is not given late
  std::array<std::uint8_t, 3> bytes{1, 2, 3};
  reader.Fill(bytes);
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 3>{}));
  EXPECT_FALSE(reader.Done());
}

TEST(Coding, StringLongerThanTheInputIsRefused) {
  ByteReader reader(
      std::string_view("\x04\x00"
                       "abc",
                       5));
  EXPECT_EQ(reader.String16(), "");
  EXPECT_FALSE(reader.ok());
}

TEST(Coding, NothingLeftAfterNothing) {
  EXPECT_TRUE(ByteReader(std::string_view()).Done());
}

}  // namespace
}  // namespace samkoer::storage
