#include "server/tls.h"

#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <ctime>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "grpcpp/security/server_credentials.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/file_text.h"
#include "server/limits.h"

namespace samkoer::server {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(CONF* conf) const { NCONF_free(conf); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using BioPtr = std::unique_ptr<BIO, Free>;
using X509Ptr = std::unique_ptr<X509, Free>;

BioPtr Memory(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

absl::StatusOr<X509Ptr> FirstCertificate(const std::string& path,
                                         std::string_view pem) {
  X509Ptr certificate(
      PEM_read_bio_X509(Memory(pem).get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": no certificate in PEM form in this file"));
  }
  return certificate;
}

absl::StatusOr<absl::Time> ToTime(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    return absl::InvalidArgumentError("malformed time in the certificate");
  }
  return absl::FromTM(parts, absl::UTCTimeZone());
}

absl::StatusOr<std::string> ReadKey(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    return absl::PermissionDeniedError(
        absl::StrCat(path,
                     ": the private key may be read by others than its "
                     "owner; run: chmod 600 ",
                     path));
  }
  return ReadFileText(path, kMaxPemBytes);
}

absl::Status CheckKeyFits(const std::string& key_path, std::string_view key_pem,
                          const std::string& certificate_path, X509& leaf) {
  // An empty passphrase instead of a question on the terminal.
  char no_passphrase[] = "";
  const std::unique_ptr<EVP_PKEY, Free> key(PEM_read_bio_PrivateKey(
      Memory(key_pem).get(), nullptr, nullptr, no_passphrase));
  if (key == nullptr) {
    ERR_clear_error();
    return absl::InvalidArgumentError(absl::StrCat(
        key_path, ": no private key in PEM form without passphrase"));
  }
  if (X509_check_private_key(&leaf, key.get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError(absl::StrCat(
        key_path, ": this is not the private key of ", certificate_path));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RequireTls13() {
  OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, nullptr);
  constexpr std::string_view kConfig =
      "openssl_conf = samkoer\n"
      "[samkoer]\n"
      "ssl_conf = samkoer_ssl\n"
      "[samkoer_ssl]\n"
      "system_default = samkoer_tls\n"
      "[samkoer_tls]\n"
      "Protocol = ALL, -SSLv3, -TLSv1, -TLSv1.1, -TLSv1.2\n";
  const std::unique_ptr<CONF, Free> config(NCONF_new(nullptr));
  long error_line = 0;
  if (config == nullptr ||
      NCONF_load_bio(config.get(), Memory(kConfig).get(), &error_line) != 1 ||
      CONF_modules_load(config.get(), nullptr, 0) <= 0) {
    ERR_clear_error();
    return absl::InternalError("OpenSSL refuses to switch off TLS below 1.3");
  }
  return absl::OkStatus();
}

absl::StatusOr<ServerIdentity> LoadServerIdentity(const v1::ServerTls& tls,
                                                  absl::Time now) {
  absl::StatusOr<std::string> ca = ReadFileText(tls.ca_file(), kMaxPemBytes);
  if (!ca.ok()) return ca.status();
  if (const auto first = FirstCertificate(tls.ca_file(), *ca); !first.ok()) {
    return first.status();
  }
  absl::StatusOr<std::string> chain =
      ReadFileText(tls.certificate_file(), kMaxPemBytes);
  if (!chain.ok()) return chain.status();
  const auto leaf = FirstCertificate(tls.certificate_file(), *chain);
  if (!leaf.ok()) return leaf.status();
  absl::StatusOr<std::string> key = ReadKey(tls.key_file());
  if (!key.ok()) return key.status();
  const absl::Status fits =
      CheckKeyFits(tls.key_file(), *key, tls.certificate_file(), **leaf);
  if (!fits.ok()) return fits;

  const auto not_before = ToTime(X509_get0_notBefore(leaf->get()));
  const auto not_after = ToTime(X509_get0_notAfter(leaf->get()));
  if (!not_before.ok()) return not_before.status();
  if (!not_after.ok()) return not_after.status();
  if (now > *not_after || now < *not_before) {
    return absl::FailedPreconditionError(absl::StrCat(
        tls.certificate_file(), ": the certificate ",
        now > *not_after ? "expired on " : "is not valid before ",
        absl::FormatTime("%Y-%m-%d %H:%M UTC",
                         now > *not_after ? *not_after : *not_before,
                         absl::UTCTimeZone())));
  }

  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = *std::move(ca);
  options.pem_key_cert_pairs.push_back({*std::move(key), *std::move(chain)});
  ServerIdentity identity{grpc::SslServerCredentials(options), *not_after};
  for (auto& pair : options.pem_key_cert_pairs) {
    OPENSSL_cleanse(pair.private_key.data(), pair.private_key.size());
  }
  if (identity.credentials == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        tls.certificate_file(), ": gRPC refuses this certificate or its CA"));
  }
  return identity;
}

}  // namespace samkoer::server
