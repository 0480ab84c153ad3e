#include "server/oprf_keyring.h"

#include <algorithm>
#include <tuple>

#include "storage/coding.h"

namespace samkoer::server {
namespace {

constexpr std::string_view kMagic = "samkoer-oprf";
constexpr std::uint8_t kVersion = 1;

bool Before(const OprfSeed& a, const OprfSeed& b) {
  return std::tie(a.purpose, a.epoch) < std::tie(b.purpose, b.epoch);
}

bool IsZero(const crypto::Seed& seed) { return seed == crypto::Seed(); }

}  // namespace

bool IsPurpose(std::string_view purpose) {
  return !purpose.empty() && purpose.size() <= 64 &&
         std::all_of(purpose.begin(), purpose.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

absl::StatusOr<OprfKeyring> OprfKeyring::Decode(crypto::Bytes encoded) {
  OprfKeyring keyring;
  if (encoded.empty()) return keyring;
  storage::ByteReader in(encoded);
  const absl::Status damaged =
      absl::DataLossError("the keyring's OPRF seeds are damaged");
  if (in.Text(kMagic.size()) != kMagic) return damaged;
  if (in.U8() != kVersion) {
    return absl::FailedPreconditionError(
        "the keyring's OPRF seeds have an unknown version: use a newer "
        "program");
  }
  const std::size_t count = in.U16();
  if (count > kMaxSeeds) return damaged;
  for (std::size_t i = 0; i < count; ++i) {
    OprfSeed seed;
    seed.purpose = std::string(in.String16());
    seed.epoch = in.U32();
    const std::uint8_t state = in.U8();
    in.Fill(seed.seed.ExposeMutable());
    if (!in.ok() || !IsPurpose(seed.purpose) || seed.epoch == 0 || state < 1 ||
        state > 2) {
      return damaged;
    }
    seed.state = static_cast<KeyState>(state);
    if (IsZero(seed.seed) != (seed.state == KeyState::kRetired)) return damaged;
    if (i > 0 && !Before(keyring.seeds_.back(), seed)) return damaged;
    keyring.seeds_.push_back(std::move(seed));
  }
  if (!in.Done()) return damaged;
  return keyring;
}

crypto::SecretBuffer OprfKeyring::Encode() const {
  std::size_t size = kMagic.size() + 1 + 2;
  for (const OprfSeed& seed : seeds_) {
    size += 2 + seed.purpose.size() + 4 + 1 + crypto::kSeedBytes;
  }
  std::string out;
  out.reserve(size);  // never moved, so that wiping it leaves no copy behind
  out += kMagic;
  storage::PutU8(out, kVersion);
  storage::PutU16(out, static_cast<std::uint16_t>(seeds_.size()));
  for (const OprfSeed& seed : seeds_) {
    storage::PutString16(out, seed.purpose);
    storage::PutU32(out, seed.epoch);
    storage::PutU8(out, static_cast<std::uint8_t>(seed.state));
    storage::PutBytes(out, seed.seed.Expose());
  }
  crypto::SecretBuffer encoded(crypto::AsBytes(out));
  sodium_memzero(out.data(), out.size());
  return encoded;
}

absl::StatusOr<std::uint32_t> OprfKeyring::AddEpoch(std::string_view purpose) {
  if (!IsPurpose(purpose)) {
    return absl::InvalidArgumentError(
        "a purpose has 1 to 64 bytes of a-z, 0-9 and -");
  }
  std::uint32_t last = 0;
  std::size_t live = 0;
  for (const OprfSeed& seed : seeds_) {
    if (seed.purpose != purpose) continue;
    last = std::max(last, seed.epoch);
    if (seed.state == KeyState::kActive) ++live;
  }
  if (live >= kMaxLiveEpochs || seeds_.size() >= kMaxSeeds) {
    return absl::FailedPreconditionError(
        "two epochs of this purpose are live already");
  }
  OprfSeed seed;
  seed.purpose = std::string(purpose);
  seed.epoch = last + 1;
  seed.seed = crypto::Seed::Random();
  seeds_.insert(std::upper_bound(seeds_.begin(), seeds_.end(), seed, Before),
                seed);
  return seed.epoch;
}

}  // namespace samkoer::server
