#include "storage/keyring.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "crypto/absl_view.h"
#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::string_view kMagic = "samkoer-keyring";
constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kVersionWithoutTimes = 1;
constexpr std::size_t kMaxExtraBytes = std::size_t{1} << 20;
constexpr std::size_t kKeyBytes = 32;

std::string FileLabel(StoreKind kind) {
  return absl::StrCat(crypto::AbslView(KindName(kind)), "-keyring");
}

absl::Status Malformed() {
  return absl::DataLossError("the keyring is malformed; restore its backup");
}

}  // namespace

absl::StatusOr<Keyring> Keyring::Generate(StoreKind kind,
                                          std::string_view municipality) {
  if (!IsMunicipalityName(municipality)) {
    return absl::InvalidArgumentError(
        "the municipality's name must be 1 to 64 of A-Z a-z 0-9 . _ -");
  }
  Keyring keyring;
  keyring.kind = kind;
  keyring.municipality = std::string(municipality);
  keyring.note_seed = crypto::SecretArray<32>::Random();
  if (kind == StoreKind::kMatcher) {
    keyring.match_key = crypto::HashKey::Random();
  }
  keyring.AddKek(absl::Now());
  return keyring;
}

void Keyring::AddKek(absl::Time now) {
  current_generation = keks.empty() ? 1 : keks.rbegin()->first + 1;
  keks.emplace(current_generation, crypto::SealKey::Random());
  kek_since_micros[current_generation] = absl::ToUnixMicros(now);
}

void Keyring::DropOlderKeks() {
  const auto older = [this](const auto& entry) {
    return entry.first != current_generation;
  };
  std::erase_if(keks, older);
  std::erase_if(kek_since_micros, older);
}

absl::Time Keyring::CurrentSince() const {
  const auto found = kek_since_micros.find(current_generation);
  return found == kek_since_micros.end() ? absl::InfinitePast()
                                         : absl::FromUnixMicros(found->second);
}

crypto::SecretBuffer Keyring::Encode() const {
  // Reserved in full, so that no growth leaves a copy behind unwiped.
  const std::size_t size = kMagic.size() + 1 + 1 + 2 + municipality.size() +
                           2 * kKeyBytes + 2 + keks.size() * (12 + kKeyBytes) +
                           4 + 4 + extra.size();
  std::string plain;
  plain.reserve(size);
  plain.append(kMagic);
  PutU8(plain, kVersion);
  PutU8(plain, static_cast<std::uint8_t>(kind));
  PutString16(plain, municipality);
  PutBytes(plain, note_seed.Expose());
  PutBytes(plain, match_key.Expose());
  PutU16(plain, static_cast<std::uint16_t>(keks.size()));
  for (const auto& [generation, key] : keks) {
    PutU32(plain, generation);
    const auto since = kek_since_micros.find(generation);
    PutU64(plain, since == kek_since_micros.end()
                      ? 0
                      : static_cast<std::uint64_t>(since->second));
    PutBytes(plain, key.Expose());
  }
  PutU32(plain, current_generation);
  PutU32(plain, static_cast<std::uint32_t>(extra.size()));
  PutBytes(plain, extra.Expose());
  crypto::SecretBuffer encoded(crypto::AsBytes(plain));
  sodium_memzero(plain.data(), plain.size());
  return encoded;
}

absl::StatusOr<Keyring> Keyring::Decode(crypto::Bytes plaintext) {
  ByteReader reader(plaintext);
  if (reader.Text(kMagic.size()) != kMagic) return Malformed();
  const std::uint8_t version = reader.U8();
  if (reader.ok() && version != kVersion && version != kVersionWithoutTimes) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the keyring has format version ", version, ", this program knows ",
        kVersion, "; run the version that wrote it"));
  }
  Keyring keyring;
  keyring.kind = static_cast<StoreKind>(reader.U8());
  keyring.municipality = std::string(reader.String16());
  reader.Fill(keyring.note_seed.ExposeMutable());
  reader.Fill(keyring.match_key.ExposeMutable());
  for (unsigned n = reader.U16(); n > 0 && reader.ok(); --n) {
    const std::uint32_t generation = reader.U32();
    if (version != kVersionWithoutTimes) {
      const auto since = static_cast<std::int64_t>(reader.U64());
      if (since != 0) keyring.kek_since_micros[generation] = since;
    }
    reader.Fill(keyring.keks[generation].ExposeMutable());
  }
  keyring.current_generation = reader.U32();
  const std::uint32_t extra_size = reader.U32();
  if (extra_size > kMaxExtraBytes) return Malformed();
  keyring.extra =
      crypto::SecretBuffer(crypto::AsBytes(reader.Text(extra_size)));
  const bool kind_known =
      keyring.kind == StoreKind::kMatcher || keyring.kind == StoreKind::kKeyd;
  if (!reader.Done() || !kind_known ||
      !IsMunicipalityName(keyring.municipality) ||
      !keyring.keks.contains(keyring.current_generation)) {
    return Malformed();
  }
  return keyring;
}

absl::Status Keyring::Save(const std::string& path,
                           const crypto::SecretBuffer& passphrase,
                           crypto::SealStrength strength, bool replace) const {
  if (extra.size() > kMaxExtraBytes) {
    return absl::InvalidArgumentError("the keyring holds more than 1 MiB");
  }
  return crypto::WriteSealedFile(path, FileLabel(kind), passphrase,
                                 Encode().Expose(), strength, replace);
}

absl::StatusOr<Keyring> Keyring::Load(const std::string& path, StoreKind kind,
                                      const crypto::SecretBuffer& passphrase) {
  const auto plaintext =
      crypto::ReadSealedFile(path, FileLabel(kind), passphrase);
  if (!plaintext.ok()) return plaintext.status();
  auto keyring = Decode(plaintext->Expose());
  if (!keyring.ok()) return keyring.status();
  if (keyring->kind != kind) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is a keyring of the ",
                     crypto::AbslView(KindName(keyring->kind)), ", not of the ",
                     crypto::AbslView(KindName(kind))));
  }
  return keyring;
}

absl::StatusOr<ValueSealer> Keyring::Sealer() const {
  return ValueSealer::Create(keks, current_generation);
}

absl::StatusOr<crypto::NoteSigner> Keyring::Signer() const {
  return crypto::NoteSigner::FromSeed(LogOrigin(municipality, kind), note_seed);
}

}  // namespace samkoer::storage
