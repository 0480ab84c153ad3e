#include "crypto/random_secrets.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace samkoer::crypto {
namespace {

TEST(RandomSecrets, FillEverythingAndAreNeverTheSame) {
  // No multiple of a block.
  std::array<std::array<std::uint8_t, 2049>, 64> drawn{};
  std::set<std::string> parts;
  for (auto& bytes : drawn) {
    RandomSecrets(bytes);
    for (std::size_t at = 0; at + 16 <= bytes.size(); at += 16) {
      parts.emplace(AsText(Bytes(bytes).subspan(at, 16)));
    }
  }
  EXPECT_EQ(parts.size(), 64u * (2049 / 16));
  EXPECT_FALSE(std::all_of(drawn.begin(), drawn.end(), [](const auto& bytes) {
    return bytes.back() == 0;
  })) << "the last byte is never written";
}

TEST(RandomSecrets, OfNothingAreNothing) { RandomSecrets({}); }

}  // namespace
}  // namespace samkoer::crypto
