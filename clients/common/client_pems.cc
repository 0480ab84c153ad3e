#include "clients/common/client_pems.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMaxPemBytes = 256 * 1024;

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;

Bio Open(const std::string& pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// An encrypted key would otherwise ask for its passphrase on the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

// The first in `pem`. What OpenSSL says of others must not be taken for the
// next call's.
absl::StatusOr<Certificate> FirstOf(const std::string& pem,
                                    const std::string& file) {
  Certificate certificate(
      PEM_read_bio_X509(Open(pem).get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  if (certificate) return certificate;
  return absl::InvalidArgumentError(
      absl::StrCat(file, " holds no PEM certificate"));
}

absl::StatusOr<absl::Time> ToTime(const ASN1_TIME* time,
                                  const std::string& file) {
  std::tm parts{};
  if (time != nullptr && ASN1_TIME_to_tm(time, &parts) == 1) {
    return absl::FromTM(parts, absl::UTCTimeZone());
  }
  return absl::InvalidArgumentError(
      absl::StrCat(file, ": malformed time in the certificate"));
}

absl::Status CheckPair(const X509& certificate,
                       const std::string& certificate_file,
                       const std::string& key, const std::string& key_file) {
  const PrivateKey private_key(
      PEM_read_bio_PrivateKey(Open(key).get(), nullptr, NoPassphrase, nullptr));
  const bool fits = private_key && X509_check_private_key(
                                       &certificate, private_key.get()) == 1;
  ERR_clear_error();
  if (!private_key) {
    return absl::InvalidArgumentError(
        absl::StrCat(key_file, " holds no unencrypted PEM private key"));
  }
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(key_file, " does not belong to ", certificate_file));
}

}  // namespace

absl::StatusOr<ClientPems> ReadClientPems(const v1::ClientTls& tls,
                                          std::string_view config_file) {
  const std::string ca_file = ResolvePath(config_file, tls.ca_file());
  const std::string certificate_file =
      ResolvePath(config_file, tls.certificate_file());
  const std::string key_file = ResolvePath(config_file, tls.key_file());
  auto ca = ReadSmallFile(ca_file, kMaxPemBytes);
  if (!ca.ok()) return ca.status();
  auto chain = ReadSmallFile(certificate_file, kMaxPemBytes);
  if (!chain.ok()) return chain.status();
  auto key = ReadSmallFile(key_file, kMaxPemBytes, FileReaders::kOwnerOnly);
  if (!key.ok()) return key.status();
  // Without a root gRPC would fall back to those of the system.
  if (auto root = FirstOf(*ca, ca_file); !root.ok()) return root.status();
  const auto certificate = FirstOf(*chain, certificate_file);
  if (!certificate.ok()) return certificate.status();
  if (absl::Status status =
          CheckPair(**certificate, certificate_file, *key, key_file);
      !status.ok()) {
    return status;
  }
  const auto from =
      ToTime(X509_get0_notBefore(certificate->get()), certificate_file);
  if (!from.ok()) return from.status();
  const auto to =
      ToTime(X509_get0_notAfter(certificate->get()), certificate_file);
  if (!to.ok()) return to.status();
  return ClientPems{*std::move(ca), *std::move(chain), *std::move(key), *from,
                    *to};
}

absl::StatusOr<absl::Time> CertificateExpiry(const v1::ClientTls& tls,
                                             std::string_view config_file) {
  const std::string file = ResolvePath(config_file, tls.certificate_file());
  const auto pem = ReadSmallFile(file, kMaxPemBytes);
  if (!pem.ok()) return pem.status();
  const auto certificate = FirstOf(*pem, file);
  if (!certificate.ok()) return certificate.status();
  return ToTime(X509_get0_notAfter(certificate->get()), file);
}

absl::Status CheckDates(absl::Time not_before, absl::Time not_after,
                        const std::string& file, absl::Time now) {
  if (now >= not_before && now <= not_after) return absl::OkStatus();
  const bool over = now > not_after;
  return WithHint(
      absl::FailedPreconditionError(absl::StrCat(
          file, ": the certificate ",
          over ? "expired on " : "is not valid before ",
          absl::FormatTime("%Y-%m-%d %H:%M UTC", over ? not_after : not_before,
                           absl::UTCTimeZone()))),
      over ? "have a new one issued; is this machine's clock right?"
           : "is this machine's clock right?");
}

}  // namespace samkoer::clients
