// The OPRF seeds of the key service, as they lie in the sealed keyring
// (storage::Keyring::extra).
//
// Format, version 1 (integers little-endian):
//   "samkoer-oprf" 0x01 (13 bytes), number of seeds (u16), for each:
//   purpose (u16 length, bytes), epoch (u32), state (u8: 1 active, 2 retired),
//   seed (32; zeros if retired, because a retired seed is destroyed)
// Version 2, written once a key has been rotated, has after the state the day
// on which the seed is destroyed (u16 length, "YYYY-MM-DD" or nothing).
//
// A retired epoch stays in the list so that its number is never used again.
#ifndef SAMKOER_SERVER_OPRF_KEYRING_H_
#define SAMKOER_SERVER_OPRF_KEYRING_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/oprf.h"

namespace samkoer::server {

// The numbers stand in files and never change.
enum class KeyState : std::uint8_t { kActive = 1, kRetired = 2 };

struct OprfSeed {
  std::string purpose;
  std::uint32_t epoch = 0;  // from 1
  KeyState state = KeyState::kActive;
  // The day on which the seed is destroyed, "YYYY-MM-DD"; empty for the newest
  // epoch of a purpose.
  std::string closes_on;
  crypto::Seed seed;
};

// Whether a purpose has 1 to 64 bytes of [a-z0-9-].
bool IsPurpose(std::string_view purpose);

// At most this many live epochs a purpose: the old one and the new one while a
// rotation's window is open.
inline constexpr std::size_t kMaxLiveEpochs = 2;
// Seeds in all, retired ones included.
inline constexpr std::size_t kMaxSeeds = 1000;

// Thread safety: a const object may be used by many threads.
class OprfKeyring {
 public:
  // FAILED_PRECONDITION for an unknown version; DATA_LOSS for anything else
  // that Encode would not have written (purposes and epochs ascend, none
  // twice). An empty input is an empty keyring.
  static absl::StatusOr<OprfKeyring> Decode(crypto::Bytes encoded);
  crypto::SecretBuffer Encode() const;

  // Adds a fresh random seed under the purpose's next epoch and returns that
  // epoch. INVALID_ARGUMENT for a bad purpose, FAILED_PRECONDITION if
  // kMaxLiveEpochs are live.
  absl::StatusOr<std::uint32_t> AddEpoch(std::string_view purpose);

  // Adds an epoch to a purpose that has one live epoch, which from then on
  // closes on `closes_on` ("YYYY-MM-DD"). NOT_FOUND if the purpose has none,
  // FAILED_PRECONDITION if a window is open.
  absl::StatusOr<std::uint32_t> Rotate(std::string_view purpose,
                                       const std::string& closes_on);
  // Destroys the seeds whose day has come on `today`; how many.
  std::size_t DestroyDue(std::string_view today);
  // Whether DestroyDue would destroy any.
  bool IsDue(std::string_view today) const;

  // Ordered by purpose and epoch.
  const std::vector<OprfSeed>& seeds() const { return seeds_; }

 private:
  std::vector<OprfSeed> seeds_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_OPRF_KEYRING_H_
