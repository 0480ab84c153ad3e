#include "crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"

namespace samkoer::crypto {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::unique_ptr<BIO, Free> Open(std::string_view text) {
  return std::unique_ptr<BIO, Free>(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// OpenSSL would ask on the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

// What OpenSSL says of one text must not be taken for the next call's.
auto ForgetErrors() {
  ERR_clear_error();
  return absl::Cleanup([] { ERR_clear_error(); });
}

// Whether OpenSSL found no further block, which is an error to it, too.
bool WasTheEnd() {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM &&
         ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

bool ReadTime(const ASN1_TIME* time, absl::Time& read) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return false;
  read = absl::FromTM(parts, absl::UTCTimeZone());
  return true;
}

}  // namespace

void FreeCertificate::operator()(X509* certificate) const {
  X509_free(certificate);
}
void FreeCertificate::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

absl::StatusOr<std::vector<Certificate>> ReadCertificates(
    std::string_view pem, std::string_view file) {
  const auto forget = ForgetErrors();
  const auto bio = Open(pem);
  std::vector<Certificate> found;
  while (X509* certificate =
             PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr)) {
    found.emplace_back(certificate);
  }
  if (!WasTheEnd()) {
    return absl::InvalidArgumentError(absl::StrCat(
        AbslView(file), ": certificate ", found.size() + 1, " is malformed"));
  }
  if (!found.empty()) return found;
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(file), " holds no PEM certificate"));
}

absl::StatusOr<PrivateKey> ReadPrivateKey(std::string_view pem,
                                          std::string_view file) {
  const auto forget = ForgetErrors();
  PrivateKey key(
      PEM_read_bio_PrivateKey(Open(pem).get(), nullptr, NoPassphrase, nullptr));
  if (key != nullptr) return key;
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(file), " holds no unencrypted PEM private key"));
}

bool IsKeyOf(const EVP_PKEY& key, const X509& certificate) {
  const auto forget = ForgetErrors();
  return X509_check_private_key(&certificate, &key) == 1;
}

absl::StatusOr<Validity> ValidityOf(const X509& certificate,
                                    std::string_view file) {
  const auto forget = ForgetErrors();
  Validity validity;
  if (ReadTime(X509_get0_notBefore(&certificate), validity.not_before) &&
      ReadTime(X509_get0_notAfter(&certificate), validity.not_after)) {
    return validity;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(file), ": malformed time in the certificate"));
}

SubjectNames SubjectNamesOf(const X509& certificate) {
  const auto forget = ForgetErrors();
  const std::unique_ptr<GENERAL_NAMES, Free> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  SubjectNames found;
  const int count = names == nullptr ? 0 : sk_GENERAL_NAME_num(names.get());
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    found.host |= name->type == GEN_DNS || name->type == GEN_IPADD;
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    found.uris.emplace_back(
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
        static_cast<std::size_t>(ASN1_STRING_length(uri)));
  }
  return found;
}

}  // namespace samkoer::crypto
