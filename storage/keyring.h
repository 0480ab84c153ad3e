// A server's secrets, in one sealed file (crypto/sealed_file.h) outside the
// store: without it the store is noise.
//
// Plaintext format, version 2 (integers little-endian):
//   "samkoer-keyring" 0x02 (16 bytes)
//   kind (u8: 1 matcher, 2 keyd), municipality (u16 length, bytes)
//   note seed (32), match key (32; zeros for keyd)
//   number of KEKs (u16), for each: generation (u32), since when it is in use
//   (i64 microseconds since 1970 UTC, 0 if not known), key (32)
//   current generation (u32)
//   extra (u32 length, bytes)
// Version 1, which is read too, has no times. The file's label is
// "matcher-keyring" or "keyd-keyring".
#ifndef SAMKOER_STORAGE_KEYRING_H_
#define SAMKOER_STORAGE_KEYRING_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/envelope.h"
#include "crypto/keyed_hash.h"
#include "crypto/sealed_file.h"
#include "crypto/secret.h"
#include "crypto/signed_note.h"
#include "storage/sealed_value.h"
#include "storage/store_kind.h"

namespace samkoer::storage {

// Thread safety: a const object may be used by many threads.
struct Keyring {
  StoreKind kind = StoreKind::kMatcher;
  std::string municipality;
  crypto::SecretArray<32> note_seed;  // Ed25519 (RFC 8032), of the audit log
  crypto::HashKey match_key;          // K_match; zeros for the key service
  std::map<std::uint32_t, crypto::SealKey> keks;  // by generation, from 1
  // Since when each is in use, microseconds since 1970 UTC; none for those of a
  // keyring that did not say.
  std::map<std::uint32_t, std::int64_t> kek_since_micros;
  std::uint32_t current_generation = 0;
  // What else the program keeps here; at most 1 MiB, opaque to this file. The
  // key service puts its OPRF seeds here.
  crypto::SecretBuffer extra;

  // Fresh random secrets, KEK generation 1. INVALID_ARGUMENT for a bad name.
  static absl::StatusOr<Keyring> Generate(StoreKind kind,
                                          std::string_view municipality);

  // A fresh key-encryption key, in use from `now`, one generation above all
  // others.
  void AddKek(absl::Time now);
  // Forgets all but the one in use.
  void DropOlderKeks();
  // Since when the one in use is; InfinitePast if that is not known.
  absl::Time CurrentSince() const;

  // The plaintext above, and back. Decode: FAILED_PRECONDITION for an unknown
  // version, DATA_LOSS for anything malformed.
  crypto::SecretBuffer Encode() const;
  static absl::StatusOr<Keyring> Decode(crypto::Bytes plaintext);

  // Errors of crypto/sealed_file.h. Load also gives FAILED_PRECONDITION if the
  // keyring is of the other kind.
  absl::Status Save(const std::string& path,
                    const crypto::SecretBuffer& passphrase,
                    crypto::SealStrength strength, bool replace) const;
  static absl::StatusOr<Keyring> Load(const std::string& path, StoreKind kind,
                                      const crypto::SecretBuffer& passphrase);

  // What opens the store's values.
  absl::StatusOr<ValueSealer> Sealer() const;
  // What signs the log's checkpoints; its name is LogOrigin.
  absl::StatusOr<crypto::NoteSigner> Signer() const;
};

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_KEYRING_H_
