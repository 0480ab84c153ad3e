#include "clients/common/own_certificate.h"

#include "clients/common/cli.h"
#include "crypto/certificate.h"

namespace samkoer::clients {
namespace {

constexpr std::string_view kScheme = "samkoer://";

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
  const auto names = crypto::SubjectNamesOf(*certificates->front());
  for (const std::string& uri : names.uris) {
    if (uri.starts_with(kScheme)) return uri;
  }
  return "";
}

bool IsSamePerson(std::string_view a, std::string_view b) {
  return !PersonOf(a).empty() && PersonOf(a) == PersonOf(b);
}

}  // namespace samkoer::clients
