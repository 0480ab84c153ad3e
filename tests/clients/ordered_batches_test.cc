#include "clients/common/ordered_batches.h"

#include <gtest/gtest.h>

#include <vector>

namespace samkoer::clients {
namespace {

TEST(OrderedBatchesTest, EverythingIsDeliveredOnceAndInOrder) {
  std::vector<std::size_t> seen;
  const absl::Status status = RunOrderedBatches(
      100, 7,
      [](std::size_t number, const std::atomic<bool>&)
          -> absl::StatusOr<std::vector<crypto::OprfOutput>> {
        return std::vector<crypto::OprfOutput>(number % 3);
      },
      [&](std::size_t number, const auto& outputs) {
        EXPECT_EQ(outputs.size(), number % 3);
        seen.push_back(number);
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok());
  ASSERT_EQ(seen.size(), 100u);
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i);
}

TEST(OrderedBatchesTest, WhatComesBeforeAFailureIsDelivered) {
  std::size_t delivered = 0;
  const absl::Status status = RunOrderedBatches(
      50, 4,
      [](std::size_t number, const std::atomic<bool>&)
          -> absl::StatusOr<std::vector<crypto::OprfOutput>> {
        if (number == 20) return absl::AbortedError("twenty");
        return std::vector<crypto::OprfOutput>();
      },
      [&](std::size_t number, const auto&) {
        EXPECT_EQ(number, delivered++);
        return absl::OkStatus();
      });
  EXPECT_EQ(status.message(), "twenty");
  EXPECT_EQ(delivered, 20u);
}

TEST(OrderedBatchesTest, AnErrorOfTheReceiverEndsTheWork) {
  std::atomic<std::size_t> begun = 0;
  const absl::Status status = RunOrderedBatches(
      1000, 4,
      [&](std::size_t, const std::atomic<bool>&)
          -> absl::StatusOr<std::vector<crypto::OprfOutput>> {
        ++begun;
        return std::vector<crypto::OprfOutput>();
      },
      [](std::size_t number, const auto&) {
        return number < 5 ? absl::OkStatus() : absl::InternalError("full");
      });
  EXPECT_EQ(status.message(), "full");
  // Five delivered, and no more than twice the threads ahead of them.
  EXPECT_LE(begun, 5u + 2 * 4);
}

TEST(OrderedBatchesTest, NoBatchesAreNoWork) {
  const absl::Status status = RunOrderedBatches(
      0, 4,
      [](std::size_t, const std::atomic<bool>&)
          -> absl::StatusOr<std::vector<crypto::OprfOutput>> {
        return absl::InternalError("called");
      },
      [](std::size_t, const auto&) { return absl::InternalError("called"); });
  EXPECT_TRUE(status.ok());
}

}  // namespace
}  // namespace samkoer::clients
