#include "matcher/chunked_array.h"

#include <gtest/gtest.h>

namespace samkoer::matcher {
namespace {

TEST(ChunkedArrayTest, ElementsStayWhereTheyAreWhileItGrows) {
  ChunkedArray<int> array;
  array.GrowTo(1);
  array[0] = 7;
  int* const first = &array[0];
  array.GrowTo(100000);
  EXPECT_EQ(&array[0], first);
  EXPECT_EQ(array[0], 7);
  EXPECT_EQ(array[99999], 0);
  EXPECT_EQ(array.size(), 100000u);
}

TEST(ChunkedArrayTest, NeverShrinks) {
  ChunkedArray<int> array;
  array.GrowTo(10);
  array.GrowTo(5);
  EXPECT_EQ(array.size(), 10u);
}

TEST(ChunkedArrayTest, NeighboursAcrossAChunkAreApart) {
  ChunkedArray<int> array;
  array.GrowTo(4097);
  array[4095] = 1;
  array[4096] = 2;
  EXPECT_EQ(array[4095], 1);
  EXPECT_EQ(array[4096], 2);
}

}  // namespace
}  // namespace samkoer::matcher
