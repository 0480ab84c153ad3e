#include "crypto/blake2b_lanes.h"

#include <gtest/gtest.h>

#include <cstring>

namespace samkoer::crypto {
namespace {

// RFC 7693, appendix A: BLAKE2b-512("abc").
constexpr std::uint64_t kAbc[8] = {0x0d4d1c983fa580ba, 0xe9f6129fb697276a,
                                   0xb7c45a68142f214c, 0xd1a2ffdb6fbb124b,
                                   0x2d79ab2a39c5877d, 0x95cc3345ded552c2,
                                   0x5a92f1dba88ad318, 0x239900d4ed8623b9};

TEST(Blake2bLanesTest, TheStateBeforeAnUnkeyedHashIsTheStandards) {
  EXPECT_EQ(Blake2bStart(64, 0)[0], 0x6a09e667f2bdc948u);
  EXPECT_EQ(Blake2bStart(16, 32)[0], 0x6a09e667f3bcc908u ^ 0x01012010u);
}

TEST(Blake2bLanesTest, EveryLaneMakesTheExampleOfTheStandard) {
  if (!Blake2bLanes::Supported()) GTEST_SKIP() << "no AVX2 here";
  for (std::size_t lane = 0; lane < kBlake2bLanes; ++lane) {
    Blake2bLanes state;
    std::memset(state.blocks, 0xa5, sizeof state.blocks);
    std::memset(state.blocks[lane], 0, kBlake2bBlockBytes);
    std::memcpy(state.blocks[lane], "abc", 3);
    std::uint64_t counts[kBlake2bLanes] = {9, 9, 9, 9};
    bool last[kBlake2bLanes] = {};
    counts[lane] = 3;
    last[lane] = true;
    state.Start(Blake2bStart(64, 0));
    state.Compress(counts, last);
    std::array<std::uint64_t, 8> made, other;
    state.CopyState(lane, made);
    state.CopyState((lane + 1) % kBlake2bLanes, other);
    for (int i = 0; i < 8; ++i) EXPECT_EQ(made[i], kAbc[i]) << lane;
    EXPECT_NE(other, made);
  }
}

}  // namespace
}  // namespace samkoer::crypto
