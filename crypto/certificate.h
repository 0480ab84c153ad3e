// Certificates and private keys as the files of TLS hold them, in PEM form.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_CERTIFICATE_H_
#define SAMKOER_CRYPTO_CERTIFICATE_H_

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace samkoer::crypto {

struct FreeCertificate {
  void operator()(X509* certificate) const;
  void operator()(EVP_PKEY* key) const;
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeCertificate>;

// All certificates of `pem`, in their order; at least one. INVALID_ARGUMENT,
// which names `file`, if there is none or if one is malformed: what stands
// behind that one would be missed.
absl::StatusOr<std::vector<Certificate>> ReadCertificates(
    std::string_view pem, std::string_view file);

// The private key of `pem`. INVALID_ARGUMENT, which names `file`, if there is
// none, or if it wants a passphrase: nobody is asked for one.
absl::StatusOr<PrivateKey> ReadPrivateKey(std::string_view pem,
                                          std::string_view file);

// Whether `key` is the one the certificate was issued for.
bool IsKeyOf(const EVP_PKEY& key, const X509& certificate);

// The first and the last moment of a certificate.
struct Validity {
  absl::Time not_before, not_after;
};
// INVALID_ARGUMENT, which names `file`, if the certificate's times are
// malformed.
absl::StatusOr<Validity> ValidityOf(const X509& certificate,
                                    std::string_view file);

// For whom a certificate stands: its subject alternative names. Empty if it has
// none, or more than one extension of the kind.
struct SubjectNames {
  std::vector<std::string> uris;
  // A DNS name or an address is among them.
  bool host = false;
};
SubjectNames SubjectNamesOf(const X509& certificate);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_CERTIFICATE_H_
