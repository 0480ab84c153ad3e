// Keyed BLAKE2b (RFC 7693) as everything that is joined on, and the digests of
// a push. All formats: integers little-endian unless said otherwise.
//
// The hashes are deterministic: equal inputs under one key give equal values,
// which is what they are for. Whoever holds the key can test guesses, so the
// keys are secrets; the hashes alone tell nothing.
//
// Thread safety: functions may be called from many threads at once; an object
// is for one thread at a time.
#ifndef SAMKOER_CRYPTO_KEYED_HASH_H_
#define SAMKOER_CRYPTO_KEYED_HASH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "crypto/secret.h"

namespace samkoer::crypto {

using Hash16 = std::array<std::uint8_t, 16>;
using Hash32 = std::array<std::uint8_t, 32>;
using HashKey = SecretArray<32>;

// The first 16 bytes of BLAKE2b-256 keyed with the matcher's K_match over
//   "samkoer/v1/person" 0x00 purpose 0x00 epoch (u32) pseudonym (64 bytes).
// `purpose` holds no zero byte and `pseudonym` has 64 bytes: the caller checks,
// as the encoding is unambiguous only then.
Hash16 PersonKey(const HashKey& match_key, std::string_view purpose,
                 std::uint32_t epoch, Bytes pseudonym);

// The key of a department's case ids and fingerprints: BLAKE2b-256 keyed with
// K_match over "samkoer/v1/digest-key" 0x00 department. The matcher gives it to
// that department only.
HashKey DigestKey(const HashKey& match_key, std::string_view department);

// BLAKE2b-128 keyed with the department's digest key over
//   0x01 case_ref.
Hash16 CaseId(const HashKey& digest_key, std::string_view case_ref);

// BLAKE2b-128 keyed with the department's digest key over
//   0x02 canonical record bytes (proto/canonical_record.h).
Hash16 Fingerprint(const HashKey& digest_key, Bytes canonical_record);

// The name of a person in the audit log: 16 bytes that libsodium's crypto_kdf
// derives from the person's random data key, subkey 1, context "smkrsubj".
// Without the key nothing leads from the one to the other.
Hash16 SubjectId(const SecretArray<32>& data_key);

// Unkeyed BLAKE2b-256 (RFC 7693).
Hash32 Blake2b256(Bytes data);
// SHA-256 (FIPS 180-4).
Hash32 Sha256(Bytes data);
// SHA-256 of the concatenation of the parts.
Hash32 Sha256(std::initializer_list<Bytes> parts);

// Incremental unkeyed BLAKE2b-256: the hash of everything given to Update, in
// order. Finish may be called once, and ends the object's use.
class Blake2b256Stream {
 public:
  Blake2b256Stream();
  void Update(Bytes data);
  Hash32 Finish();

 private:
  crypto_generichash_state state_;
};

// A set of fingerprints as their sum modulo 2^128, little-endian, so that
// members can be added and removed in any order. Equal sets have equal sums.
// Two sets with equal sums can be made on purpose only by one who holds the
// digest key, so only a department could deceive itself.
class FingerprintSum {
 public:
  void Add(const Hash16& fingerprint);
  void Remove(const Hash16& fingerprint);
  // As if all of the other's members were added.
  void Add(const FingerprintSum& other);
  // Zero for the empty set.
  Hash16 Encode() const;
  friend bool operator==(const FingerprintSum&,
                         const FingerprintSum&) = default;

 private:
  std::uint64_t low_ = 0, high_ = 0;
};

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_KEYED_HASH_H_
