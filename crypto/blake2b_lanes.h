// BLAKE2b's compression function (RFC 7693, 3.2) on four states at once, one a
// 64-bit lane of AVX2's registers. Not a hash yet: see many_hashes.h.
//
// Thread safety: an object is one thread's.
#ifndef SAMKOER_CRYPTO_BLAKE2B_LANES_H_
#define SAMKOER_CRYPTO_BLAKE2B_LANES_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace samkoer::crypto {

inline constexpr std::size_t kBlake2bBlockBytes = 128;
inline constexpr std::size_t kBlake2bLanes = 4;

// The state before the first block, without salt and personalization.
// `digest_bytes` from 1 to 64, `key_bytes` up to 64.
std::array<std::uint64_t, 8> Blake2bStart(std::size_t digest_bytes,
                                          std::size_t key_bytes);

class Blake2bLanes {
 public:
  // Whether this processor can. If not, Compress must not be called.
  static bool Supported();

  // Wipes everything.
  ~Blake2bLanes();

  // All lanes go on from `state`.
  void Start(const std::array<std::uint64_t, 8>& state);
  // Compresses `blocks`, one a lane. `counts`: bytes of the message up to the
  // end of the block, the key's block included; `last`: is it the last block.
  void Compress(const std::uint64_t (&counts)[kBlake2bLanes],
                const bool (&last)[kBlake2bLanes]);
  // Puts a lane's state into `state`; after its last block the state's
  // little-endian bytes are the hash.
  void CopyState(std::size_t lane, std::array<std::uint64_t, 8>& state) const;

  // What Compress reads; the caller fills it, the last block up with zeros.
  alignas(32) std::uint8_t blocks[kBlake2bLanes][kBlake2bBlockBytes] = {};

 private:
  alignas(32) std::uint64_t state_[8][kBlake2bLanes] = {};
};

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_BLAKE2B_LANES_H_
