#include "crypto/blake2b_lanes.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <iterator>

namespace samkoer::crypto {
namespace {

constexpr std::uint64_t kIv[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b,
                                  0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                  0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                  0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

}  // namespace

std::array<std::uint64_t, 8> Blake2bStart(std::size_t digest_bytes,
                                          std::size_t key_bytes) {
  std::array<std::uint64_t, 8> state;
  std::copy(std::begin(kIv), std::end(kIv), state.begin());
  // Length of the digest, of the key, fan-out 1, depth 1.
  state[0] ^= digest_bytes | key_bytes << 8 | 1u << 16 | 1u << 24;
  return state;
}

Blake2bLanes::~Blake2bLanes() { sodium_memzero(this, sizeof *this); }

void Blake2bLanes::Start(const std::array<std::uint64_t, 8>& state) {
  for (int i = 0; i < 8; ++i) {
    for (std::uint64_t& lane : state_[i]) lane = state[i];
  }
}

void Blake2bLanes::CopyState(std::size_t lane,
                             std::array<std::uint64_t, 8>& state) const {
  for (int i = 0; i < 8; ++i) state[i] = state_[i][lane];
}

#if defined(__x86_64__)

namespace {

// GCC's and Clang's vectors; the functions below are inlined into Compress, the
// only one that is compiled for AVX2.
typedef std::uint64_t Vector __attribute__((vector_size(32)));
typedef std::uint32_t Words __attribute__((vector_size(32)));
typedef std::uint8_t Octets __attribute__((vector_size(32)));
#define SAMKOER_AVX2 __attribute__((target("avx2"), always_inline)) inline

constexpr std::uint8_t kSigma[12][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}};

// Rotations to the right.
SAMKOER_AVX2 void Rotate32(Vector& x) {
  const auto words = reinterpret_cast<Words>(x);
  x = reinterpret_cast<Vector>(
      __builtin_shufflevector(words, words, 1, 0, 3, 2, 5, 4, 7, 6));
}
SAMKOER_AVX2 void Rotate24(Vector& x) {
  const auto octets = reinterpret_cast<Octets>(x);
  x = reinterpret_cast<Vector>(__builtin_shufflevector(
      octets, octets, 3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10, 19,
      20, 21, 22, 23, 16, 17, 18, 27, 28, 29, 30, 31, 24, 25, 26));
}
SAMKOER_AVX2 void Rotate16(Vector& x) {
  const auto octets = reinterpret_cast<Octets>(x);
  x = reinterpret_cast<Vector>(__builtin_shufflevector(
      octets, octets, 2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9, 18,
      19, 20, 21, 22, 23, 16, 17, 26, 27, 28, 29, 30, 31, 24, 25));
}
SAMKOER_AVX2 void Rotate63(Vector& x) { x = (x >> 63) | (x + x); }

// The function G of RFC 7693, 3.1.
SAMKOER_AVX2 void Mix(Vector& a, Vector& b, Vector& c, Vector& d,
                      const Vector& x, const Vector& y) {
  a += b + x;
  d ^= a;
  Rotate32(d);
  c += d;
  b ^= c;
  Rotate24(b);
  a += b + y;
  d ^= a;
  Rotate16(d);
  c += d;
  b ^= c;
  Rotate63(b);
}

SAMKOER_AVX2 void Load(const void* from, Vector& to) {
  std::memcpy(&to, from, sizeof to);
}

// Word 4 `quarter` + j of all blocks into words[j].
SAMKOER_AVX2 void LoadWords(
    const std::uint8_t (&blocks)[kBlake2bLanes][kBlake2bBlockBytes],
    int quarter, Vector* words) {
  Vector a, b, c, d;
  Load(blocks[0] + 32 * quarter, a);
  Load(blocks[1] + 32 * quarter, b);
  Load(blocks[2] + 32 * quarter, c);
  Load(blocks[3] + 32 * quarter, d);
  const Vector ab_even = __builtin_shufflevector(a, b, 0, 4, 2, 6);
  const Vector ab_odd = __builtin_shufflevector(a, b, 1, 5, 3, 7);
  const Vector cd_even = __builtin_shufflevector(c, d, 0, 4, 2, 6);
  const Vector cd_odd = __builtin_shufflevector(c, d, 1, 5, 3, 7);
  words[0] = __builtin_shufflevector(ab_even, cd_even, 0, 1, 4, 5);
  words[1] = __builtin_shufflevector(ab_odd, cd_odd, 0, 1, 4, 5);
  words[2] = __builtin_shufflevector(ab_even, cd_even, 2, 3, 6, 7);
  words[3] = __builtin_shufflevector(ab_odd, cd_odd, 2, 3, 6, 7);
}

}  // namespace

bool Blake2bLanes::Supported() { return __builtin_cpu_supports("avx2") != 0; }

__attribute__((target("avx2"))) void Blake2bLanes::Compress(
    const std::uint64_t (&counts)[kBlake2bLanes],
    const bool (&last)[kBlake2bLanes]) {
  Vector m[16], v[16];
  for (int quarter = 0; quarter < 4; ++quarter) {
    LoadWords(blocks, quarter, m + 4 * quarter);
  }
  for (int i = 0; i < 8; ++i) {
    Load(state_[i], v[i]);
    v[8 + i] = Vector{kIv[i], kIv[i], kIv[i], kIv[i]};
  }
  v[12] ^= Vector{counts[0], counts[1], counts[2], counts[3]};
  v[14] ^= Vector{0 - std::uint64_t{last[0]}, 0 - std::uint64_t{last[1]},
                  0 - std::uint64_t{last[2]}, 0 - std::uint64_t{last[3]}};
#pragma GCC unroll 12
  for (const auto& s : kSigma) {
    Mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    Mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    Mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    Mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    Mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    Mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    Mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    Mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
  }
  for (int i = 0; i < 8; ++i) {
    Vector state;
    Load(state_[i], state);
    state ^= v[i] ^ v[8 + i];
    std::memcpy(state_[i], &state, sizeof state);
  }
}

#else

bool Blake2bLanes::Supported() { return false; }

void Blake2bLanes::Compress(const std::uint64_t (&)[kBlake2bLanes],
                            const bool (&)[kBlake2bLanes]) {}

#endif

}  // namespace samkoer::crypto
