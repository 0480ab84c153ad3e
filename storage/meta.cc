#include "storage/meta.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "storage/coding.h"
#include "storage/key_layout.h"

namespace samkoer::storage {
namespace {

constexpr std::string_view kSecretsWord = "secrets";

std::string EncodeIdentity(const StoreIdentity& identity) {
  std::string value;
  PutU32(value, kFormatVersion);
  PutU8(value, static_cast<std::uint8_t>(identity.kind));
  PutString16(value, identity.municipality);
  PutString16(value, identity.purpose);
  return value;
}

absl::StatusOr<StoreIdentity> DecodeIdentity(std::string_view value) {
  ByteReader reader(value);
  const std::uint32_t version = reader.U32();
  if (reader.ok() && version != kFormatVersion) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the store has format version ", version, ", this program knows ",
        kFormatVersion, "; run the version that wrote it"));
  }
  StoreIdentity identity;
  identity.kind = static_cast<StoreKind>(reader.U8());
  identity.municipality = std::string(reader.String16());
  identity.purpose = std::string(reader.String16());
  const bool kind_known =
      identity.kind == StoreKind::kMatcher || identity.kind == StoreKind::kKeyd;
  if (!reader.Done() || !kind_known) {
    return absl::DataLossError("the store's identity is damaged");
  }
  return identity;
}

absl::Status CheckIdentity(const StoreIdentity& found,
                           const StoreIdentity& expected) {
  const auto differs = [](absl::string_view what, std::string_view has,
                          std::string_view wants) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the store's ", what, " is \"", crypto::AbslView(has), "\", not \"",
        crypto::AbslView(wants), "\"; check data_dir and the configuration"));
  };
  if (found.kind != expected.kind) {
    return differs("kind", KindName(found.kind), KindName(expected.kind));
  }
  if (found.municipality != expected.municipality) {
    return differs("municipality", found.municipality, expected.municipality);
  }
  if (found.purpose != expected.purpose) {
    return differs("purpose", found.purpose, expected.purpose);
  }
  return absl::OkStatus();
}

// There is no identity: an empty store, or not one of ours.
absl::Status NoIdentity(const Reader& reader) {
  bool empty = true;
  const absl::Status status =
      reader.Scan("", "", [&](std::string_view, std::string_view) {
        empty = false;
        return false;
      });
  if (!status.ok()) return status;
  if (empty) return absl::NotFoundError("the store is empty");
  return absl::DataLossError(
      "the store has data but does not say what it is; it is not a store of "
      "this program, or it is damaged");
}

bool IsPurpose(std::string_view purpose) {
  return purpose.size() <= 64 &&
         std::all_of(purpose.begin(), purpose.end(),
                     [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

}  // namespace

absl::StatusOr<StoreMeta> StageNewMeta(WriteBatch& batch,
                                       const ValueSealer& sealer,
                                       const StoreIdentity& identity) {
  if (!IsMunicipalityName(identity.municipality)) {
    return absl::InvalidArgumentError(
        "the municipality's name must be 1 to 64 of A-Z a-z 0-9 . _ -");
  }
  if (!IsPurpose(identity.purpose)) {
    return absl::InvalidArgumentError(
        "the purpose must have at most 64 bytes and no control characters");
  }
  StoreMeta meta{identity, crypto::HashKey::Random()};
  const std::string identity_value = EncodeIdentity(identity);

  crypto::SecretBuffer secrets(64);
  const auto digest = crypto::Sha256(crypto::AsBytes(identity_value));
  std::copy(digest.begin(), digest.end(), secrets.ExposeMutable().begin());
  const auto key = meta.index_key.Expose();
  std::copy(key.begin(), key.end(), secrets.ExposeMutable().begin() + 32);

  const std::string secrets_key = MetaKey(kSecretsWord);
  batch.Put(MetaKey(kIdentityWord), identity_value);
  batch.Put(secrets_key, sealer.Seal(secrets_key, secrets.Expose()));
  return meta;
}

absl::StatusOr<StoreMeta> LoadMeta(const Reader& reader,
                                   const ValueSealer& sealer,
                                   const StoreIdentity& expected) {
  const auto identity_value = reader.Get(MetaKey(kIdentityWord));
  if (absl::IsNotFound(identity_value.status())) return NoIdentity(reader);
  if (!identity_value.ok()) return identity_value.status();
  const auto identity = DecodeIdentity(*identity_value);
  if (!identity.ok()) return identity.status();
  if (auto status = CheckIdentity(*identity, expected); !status.ok()) {
    return status;
  }

  const std::string secrets_key = MetaKey(kSecretsWord);
  const auto sealed = reader.Get(secrets_key);
  if (absl::IsNotFound(sealed.status())) {
    return absl::DataLossError("the store has lost its secrets");
  }
  if (!sealed.ok()) return sealed.status();
  const auto secrets = sealer.OpenSecret(secrets_key, *sealed);
  if (!secrets.ok()) return secrets.status();

  ByteReader fields(secrets->Expose());
  crypto::Hash32 digest;
  StoreMeta meta;
  fields.Fill(digest);
  fields.Fill(meta.index_key.ExposeMutable());
  if (!fields.Done() ||
      digest != crypto::Sha256(crypto::AsBytes(*identity_value))) {
    return absl::DataLossError(
        "the store's identity was changed after the store was made");
  }
  meta.identity = *identity;
  return meta;
}

}  // namespace samkoer::storage
