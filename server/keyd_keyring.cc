#include "server/keyd_keyring.h"

#include <utility>

#include "server/oprf_keyring.h"

namespace samkoer::server {

absl::StatusOr<OpenKeyring> MakeKeyring(const v1::KeydConfig& config,
                                        std::string_view purpose,
                                        crypto::SealStrength strength) {
  auto passphrase = crypto::ReadPassphrase(config.passphrase());
  if (!passphrase.ok()) return passphrase.status();
  auto keyring = storage::Keyring::Generate(storage::StoreKind::kKeyd,
                                            config.municipality());
  if (!keyring.ok()) return keyring.status();
  OprfKeyring seeds;
  if (auto epoch = seeds.AddEpoch(purpose); !epoch.ok()) return epoch.status();
  auto keys = LiveKeys::Derive(seeds);
  if (!keys.ok()) return keys.status();
  keyring->extra = seeds.Encode();
  if (absl::Status status = keyring->Save(config.keyring_file(), *passphrase,
                                          strength, /*replace=*/false);
      !status.ok()) {
    return status;
  }
  return OpenKeyring{*std::move(keyring), *std::move(keys)};
}

absl::StatusOr<OpenKeyring> LoadKeyring(const v1::KeydConfig& config) {
  auto passphrase = crypto::ReadPassphrase(config.passphrase());
  if (!passphrase.ok()) return passphrase.status();
  return LoadKeyring(config, *passphrase);
}

absl::StatusOr<OpenKeyring> LoadKeyring(
    const v1::KeydConfig& config, const crypto::SecretBuffer& passphrase) {
  auto keyring = storage::Keyring::Load(config.keyring_file(),
                                        storage::StoreKind::kKeyd, passphrase);
  if (!keyring.ok()) return keyring.status();
  auto seeds = OprfKeyring::Decode(keyring->extra.Expose());
  if (!seeds.ok()) return seeds.status();
  auto keys = LiveKeys::Derive(*seeds);
  if (!keys.ok()) return keys.status();
  return OpenKeyring{*std::move(keyring), *std::move(keys)};
}

}  // namespace samkoer::server
