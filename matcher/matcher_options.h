#ifndef SAMKOER_MATCHER_MATCHER_OPTIONS_H_
#define SAMKOER_MATCHER_MATCHER_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "crypto/keyed_hash.h"

namespace samkoer::storage {
class AuditLog;
class CheckpointGuard;
class Engine;
class ValueSealer;
}  // namespace samkoer::storage

namespace samkoer::matcher {

class CompiledPolicy;

// A key of the key service, from the configuration.
struct PinnedOprfKey {
  std::uint32_t epoch = 0;  // from 1
  std::string public_key;   // 32 bytes
  std::string self_test;    // 32 bytes
  // The first day on which no push under the key is taken, "YYYY-MM-DD"; empty
  // for the newest only.
  std::string closes_on;
};

// What a matcher is made of. Pointers are borrowed and must outlive it.
struct MatcherOptions {
  storage::Engine* engine = nullptr;
  // Opens and seals under the key-encryption key.
  storage::ValueSealer* sealer = nullptr;
  // Already opened on `engine`.
  storage::AuditLog* audit = nullptr;
  // The checkpoint outside the store; null in tests only.
  storage::CheckpointGuard* guard = nullptr;

  // K_match, from the keyring.
  crypto::HashKey match_key;
  // The pinned keys: the newest that the store was ever opened with, if it is
  // not new, under which pushes are taken; any newer one, which is then taken
  // into use; and the one before, under which they are taken until it closes.
  std::vector<PinnedOprfKey> oprf_keys;

  // Whose store it is; not needed where `policy` says it.
  std::string municipality;
  std::string purpose;
  // A policy that needs no approval, for tests and benchmarks: it is applied at
  // the start; an equal one in force stays as it is. Null: the one in force
  // stays, and if there is none, only the calls that need none may be made.
  std::shared_ptr<const CompiledPolicy> policy;

  // Wall time, for timestamps. The matcher never lets its own time run
  // backwards, whatever this returns.
  std::function<absl::Time()> clock = [] { return absl::Now(); };
  // Today, "YYYY-MM-DD", in the municipality's time zone, or the --as-of day.
  // Asked at the start and then at least every `day_poll`.
  std::function<std::string()> day_source;
  absl::Duration day_poll = absl::Seconds(20);

  // For the STARTED leaf: the program's version and where the day comes from;
  // at most 200 bytes.
  std::string started_detail;
  // Called once, from a thread of the matcher, after a write error.
  std::function<void(const absl::Status&)> on_fatal = [](const auto&) {};
  // Threads for sealing and evaluating during a large commit; 0: one a core.
  unsigned threads = 0;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_MATCHER_OPTIONS_H_
