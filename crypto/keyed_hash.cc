#include "crypto/keyed_hash.h"

#include <cstring>

namespace samkoer::crypto {
namespace {

// Feeds the parts of one message to a BLAKE2b state and wipes it afterwards, as
// the state holds the key.
class KeyedState {
 public:
  KeyedState(const HashKey& key, std::size_t output_bytes) {
    crypto_generichash_init(&state_, key.Expose().data(), key.Expose().size(),
                            output_bytes);
  }
  ~KeyedState() { sodium_memzero(&state_, sizeof state_); }
  KeyedState(const KeyedState&) = delete;
  KeyedState& operator=(const KeyedState&) = delete;

  KeyedState& Add(Bytes part) {
    crypto_generichash_update(&state_, part.data(), part.size());
    return *this;
  }
  KeyedState& Add(std::string_view part) { return Add(AsBytes(part)); }
  void Finish(MutableBytes out) {
    crypto_generichash_final(&state_, out.data(), out.size());
  }

 private:
  crypto_generichash_state state_;
};

Hash16 TaggedHash16(const HashKey& key, std::uint8_t tag, Bytes message) {
  Hash16 hash;
  KeyedState(key, hash.size()).Add(Bytes(&tag, 1)).Add(message).Finish(hash);
  return hash;
}

std::uint64_t LoadLittleEndian(const std::uint8_t* from) {
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | from[i];
  return value;
}

}  // namespace

Hash16 PersonKey(const HashKey& match_key, std::string_view purpose,
                 std::uint32_t epoch, Bytes pseudonym) {
  constexpr std::string_view kLabel("samkoer/v1/person\0", 18);
  const std::uint8_t separator_and_epoch[5] = {
      0, static_cast<std::uint8_t>(epoch),
      static_cast<std::uint8_t>(epoch >> 8),
      static_cast<std::uint8_t>(epoch >> 16),
      static_cast<std::uint8_t>(epoch >> 24)};
  Hash32 full;
  KeyedState(match_key, full.size())
      .Add(kLabel)
      .Add(purpose)
      .Add(Bytes(separator_and_epoch))
      .Add(pseudonym)
      .Finish(full);
  Hash16 person_key;
  std::memcpy(person_key.data(), full.data(), person_key.size());
  return person_key;
}

HashKey DigestKey(const HashKey& match_key, std::string_view department) {
  constexpr std::string_view kLabel("samkoer/v1/digest-key\0", 22);
  HashKey key;
  KeyedState(match_key, key.Expose().size())
      .Add(kLabel)
      .Add(department)
      .Finish(key.ExposeMutable());
  return key;
}

Hash16 CaseId(const HashKey& digest_key, std::string_view case_ref) {
  return TaggedHash16(digest_key, 0x01, AsBytes(case_ref));
}

Hash16 Fingerprint(const HashKey& digest_key, Bytes canonical_record) {
  return TaggedHash16(digest_key, 0x02, canonical_record);
}

Hash16 SubjectId(const SecretArray<32>& data_key) {
  static_assert(crypto_kdf_KEYBYTES == 32 && crypto_kdf_BYTES_MIN == 16);
  Hash16 id;
  crypto_kdf_derive_from_key(id.data(), id.size(), 1, "smkrsubj",
                             data_key.Expose().data());
  return id;
}

Hash32 Blake2b256(Bytes data) {
  Hash32 hash;
  crypto_generichash(hash.data(), hash.size(), data.data(), data.size(),
                     nullptr, 0);
  return hash;
}

Blake2b256Stream::Blake2b256Stream() {
  crypto_generichash_init(&state_, nullptr, 0, sizeof(Hash32));
}

void Blake2b256Stream::Update(Bytes data) {
  crypto_generichash_update(&state_, data.data(), data.size());
}

Hash32 Blake2b256Stream::Finish() {
  Hash32 hash;
  crypto_generichash_final(&state_, hash.data(), hash.size());
  return hash;
}

void FingerprintSum::Add(const Hash16& fingerprint) {
  const std::uint64_t low = LoadLittleEndian(fingerprint.data());
  low_ += low;
  high_ += LoadLittleEndian(fingerprint.data() + 8) + (low_ < low);
}

void FingerprintSum::Add(const FingerprintSum& other) {
  low_ += other.low_;
  high_ += other.high_ + (low_ < other.low_);
}

void FingerprintSum::Remove(const Hash16& fingerprint) {
  const std::uint64_t low = LoadLittleEndian(fingerprint.data());
  const bool borrow = low_ < low;
  low_ -= low;
  high_ -= LoadLittleEndian(fingerprint.data() + 8) + borrow;
}

Hash16 FingerprintSum::Encode() const {
  Hash16 out;
  for (int i = 0; i < 8; ++i) {
    out[i] = static_cast<std::uint8_t>(low_ >> (8 * i));
    out[8 + i] = static_cast<std::uint8_t>(high_ >> (8 * i));
  }
  return out;
}

}  // namespace samkoer::crypto
