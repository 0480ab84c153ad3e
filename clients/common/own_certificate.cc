#include "clients/common/own_certificate.h"

#include <openssl/x509v3.h>

#include <memory>

#include "clients/common/cli.h"
#include "crypto/certificate.h"

namespace samkoer::clients {
namespace {

constexpr std::string_view kScheme = "samkoer://";

struct Free {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string_view PersonOf(std::string_view uri) {
  if (!uri.starts_with(kScheme)) return "";
  return uri.substr(uri.rfind('/') + 1);
}

}  // namespace

std::string OwnUri(const v1::ClientTls& tls, std::string_view config_file) {
  const std::string file = ResolvePath(config_file, tls.certificate_file());
  const auto pem = ReadSmallFile(file);
  if (!pem.ok()) return "";
  const auto certificates = crypto::ReadCertificates(*pem, file);
  if (!certificates.ok()) return "";
  const std::unique_ptr<GENERAL_NAMES, Free> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificates->front().get(), NID_subject_alt_name,
                       nullptr, nullptr)));
  const int count = names == nullptr ? 0 : sk_GENERAL_NAME_num(names.get());
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                     static_cast<std::size_t>(ASN1_STRING_length(uri)));
    if (text.starts_with(kScheme)) return text;
  }
  return "";
}

bool IsSamePerson(std::string_view a, std::string_view b) {
  return !PersonOf(a).empty() && PersonOf(a) == PersonOf(b);
}

}  // namespace samkoer::clients
