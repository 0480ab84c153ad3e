#include "server/live_keys.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"

namespace samkoer::server {
namespace {

using crypto::AbslView;
constexpr crypto::OprfMode kMode = crypto::OprfMode::kVoprf;

}  // namespace

absl::StatusOr<crypto::Hash32> TestKey(const crypto::OprfKeyPair& pair) {
  const std::string_view input = crypto::kSelfTestInput;
  auto blinded = crypto::BlindBatch(kMode, std::span(&input, 1));
  if (!blinded.ok()) return blinded.status();
  auto evaluation =
      crypto::BlindEvaluateBatch(kMode, pair, blinded->blinded_elements());
  if (!evaluation.ok()) return evaluation.status();
  auto outputs = crypto::FinalizeBatch(kMode, std::span(&input, 1), *blinded,
                                       evaluation->evaluated_elements,
                                       evaluation->proof, pair.public_key);
  if (!outputs.ok()) {
    return absl::InternalError(
        absl::StrCat("self-test: ", outputs.status().message()));
  }
  auto direct = crypto::Evaluate(kMode, pair, input);
  if (!direct.ok()) return direct.status();
  if (outputs->size() != 1 || !(outputs->front() == *direct)) {
    return absl::InternalError("self-test: two ways give two outputs");
  }
  return crypto::SelfTestDigest(*direct);
}

absl::StatusOr<LiveKeys> LiveKeys::Derive(const OprfKeyring& keyring) {
  LiveKeys keys;
  for (const OprfSeed& seed : keyring.seeds()) {
    if (seed.state != KeyState::kActive) {
      keys.retired_.emplace_back(seed.purpose, seed.epoch);
      continue;
    }
    auto pair = crypto::DeriveKeyPair(
        kMode, seed.seed,
        absl::StrCat("samkoer/v1/", seed.purpose, "/", seed.epoch));
    if (!pair.ok()) return pair.status();
    auto self_test = TestKey(*pair);
    if (!self_test.ok()) return self_test.status();
    keys.keys_.push_back(
        {seed.purpose, seed.epoch, seed.closes_on, *pair, *self_test});
  }
  if (keys.keys_.empty()) {
    return absl::FailedPreconditionError("the keyring holds no live OPRF key");
  }
  return keys;
}

bool LiveKeys::IsRetired(std::string_view purpose, std::uint32_t epoch) const {
  for (const auto& [of, number] : retired_) {
    if (of == purpose && number == epoch) return true;
  }
  return false;
}

const LiveKey* LiveKeys::Find(std::string_view purpose,
                              std::uint32_t epoch) const {
  for (const LiveKey& key : keys_) {
    if (key.purpose == purpose && key.epoch == epoch) return &key;
  }
  return nullptr;
}

std::vector<const LiveKey*> LiveKeys::Of(std::string_view purpose) const {
  std::vector<const LiveKey*> found;
  for (const LiveKey& key : keys_) {
    if (key.purpose == purpose) found.push_back(&key);
  }
  return found;
}

std::string PinnedKeysYaml(const std::vector<const LiveKey*>& keys) {
  const auto base64 = [](const auto& bytes) {
    return absl::Base64Escape(AbslView(crypto::AsText(bytes)));
  };
  std::string yaml = "oprf_keys:\n";
  for (const LiveKey* key : keys) {
    absl::StrAppend(&yaml, "  - epoch: ", key->epoch, "\n    public_key: \"",
                    base64(key->pair.public_key), "\"\n    self_test: \"",
                    base64(key->self_test), "\"\n");
    if (!key->closes_on.empty()) {
      absl::StrAppend(&yaml, "    closes_on: \"", key->closes_on, "\"\n");
    }
  }
  return yaml;
}

}  // namespace samkoer::server
