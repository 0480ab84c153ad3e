// Pushes: the open one of each department, the last committed one (for a commit
// that is repeated), and the ids of some that were given up (so that they are
// not taken for new ones).
//
// Plaintext, version 1 (integers little-endian; texts as u16 length, bytes):
//   version (u8 = 1), department number (u16), push id (16), phase (u8),
//   kind (u8, samkoer.v1.PushKind), epoch (u32), day (text, "YYYY-MM-DD"),
//   allow_shrink (u8), policy version (u32), actor (text),
//   actor certificate (text, 32 bytes), bucket count (u32),
//   digest of the bucket digests (text, 0 or 32 bytes), differing (text),
//   and, from phase 2 on, batch count (u64), record count (u64), digest (32),
//   receipt: record count, added, changed, withdrawn (u64 each),
//   time (i64, microseconds since 1970)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_PUSH_TABLE_H_
#define SAMKOER_STORAGE_PUSH_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"

namespace samkoer::storage {

// The numbers stand in stores and never change.
enum class PushPhase : std::uint8_t {
  kOpen = 1,       // batches come in
  kIntent = 2,     // checked; must be carried through
  kCommitted = 3,  // in force
  kGivenUp = 4,    // over: a newer push began, or a policy took records away
};

struct StoredPush {
  std::uint16_t department = 0;
  crypto::Hash16 push_id{};
  PushPhase phase = PushPhase::kOpen;
  std::uint8_t kind = 0;
  std::uint32_t epoch = 0;
  std::string day;
  bool allow_shrink = false;
  std::uint32_t policy_version = 0;
  // Who began it, for leaves that are written after a restart.
  std::string actor;
  std::string actor_certificate;
  std::uint32_t bucket_count = 1;
  // BLAKE2b-256 of BucketDigests; empty if none were sent.
  std::string digests_hash;
  // DigestDifference::differing; empty if none were sent.
  std::string differing;
  // What the commit said (from kIntent on).
  std::uint64_t batch_count = 0;
  std::uint64_t record_count = 0;
  crypto::Hash32 digest{};
  // The receipt (from kCommitted on).
  std::uint64_t held = 0;
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  std::uint64_t withdrawn = 0;
  std::int64_t time_micros = 0;
};

std::string EncodePush(const StoredPush& push);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredPush> DecodePush(std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_PUSH_TABLE_H_
