#include "clients/audit/witness_config.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/client_config.h"
#include "clients/common/private_file.h"
#include "crypto/base64.h"
#include "crypto/secret.h"
#include "crypto/signed_note.h"
#include "proto/metrics_address.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::clients {
namespace {

constexpr std::uint32_t kUsualInterval = 900;
constexpr std::uint32_t kShortestInterval = 10;
constexpr std::uint32_t kLongestInterval = 86'400;
constexpr std::string_view kPrivate = "PRIVATE+KEY+";
constexpr std::size_t kSeedBytes = 32;

// What the file's name of a log may be.
bool IsLogName(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

absl::Status BadSetting(const std::string& path, std::string_view key,
                        std::string_view what) {
  return absl::FailedPreconditionError(Cat(path, ": ", key, ": ", what));
}

absl::Status CheckLog(const std::string& path, const v1::WitnessedLog& log,
                      const std::string& key) {
  if (!IsLogName(log.name())) {
    return BadSetting(path, key + ".name", "1 to 64 of a-z, 0-9 and '-'");
  }
  const std::pair<const char*, const std::string*> required[] = {
      {".server.address", &log.server().address()},
      {".tls.ca_file", &log.tls().ca_file()},
      {".tls.certificate_file", &log.tls().certificate_file()},
      {".tls.key_file", &log.tls().key_file()},
      {".log_verifier_key", &log.log_verifier_key()},
  };
  for (const auto& [word, value] : required) {
    if (value->empty()) return MissingSetting(path, key + word);
  }
  const auto verifier = crypto::NoteVerifier::Parse(log.log_verifier_key());
  if (!verifier.ok()) {
    return BadSetting(path, key + ".log_verifier_key",
                      View(verifier.status().message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::WitnessServiceConfig> LoadWitnessConfig(
    const std::string& path) {
  v1::WitnessServiceConfig config;
  if (absl::Status s = proto::ReadYamlFile(path, config); !s.ok()) {
    return absl::IsInvalidArgument(s)
               ? absl::FailedPreconditionError(s.message())
               : s;
  }
  if (config.key_file().empty()) return MissingSetting(path, "key_file");
  if (config.state_dir().empty()) return MissingSetting(path, "state_dir");
  if (config.interval_seconds() == 0) {
    config.set_interval_seconds(kUsualInterval);
  }
  if (config.interval_seconds() < kShortestInterval ||
      config.interval_seconds() > kLongestInterval) {
    return BadSetting(path, "interval_seconds", "expected 10 to 86,400");
  }
  if (!config.metrics_listen().empty()) {
    const absl::Status s = proto::CheckMetricsAddress(config.metrics_listen());
    if (!s.ok()) {
      return absl::FailedPreconditionError(Cat(path, ": ", View(s.message())));
    }
  }
  std::set<std::string> names;
  for (int i = 0; i < config.logs_size(); ++i) {
    const std::string key = Cat("logs[", i, "]");
    if (absl::Status s = CheckLog(path, config.logs(i), key); !s.ok()) return s;
    if (!names.insert(config.logs(i).name()).second) {
      return BadSetting(path, key + ".name", "stands here twice");
    }
  }
  config.set_key_file(ResolvePath(path, config.key_file()));
  config.set_state_dir(ResolvePath(path, config.state_dir()));
  return config;
}

absl::StatusOr<crypto::CosignatureSigner> MakeWitnessKey(
    const std::string& path, const std::string& name) {
  const auto seed = crypto::SecretArray<kSeedBytes>::Random();
  auto signer = crypto::CosignatureSigner::FromSeed(name, seed);
  if (!signer.ok()) return signer.status();
  const std::string verifier_key = signer->VerifierKey();
  // The hash is the verifier key's: the same key's name for people.
  const std::string hash = verifier_key.substr(name.size() + 1, 8);
  crypto::SecretBuffer typed(1 + kSeedBytes);
  typed.ExposeMutable()[0] =
      static_cast<std::uint8_t>(crypto::NoteKeyType::kCosignatureV1);
  std::copy(seed.Expose().begin(), seed.Expose().end(),
            typed.ExposeMutable().begin() + 1);
  std::string line = Cat(kPrivate, name, "+", hash, "+",
                         crypto::EncodeBase64(typed.Expose()), "\n");
  const absl::Status written = WriteNewPrivateFile(path, line);
  sodium_memzero(line.data(), line.size());
  if (!written.ok()) return written;
  return signer;
}

absl::StatusOr<crypto::CosignatureSigner> LoadWitnessKey(
    const std::string& path) {
  absl::StatusOr<std::string> text =
      ReadSmallFile(path, 1024, FileReaders::kOwnerOnly);
  if (absl::IsNotFound(text.status())) {
    return WithHint(text.status(), "samkoer-audit witness init makes the key");
  }
  if (!text.ok()) return text.status();
  const absl::Status malformed =
      absl::FailedPreconditionError(Cat(path, ": not the key of a witness"));
  std::string_view rest = *text;
  if (!rest.starts_with(kPrivate) || !rest.ends_with('\n')) return malformed;
  rest.remove_prefix(kPrivate.size());
  rest.remove_suffix(1);
  const std::size_t name_end = rest.find('+');
  if (name_end == std::string_view::npos) return malformed;
  const std::size_t hash_end = rest.find('+', name_end + 1);
  if (hash_end == std::string_view::npos) return malformed;
  const std::string name(rest.substr(0, name_end));
  crypto::SecretBuffer typed(1 + kSeedBytes);
  const bool decoded = crypto::DecodeBase64Into(rest.substr(hash_end + 1),
                                                typed.ExposeMutable());
  const std::string hash(rest.substr(name_end + 1, hash_end - name_end - 1));
  sodium_memzero(text->data(), text->size());
  if (!decoded ||
      typed.Expose()[0] !=
          static_cast<std::uint8_t>(crypto::NoteKeyType::kCosignatureV1)) {
    return malformed;
  }
  const crypto::SecretArray<kSeedBytes> seed(
      typed.Expose().subspan(1).first<kSeedBytes>());
  auto signer = crypto::CosignatureSigner::FromSeed(name, seed);
  if (!signer.ok() ||
      signer->VerifierKey().substr(name.size() + 1, 8) != hash) {
    return malformed;
  }
  return signer;
}

}  // namespace samkoer::clients
