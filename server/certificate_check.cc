#include "server/certificate_check.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "crypto/certificate.h"
#include "server/exit_codes.h"
#include "server/identity.h"

namespace samkoer::server {
namespace {

using crypto::AbslView;

struct Free {
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(X509_STORE_CTX* context) const {
    X509_STORE_CTX_free(context);
  }
  // Not the certificates in it.
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// All certificates of a file; at least one.
absl::StatusOr<std::vector<crypto::Certificate>> Certificates(
    const PemFile& file) {
  auto found = crypto::ReadCertificates(file.pem, file.path);
  if (found.ok()) return found;
  return WithHint(found.status(),
                  "a PEM file holds lines between BEGIN CERTIFICATE and END "
                  "CERTIFICATE; `openssl x509 -inform DER` converts others");
}

absl::StatusOr<absl::Time> CheckDates(const X509& certificate,
                                      const PemFile& file, absl::Time now) {
  const auto validity = crypto::ValidityOf(certificate, file.path);
  if (!validity.ok()) return validity.status();
  const auto [first, last] = *validity;
  if (now >= first && now <= last) return last;
  return WithHint(
      absl::FailedPreconditionError(absl::StrCat(
          file.path, ": the certificate ",
          now > last ? "expired on " : "is not valid before ",
          absl::FormatTime("%Y-%m-%d %H:%M UTC", now > last ? last : first,
                           absl::UTCTimeZone()))),
      now > last ? "have a new one issued; is this machine's clock right?"
                 : "is this machine's clock right?");
}

absl::Status CheckNames(const X509& certificate, const PemFile& file) {
  const auto names = crypto::SubjectNamesOf(certificate);
  for (const std::string& uri : names.uris) {
    if (!absl::StartsWithIgnoreCase(uri, "samkoer:")) continue;
    const absl::StatusOr<Identity> identity = ParseIdentityUri(uri);
    if (identity.ok() && identity->role == Role::kMatcher) continue;
    return WithHint(
        absl::InvalidArgumentError(absl::StrCat(
            file.path, ": this is not a server's certificate: its samkoer URI ",
            identity.ok() ? absl::StrCat("has the role ",
                                         AbslView(RoleName(identity->role)))
                          : "cannot be read")),
        "a server's certificate holds host names and no role of a client");
  }
  if (names.host) return absl::OkStatus();
  return WithHint(
      absl::InvalidArgumentError(absl::StrCat(
          file.path, ": the certificate names no host and no address")),
      "clients compare its subject alternative names with what they call: "
      "have one issued that names this server");
}

bool IsAboutDates(int error) {
  return error == X509_V_ERR_CERT_HAS_EXPIRED ||
         error == X509_V_ERR_CERT_NOT_YET_VALID;
}

absl::Status CheckChain(const std::vector<crypto::Certificate>& chain,
                        const PemFile& chain_file,
                        const std::vector<crypto::Certificate>& authorities,
                        const PemFile& ca_file, absl::Time now) {
  const Owned<X509_STORE> store(X509_STORE_new());
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  const Owned<STACK_OF(X509)> between(sk_X509_new_null());
  for (const crypto::Certificate& authority : authorities) {
    X509_STORE_add_cert(store.get(), authority.get());
  }
  for (const crypto::Certificate& certificate : chain) {
    sk_X509_push(between.get(), certificate.get());
  }
  if (X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(),
                          between.get()) != 1) {
    ERR_clear_error();
    return absl::InternalError("OpenSSL cannot verify certificates");
  }
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(rules, absl::ToTimeT(now));
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER);
  // As gRPC does: an intermediate authority may be the one that is trusted.
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  const bool good = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  if (good) return absl::OkStatus();
  const int error = X509_STORE_CTX_get_error(context.get());
  const std::string text = X509_verify_cert_error_string(error);
  if (IsAboutDates(error)) {
    return WithHint(absl::FailedPreconditionError(
                        absl::StrCat(ca_file.path, ": a certificate that ",
                                     chain_file.path, " rests on: ", text)),
                    "have the authority renew it");
  }
  if (error == X509_V_ERR_INVALID_PURPOSE) {
    return WithHint(
        absl::InvalidArgumentError(absl::StrCat(
            chain_file.path, ": not a server's certificate: ", text)),
        "its extended key usage must allow serverAuth");
  }
  return WithHint(
      absl::InvalidArgumentError(
          absl::StrCat(chain_file.path, ": does not chain to the authority in ",
                       ca_file.path, ": ", text)),
      "both must come from the municipality's authority; intermediate "
      "certificates stand in the certificate's file, after it");
}

}  // namespace

absl::StatusOr<absl::Time> CheckServerCertificate(const PemFile& chain,
                                                  const PemFile& ca,
                                                  absl::Time now) {
  const auto authorities = Certificates(ca);
  if (!authorities.ok()) return authorities.status();
  const auto certificates = Certificates(chain);
  if (!certificates.ok()) return certificates.status();
  const X509& leaf = *certificates->front();
  const auto expires = CheckDates(leaf, chain, now);
  if (!expires.ok()) return expires;
  absl::Status status = CheckNames(leaf, chain);
  status.Update(CheckChain(*certificates, chain, *authorities, ca, now));
  if (!status.ok()) return status;
  return expires;
}

absl::Status CheckKeyFits(const PemFile& key, const PemFile& chain) {
  const auto certificates = Certificates(chain);
  if (!certificates.ok()) return certificates.status();
  const auto parsed = crypto::ReadPrivateKey(key.pem, key.path);
  if (!parsed.ok()) {
    return WithHint(parsed.status(),
                    "the file's mode keeps it secret, not a passphrase");
  }
  if (!crypto::IsKeyOf(**parsed, *certificates->front())) {
    return WithHint(
        absl::InvalidArgumentError(absl::StrCat(
            key.path, ": this is not the private key of ", chain.path)),
        "was one of the two renewed without the other?");
  }
  return absl::OkStatus();
}

}  // namespace samkoer::server
