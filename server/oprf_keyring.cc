#include "server/oprf_keyring.h"

#include <sodium.h>

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "crypto/absl_view.h"
#include "storage/coding.h"

namespace samkoer::server {
namespace {

constexpr std::string_view kMagic = "samkoer-oprf";
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kWithDays = 2;

bool Before(const OprfSeed& a, const OprfSeed& b) {
  return std::tie(a.purpose, a.epoch) < std::tie(b.purpose, b.epoch);
}

// Days in this form are in order as texts are.
bool IsDay(std::string_view text) {
  absl::CivilDay day;
  return text.size() == 10 && text[4] == '-' && text[7] == '-' &&
         absl::ParseCivilTime(crypto::AbslView(text), &day);
}

bool SeedIsDue(const OprfSeed& seed, std::string_view today) {
  return seed.state == KeyState::kActive && !seed.closes_on.empty() &&
         seed.closes_on <= today;
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
  const std::uint8_t version = in.U8();
  if (version != kVersion && version != kWithDays) {
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
    if (version == kWithDays) seed.closes_on = std::string(in.String16());
    in.Fill(seed.seed.ExposeMutable());
    if (!seed.closes_on.empty() && !IsDay(seed.closes_on)) return damaged;
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
  bool days = false;
  for (const OprfSeed& seed : seeds_) {
    size += 2 + seed.purpose.size() + 4 + 1 + crypto::kSeedBytes;
    size += 2 + seed.closes_on.size();
    days |= !seed.closes_on.empty();
  }
  std::string out;
  out.reserve(size);  // never moved, so that wiping it leaves no copy behind
  out += kMagic;
  storage::PutU8(out, days ? kWithDays : kVersion);
  storage::PutU16(out, static_cast<std::uint16_t>(seeds_.size()));
  for (const OprfSeed& seed : seeds_) {
    storage::PutString16(out, seed.purpose);
    storage::PutU32(out, seed.epoch);
    storage::PutU8(out, static_cast<std::uint8_t>(seed.state));
    if (days) storage::PutString16(out, seed.closes_on);
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

absl::StatusOr<std::uint32_t> OprfKeyring::Rotate(
    std::string_view purpose, const std::string& closes_on) {
  if (!IsDay(closes_on)) {
    return absl::InvalidArgumentError("the closing day is no day");
  }
  OprfSeed* live = nullptr;
  for (OprfSeed& seed : seeds_) {
    if (seed.purpose != purpose || seed.state != KeyState::kActive) continue;
    if (live != nullptr || !seed.closes_on.empty()) {
      return absl::FailedPreconditionError(
          absl::StrCat("a rotation's window is open until ",
                       live != nullptr ? live->closes_on : seed.closes_on,
                       "; at most two epochs are live at once"));
    }
    live = &seed;
  }
  if (live == nullptr) {
    return absl::NotFoundError("the keyring has no live key of this purpose");
  }
  live->closes_on = closes_on;
  return AddEpoch(purpose);
}

bool OprfKeyring::IsDue(std::string_view today) const {
  return std::any_of(seeds_.begin(), seeds_.end(), [&](const OprfSeed& seed) {
    return SeedIsDue(seed, today);
  });
}

std::size_t OprfKeyring::DestroyDue(std::string_view today) {
  std::size_t destroyed = 0;
  for (OprfSeed& seed : seeds_) {
    if (!SeedIsDue(seed, today)) continue;
    sodium_memzero(seed.seed.ExposeMutable().data(), crypto::kSeedBytes);
    seed.state = KeyState::kRetired;
    ++destroyed;
  }
  return destroyed;
}

}  // namespace samkoer::server
