#include "server/config.h"

#include <filesystem>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "crypto/absl_view.h"
#include "crypto/cosignature.h"
#include "crypto/encrypted_file.h"
#include "matcher/alarm_thresholds.h"
#include "proto/limits.h"
#include "proto/yaml/yaml_message.h"
#include "server/backup_limits.h"
#include "server/file_text.h"
#include "server/identity.h"
#include "server/limits.h"

namespace samkoer::server {
namespace {

using crypto::AbslView;

// The largest configuration that is read: as the YAML reader's own limit.
constexpr std::size_t kMaxConfigBytes = 1024 * 1024;
// Persons of one department: far more than there are in the country.
constexpr std::uint64_t kMaxDepartmentPersons = 100'000'000;

// Where an error stands: the text and its name.
class Source {
 public:
  Source(std::string_view text, const std::string& path)
      : text_(text), path_(path) {}

  absl::Status Error(std::string_view field, std::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(proto::LocateYaml(text_, path_, field), ": ",
                     AbslView(field), ": ", AbslView(what)));
  }
  std::string Absolute(const std::string& path) const {
    if (path.empty()) return path;
    return (std::filesystem::absolute(path_).parent_path() / path)
        .lexically_normal()
        .string();
  }

 private:
  std::string_view text_;
  std::string path_;
};

absl::Status CheckAddress(const Source& source, std::string_view field,
                          std::string_view address) {
  const std::size_t colon = address.rfind(':');
  int port = -1;
  if (colon == std::string_view::npos || colon == 0 ||
      !absl::SimpleAtoi(std::string(address.substr(colon + 1)), &port) ||
      port < 0 || port > 65535) {
    return source.Error(field, "expected \"host:port\"");
  }
  return absl::OkStatus();
}

// Makes one path absolute; an error if it is empty.
absl::Status ResolvePath(const Source& source, std::string_view field,
                         std::string& path) {
  if (path.empty()) return source.Error(field, "missing");
  path = source.Absolute(path);
  return absl::OkStatus();
}

absl::Status ResolvePassphrase(const Source& source, std::string& passphrase) {
  constexpr std::string_view kFile = "file:";
  if (passphrase.starts_with(kFile) && passphrase.size() > kFile.size()) {
    passphrase =
        absl::StrCat("file:", source.Absolute(passphrase.substr(kFile.size())));
    return absl::OkStatus();
  }
  if (passphrase.starts_with("fd:") || passphrase.starts_with("credential:")) {
    return absl::OkStatus();
  }
  // Its text may be a passphrase written in the wrong place: not repeated.
  return source.Error("passphrase",
                      "expected \"file:PATH\", \"fd:N\" or "
                      "\"credential:NAME\", never the passphrase itself");
}

absl::Status CheckTls(const Source& source, v1::ServerTls& tls) {
  absl::Status status = CheckAddress(source, "tls.listen", tls.listen());
  status.Update(ResolvePath(source, "tls.ca_file", *tls.mutable_ca_file()));
  status.Update(ResolvePath(source, "tls.certificate_file",
                            *tls.mutable_certificate_file()));
  status.Update(ResolvePath(source, "tls.key_file", *tls.mutable_key_file()));
  tls.set_revoked_file(source.Absolute(tls.revoked_file()));
  return status;
}

// Where a path leads, through the links that there are; absolute.
std::filesystem::path Resolved(const std::string& path) {
  std::error_code error;
  const auto resolved = std::filesystem::weakly_canonical(path, error);
  return (error ? std::filesystem::path(path) : resolved).lexically_normal();
}

// Whether a path lies in a folder, or is it; both absolute.
bool LiesIn(const std::string& path, const std::string& folder) {
  const std::filesystem::path inner = Resolved(path) / "";
  const std::filesystem::path outer = Resolved(folder) / "";
  return inner.string().starts_with(outer.string());
}

// Whether two paths are one file, also by a hard link.
bool SameFile(const std::string& a, const std::string& b) {
  std::error_code missing;
  return Resolved(a) == Resolved(b) ||
         std::filesystem::equivalent(a, b, missing);
}

// Only if it is there; `data_dir` is absolute.
template <typename Config>
absl::Status CheckBackup(const Source& source, Config& config) {
  if (!config.has_backup()) return absl::OkStatus();
  v1::BackupConfig& backup = *config.mutable_backup();
  absl::Status status =
      ResolvePath(source, "backup.folder", *backup.mutable_folder());
  backup.set_keyring_copy(source.Absolute(backup.keyring_copy()));
  if (LiesIn(backup.folder(), config.data_dir()) ||
      LiesIn(config.data_dir(), backup.folder())) {
    status.Update(source.Error("backup.folder",
                               "must lie outside data_dir, and not "
                               "around it"));
  }
  const std::string& copy = backup.keyring_copy();
  if (!copy.empty() &&
      (LiesIn(copy, backup.folder()) || LiesIn(copy, config.data_dir()) ||
       SameFile(copy, config.keyring_file()))) {
    status.Update(source.Error("backup.keyring_copy",
                               "must lie apart from the backups, the store "
                               "and the keyring"));
  }
  if (const auto key = crypto::EncryptionKey::Parse(backup.public_key());
      !key.ok()) {
    status.Update(
        source.Error("backup.public_key", std::string(key.status().message())));
  }
  if (backup.every_hours() > kMaxBackupHours) {
    status.Update(
        source.Error("backup.every_hours",
                     absl::StrCat("expected 0 (never) to ", kMaxBackupHours)));
  }
  if (backup.keep() == 0) backup.set_keep(kDefaultBackups);
  if (backup.keep() > kMaxBackups) {
    status.Update(source.Error("backup.keep",
                               absl::StrCat("expected 1 to ", kMaxBackups)));
  }
  return status;
}

// What both configurations have.
template <typename Config>
absl::Status CheckShared(const Source& source, Config& config) {
  absl::Status status = CheckTls(source, *config.mutable_tls());
  status.Update(
      ResolvePath(source, "keyring_file", *config.mutable_keyring_file()));
  status.Update(ResolvePassphrase(source, *config.mutable_passphrase()));
  status.Update(ResolvePath(source, "data_dir", *config.mutable_data_dir()));
  status.Update(ResolvePath(source, "checkpoint_file",
                            *config.mutable_checkpoint_file()));
  if (!config.metrics_listen().empty()) {
    status.Update(
        CheckAddress(source, "metrics_listen", config.metrics_listen()));
  }
  if (config.kek_rotation_days() > kMaxKekRotationDays) {
    status.Update(source.Error(
        "kek_rotation_days",
        absl::StrCat("expected 0 (never) to ", kMaxKekRotationDays)));
  }
  const std::string& level = config.log_level();
  const std::set<std::string> levels = {"",     "trace",   "debug",
                                        "info", "warning", "error"};
  if (!levels.contains(level)) {
    status.Update(source.Error(
        "log_level", "expected trace, debug, info, warning or error"));
  }
  if (status.ok()) status = CheckBackup(source, config);
  return status;
}

// `municipality` empty: any.
template <typename Config>
absl::Status CheckWitnesses(const Source& source, const Config& config,
                            std::string_view municipality) {
  if (config.witnesses_size() > kMaxWitnesses) {
    return source.Error("witnesses", absl::StrCat("at most ", kMaxWitnesses));
  }
  std::set<std::string> subjects, names;
  for (int i = 0; i < config.witnesses_size(); ++i) {
    const v1::WitnessConfig& witness = config.witnesses(i);
    const std::string field = absl::StrCat("witnesses[", i, "]");
    const auto identity = ParseIdentityUri(witness.subject());
    if (!identity.ok() || identity->role != Role::kWitness ||
        (!municipality.empty() && identity->municipality != municipality)) {
      return source.Error(field + ".subject",
                          "expected samkoer://municipality/witness/name, of "
                          "this installation's municipality");
    }
    const auto key = crypto::CosignatureVerifier::Parse(witness.verifier_key());
    if (!key.ok()) {
      return source.Error(field + ".verifier_key",
                          std::string(key.status().message()));
    }
    if (!subjects.insert(witness.subject()).second ||
        !names.insert(key->name()).second) {
      return source.Error(field, "stands here twice");
    }
  }
  if (config.witness_hours() > kMaxWitnessHours) {
    return source.Error("witness_hours", absl::StrCat("expected 0 (never) to ",
                                                      kMaxWitnessHours));
  }
  if (config.witness_hours() > 0 && config.witnesses().empty()) {
    return source.Error("witness_hours", "needs a witness in witnesses");
  }
  return absl::OkStatus();
}

absl::Status CheckKeys(const Source& source, const v1::MatcherdConfig& config) {
  if (config.oprf_keys().empty()) {
    return source.Error("oprf_keys",
                        "missing; samkoer-keyd public prints them");
  }
  std::uint32_t last = 0;
  for (int i = 0; i < config.oprf_keys_size(); ++i) {
    const v1::PinnedKey& key = config.oprf_keys(i);
    const std::string field = absl::StrCat("oprf_keys[", i, "]");
    if (key.epoch() <= last) {
      return source.Error(field + ".epoch", "epochs start at 1 and ascend");
    }
    last = key.epoch();
    if (key.public_key().size() != 32) {
      return source.Error(field + ".public_key", "expected 32 bytes, base64");
    }
    if (key.self_test().size() != proto::kSelfTestBytes) {
      return source.Error(field + ".self_test", "expected 32 bytes, base64");
    }
  }
  for (int i = 0; i < config.oprf_keys_size(); ++i) {
    const std::string& day = config.oprf_keys(i).closes_on();
    const bool newest = i + 1 == config.oprf_keys_size();
    const std::string field = absl::StrCat("oprf_keys[", i, "].closes_on");
    if (newest != day.empty()) {
      return source.Error(field, newest ? "the newest key has none"
                                        : "missing; samkoer-keyd public says "
                                          "on which day its window ends");
    }
    absl::CivilDay parsed;
    if (!newest && (day.size() != 10 || !absl::ParseCivilTime(day, &parsed))) {
      return source.Error(field, "expected YYYY-MM-DD");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPortals(const Source& source,
                          const v1::MatcherdConfig& config) {
  if (config.portals_size() > kMaxPortals) {
    return source.Error("portals", absl::StrCat("at most ", kMaxPortals));
  }
  for (int i = 0; i < config.portals_size(); ++i) {
    const auto identity = ParseIdentityUri(config.portals(i));
    if (!identity.ok() || identity->role != Role::kCoordinator) {
      return source.Error(absl::StrCat("portals[", i, "]"),
                          "expected samkoer://municipality/coordinator/name");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckQuotas(const Source& source, const v1::KeydConfig& config) {
  std::set<std::string> subjects;
  for (int i = 0; i < config.quotas_size(); ++i) {
    const v1::QuotaConfig& quota = config.quotas(i);
    const std::string field = absl::StrCat("quotas[", i, "]");
    if (quota.subject() != "department" &&
        quota.subject() != "privacy-officer" &&
        !ParseIdentityUri(quota.subject()).ok()) {
      return source.Error(field + ".subject",
                          "expected department, privacy-officer or a URI "
                          "samkoer://municipality/role/name");
    }
    if (!subjects.insert(quota.subject()).second) {
      return source.Error(field + ".subject", "stands here twice");
    }
    if (quota.burst() == 0) return source.Error(field + ".burst", "is zero");
  }
  return absl::OkStatus();
}

absl::Status CheckAlarms(const Source& source, const v1::KeydConfig& config) {
  if (const auto error = matcher::FindThresholdError(config.alarms())) {
    return source.Error("alarms." + error->field, error->problem);
  }
  std::set<std::string> departments;
  for (int i = 0; i < config.department_sizes_size(); ++i) {
    const v1::DepartmentSize& size = config.department_sizes(i);
    const std::string field = absl::StrCat("department_sizes[", i, "]");
    if (!ParseIdentityUri(absl::StrCat("samkoer://", config.municipality(),
                                       "/department/", size.department()))
             .ok()) {
      return source.Error(field + ".department",
                          "expected the department's id, as in its "
                          "certificate");
    }
    if (!departments.insert(size.department()).second) {
      return source.Error(field + ".department", "stands here twice");
    }
    if (size.persons() == 0 || size.persons() > kMaxDepartmentPersons) {
      return source.Error(
          field + ".persons",
          absl::StrCat("expected 1 to ", kMaxDepartmentPersons));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::MatcherdConfig> ParseMatcherdConfig(
    std::string_view text, const std::string& path) {
  v1::MatcherdConfig config;
  absl::Status status = proto::ParseYaml(text, path, config);
  if (!status.ok()) return status;
  const Source source(text, path);
  status.Update(CheckShared(source, config));
  status.Update(
      ResolvePath(source, "policy_file", *config.mutable_policy_file()));
  status.Update(CheckKeys(source, config));
  status.Update(CheckWitnesses(source, config, ""));
  status.Update(CheckPortals(source, config));
  if (!status.ok()) return status;
  return config;
}

absl::StatusOr<v1::KeydConfig> ParseKeydConfig(std::string_view text,
                                               const std::string& path) {
  v1::KeydConfig config;
  absl::Status status = proto::ParseYaml(text, path, config);
  if (!status.ok()) return status;
  const Source source(text, path);
  status.Update(CheckShared(source, config));
  // The municipality's grammar is the one of certificates.
  if (!ParseIdentityUri(
           absl::StrCat("samkoer://", config.municipality(), "/operator/x"))
           .ok()) {
    status.Update(source.Error("municipality",
                               "expected 1 to 64 bytes of a-z, 0-9 and '-'"));
  }
  status.Update(CheckQuotas(source, config));
  if (status.ok()) status.Update(CheckAlarms(source, config));
  status.Update(CheckWitnesses(source, config, config.municipality()));
  if (!status.ok()) return status;
  return config;
}

absl::StatusOr<v1::MatcherdConfig> ReadMatcherdConfig(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFileText(path, kMaxConfigBytes);
  if (!text.ok()) return text.status();
  return ParseMatcherdConfig(*text, path);
}

absl::StatusOr<v1::KeydConfig> ReadKeydConfig(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFileText(path, kMaxConfigBytes);
  if (!text.ok()) return text.status();
  return ParseKeydConfig(*text, path);
}

}  // namespace samkoer::server
