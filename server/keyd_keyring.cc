#include "server/keyd_keyring.h"

#include <functional>
#include <string>
#include <utility>

#include "server/oprf_keyring.h"
#include "storage/keyring_file.h"

namespace samkoer::server {
namespace {

// Reads the seeds under the file's lock, lets `change` say whether to write
// them again, and does.
absl::Status ChangeSeeds(
    const v1::KeydConfig& config, const crypto::SecretBuffer& passphrase,
    const std::function<absl::StatusOr<bool>(OprfKeyring&)>& change) {
  const std::string& path = config.keyring_file();
  const auto lock = storage::KeyringLock::Take(path);
  if (!lock.ok()) return lock.status();
  const auto strength = crypto::StrengthOfSealedFile(path);
  if (!strength.ok()) return strength.status();
  auto keyring =
      storage::Keyring::Load(path, storage::StoreKind::kKeyd, passphrase);
  if (!keyring.ok()) return keyring.status();
  auto seeds = OprfKeyring::Decode(keyring->extra.Expose());
  if (!seeds.ok()) return seeds.status();
  auto changed = change(*seeds);
  if (!changed.ok() || !*changed) return changed.status();
  // What does not work is not written.
  if (auto keys = LiveKeys::Derive(*seeds); !keys.ok()) return keys.status();
  keyring->extra = seeds->Encode();
  return keyring->Save(path, passphrase, *strength, /*replace=*/true);
}

}  // namespace

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

absl::StatusOr<OpenKeyring> RotateKeyring(const v1::KeydConfig& config,
                                          std::string_view purpose,
                                          const std::string& closes_on) {
  auto passphrase = crypto::ReadPassphrase(config.passphrase());
  if (!passphrase.ok()) return passphrase.status();
  absl::Status changed = ChangeSeeds(
      config, *passphrase, [&](OprfKeyring& seeds) -> absl::StatusOr<bool> {
        auto epoch = seeds.Rotate(purpose, closes_on);
        if (!epoch.ok()) return epoch.status();
        return true;
      });
  if (!changed.ok()) return changed;
  return LoadKeyring(config, *passphrase);
}

absl::StatusOr<std::size_t> DestroyDueSeeds(
    const v1::KeydConfig& config, const crypto::SecretBuffer& passphrase,
    std::string_view today) {
  std::size_t destroyed = 0;
  absl::Status changed = ChangeSeeds(
      config, passphrase, [&](OprfKeyring& seeds) -> absl::StatusOr<bool> {
        destroyed = seeds.DestroyDue(today);
        return destroyed != 0;
      });
  if (!changed.ok()) return changed;
  return destroyed;
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
