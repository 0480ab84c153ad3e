#include "server/tls.h"

#include <openssl/crypto.h>

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/certificate_check.h"
#include "server/exit_codes.h"
#include "server/file_text.h"
#include "server/limits.h"
#include "server/revocation.h"

namespace samkoer::server {
namespace {

// A file that `setting` names.
absl::StatusOr<std::string> ReadPem(const std::string& path,
                                    std::string_view setting,
                                    FileReaders readers) {
  absl::StatusOr<std::string> text = ReadFileText(path, kMaxPemBytes, readers);
  if (text.ok()) return text;
  std::string hint(setting);
  if (absl::IsNotFound(text.status())) {
    hint += " names this file; relative paths start at the configuration";
  } else if (absl::IsPermissionDenied(text.status())) {
    hint += readers == FileReaders::kOwnerOnly
                ? " must be the service's user's own: chown it and chmod 600 "
                : " must be readable by the service's user: ";
    hint += path;
  } else {
    hint += " names this file";
  }
  return WithHint(text.status(), hint);
}

}  // namespace

ServerPems::~ServerPems() { OPENSSL_cleanse(key.data(), key.size()); }

absl::StatusOr<ServerPems> LoadServerPems(const v1::ServerTls& tls,
                                          absl::Time now) {
  ServerPems pems;
  auto ca = ReadPem(tls.ca_file(), "tls.ca_file", FileReaders::kAny);
  if (!ca.ok()) return ca.status();
  pems.ca = *std::move(ca);
  auto chain = ReadPem(tls.certificate_file(), "tls.certificate_file",
                       FileReaders::kAny);
  if (!chain.ok()) return chain.status();
  pems.chain = *std::move(chain);
  auto key = ReadPem(tls.key_file(), "tls.key_file", FileReaders::kOwnerOnly);
  if (!key.ok()) return key.status();
  pems.key = *std::move(key);
  const PemFile chain_file{tls.certificate_file(), pems.chain};
  const auto not_after =
      CheckServerCertificate(chain_file, {tls.ca_file(), pems.ca}, now);
  if (!not_after.ok()) return not_after.status();
  pems.not_after = *not_after;
  const absl::Status fits =
      CheckKeyFits({tls.key_file(), pems.key}, chain_file);
  if (!fits.ok()) return fits;
  return pems;
}

absl::StatusOr<std::string> CheckTls(const v1::ServerTls& tls, absl::Time now) {
  const auto pems = LoadServerPems(tls, now);
  if (!pems.ok()) return pems.status();
  const auto revoked = RevocationList::Load(tls.revoked_file());
  if (!revoked.ok()) {
    return WithHint(revoked.status(),
                    "tls.revoked_file names this file; an empty one revokes "
                    "nobody");
  }
  return absl::StrCat(
      "certificate valid until ",
      absl::FormatTime("%Y-%m-%d", pems->not_after, absl::UTCTimeZone()), "; ",
      (*revoked)->size(), " certificates revoked");
}

}  // namespace samkoer::server
