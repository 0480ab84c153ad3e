// The keys that the key service evaluates with, derived from the keyring's
// seeds and tested against themselves.
#ifndef SAMKOER_SERVER_LIVE_KEYS_H_
#define SAMKOER_SERVER_LIVE_KEYS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "crypto/oprf.h"
#include "server/oprf_keyring.h"

namespace samkoer::server {

struct LiveKey {
  std::string purpose;
  std::uint32_t epoch = 0;
  // The day on which it is destroyed; empty for the newest of its purpose.
  std::string closes_on;
  crypto::OprfKeyPair pair;
  // SHA-256 of the output of crypto::kSelfTestInput.
  crypto::Hash32 self_test{};
};

// Thread safety: a const object may be used by many threads.
class LiveKeys {
 public:
  // Derives every active seed's key (RFC 9497, 3.2.1, mode VOPRF, with the info
  // "samkoer/v1/<purpose>/<epoch>") and runs TestKey on it.
  // FAILED_PRECONDITION if there is none; INTERNAL if a key fails its test.
  static absl::StatusOr<LiveKeys> Derive(const OprfKeyring& keyring);

  // Null if unknown or not live.
  const LiveKey* Find(std::string_view purpose, std::uint32_t epoch) const;
  // The live keys of a purpose, epochs ascending; empty if unknown.
  std::vector<const LiveKey*> Of(std::string_view purpose) const;
  // Ordered by purpose and epoch.
  const std::vector<LiveKey>& all() const { return keys_; }
  // Whether its seed was destroyed.
  bool IsRetired(std::string_view purpose, std::uint32_t epoch) const;

 private:
  std::vector<LiveKey> keys_;
  std::vector<std::pair<std::string, std::uint32_t>> retired_;
};

// Acts as a client against the key: blinds the self-test input, evaluates,
// verifies the proof, unblinds, and compares with the direct evaluation.
// INTERNAL if anything differs: then nothing must be served.
absl::StatusOr<crypto::Hash32> TestKey(const crypto::OprfKeyPair& pair);

// The keys as matcherd.yaml and the privacy officer's configuration want them:
//   oprf_keys:
//     - epoch: 1
//       public_key: "..."
//       self_test: "..."
//       closes_on: "..."
// the last line for all but the newest.
std::string PinnedKeysYaml(const std::vector<const LiveKey*>& keys);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_LIVE_KEYS_H_
