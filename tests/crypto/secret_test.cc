#include "crypto/secret.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <new>
#include <type_traits>

namespace samkoer::crypto {
namespace {

TEST(SecretArray, IsZeroWhenDefaultConstructed) {
  const SecretArray<32> secret;
  EXPECT_TRUE(sodium_is_zero(secret.Expose().data(), 32));
}

TEST(SecretArray, IsWipedWhenDestroyed) {
  alignas(SecretArray<32>) std::uint8_t place[sizeof(SecretArray<32>)];
  auto* const secret = new (place) SecretArray<32>(SecretArray<32>::Random());
  EXPECT_FALSE(sodium_is_zero(place, sizeof place));
  secret->~SecretArray();
  EXPECT_TRUE(sodium_is_zero(place, sizeof place));
}

TEST(SecretArray, EqualityLooksAtEveryByte) {
  const auto secret = SecretArray<64>::Random();
  EXPECT_EQ(secret, SecretArray<64>(secret));
  for (std::size_t i = 0; i < 64; ++i) {
    SecretArray<64> other = secret;
    other.ExposeMutable()[i] ^= 1;
    EXPECT_FALSE(secret == other) << i;
  }
}

TEST(SecretArray, RandomOnesDiffer) {
  EXPECT_FALSE(SecretArray<32>::Random() == SecretArray<32>::Random());
}

TEST(SecretBuffer, HoldsACopyOfWhatItWasGiven) {
  std::string text = "of a length known later";
  const SecretBuffer buffer(AsBytes(text));
  text[0] = 'X';
  EXPECT_EQ(AsText(buffer.Expose()), "of a length known later");
  EXPECT_EQ(buffer.size(), text.size());
}

TEST(SecretBuffer, MovedFromIsEmpty) {
  SecretBuffer from(AsBytes("moved"));
  SecretBuffer to(std::move(from));
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): promised
  EXPECT_EQ(AsText(to.Expose()), "moved");
  SecretBuffer assigned(AsBytes("overwritten"));
  assigned = std::move(to);
  EXPECT_TRUE(to.empty());  // NOLINT(bugprone-use-after-move): promised
  EXPECT_EQ(AsText(assigned.Expose()), "moved");
}

TEST(SecretBuffer, CannotBeCopiedByAccident) {
  EXPECT_FALSE(std::is_copy_constructible_v<SecretBuffer>);
  EXPECT_FALSE(std::is_copy_assignable_v<SecretBuffer>);
}

TEST(InitializeProcess, ForbidsCoreDumpsAndMayBeRepeated) {
  ASSERT_TRUE(InitializeProcess());
  EXPECT_TRUE(InitializeProcess());
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_CORE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, 0u);
  EXPECT_EQ(limit.rlim_max, 0u);
  EXPECT_EQ(prctl(PR_GET_DUMPABLE), 0);
  prctl(PR_SET_DUMPABLE, 1);  // a leak checker at the end needs it
}

}  // namespace
}  // namespace samkoer::crypto
