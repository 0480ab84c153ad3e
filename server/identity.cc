#include "server/identity.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <array>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "crypto/certificate.h"
#include "grpcpp/security/auth_context.h"

namespace samkoer::server {
namespace {

constexpr std::size_t kMaxNameBytes = 64;

constexpr std::array<std::pair<Role, std::string_view>, 6> kRoles = {{
    {Role::kDepartment, "department"},
    {Role::kCoordinator, "coordinator"},
    {Role::kPrivacyOfficer, "privacy-officer"},
    {Role::kOperator, "operator"},
    {Role::kWitness, "witness"},
    {Role::kMatcher, "matcher"},
}};

bool IsName(std::string_view text) {
  if (text.empty() || text.size() > kMaxNameBytes) return false;
  for (const char c : text) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '-') {
      return false;
    }
  }
  return true;
}

// Cuts `text` at the first slash; nothing if there is none.
std::optional<std::string_view> CutSegment(std::string_view& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view head = text.substr(0, slash);
  text.remove_prefix(slash + 1);
  return head;
}

// The only samkoer URI of the certificate.
absl::StatusOr<std::string> SamkoerUri(const X509& certificate) {
  std::optional<std::string> found;
  const auto names = crypto::SubjectNamesOf(certificate);
  for (const std::string& uri : names.uris) {
    if (!absl::StartsWithIgnoreCase(uri, "samkoer:")) continue;
    if (found.has_value()) {
      return absl::InvalidArgumentError(
          "the certificate holds more than one samkoer URI");
    }
    found = uri;
  }
  if (!found.has_value()) {
    return absl::InvalidArgumentError("the certificate holds no samkoer URI");
  }
  return *std::move(found);
}

}  // namespace

std::string_view RoleName(Role role) {
  for (const auto& [known, name] : kRoles) {
    if (known == role) return name;
  }
  return "unknown";
}

absl::StatusOr<Identity> ParseIdentityUri(std::string_view uri) {
  const absl::Status bad = absl::InvalidArgumentError(
      "the URI is not samkoer://<municipality>/<role>/<name>");
  std::string_view rest = uri;
  constexpr std::string_view kScheme = "samkoer://";
  if (!rest.starts_with(kScheme)) return bad;
  rest.remove_prefix(kScheme.size());
  const auto municipality = CutSegment(rest);
  const auto role = municipality ? CutSegment(rest) : std::nullopt;
  if (!role || !IsName(*municipality) || !IsName(rest)) return bad;
  for (const auto& [known, name] : kRoles) {
    if (name != *role) continue;
    Identity identity;
    identity.municipality = std::string(*municipality);
    identity.role = known;
    identity.name = std::string(rest);
    identity.uri = std::string(uri);
    return identity;
  }
  return absl::InvalidArgumentError("the URI names an unknown role");
}

absl::StatusOr<Identity> IdentityFromPem(std::string_view pem) {
  const auto certificates = crypto::ReadCertificates(pem, "the certificate");
  if (!certificates.ok()) return certificates.status();
  const X509& certificate = *certificates->front();
  const absl::StatusOr<std::string> uri = SamkoerUri(certificate);
  if (!uri.ok()) return uri.status();
  absl::StatusOr<Identity> identity = ParseIdentityUri(*uri);
  if (!identity.ok()) return identity;

  unsigned int size = 0;
  if (X509_digest(&certificate, EVP_sha256(),
                  identity->certificate_sha256.data(), &size) != 1 ||
      size != identity->certificate_sha256.size()) {
    return absl::InternalError("SHA-256 is not available");
  }
  const auto validity = crypto::ValidityOf(certificate, "the certificate");
  if (!validity.ok()) return validity.status();
  identity->not_after = validity->not_after;
  return identity;
}

absl::StatusOr<Identity> IdentityFromContext(const grpc::AuthContext& context) {
  if (!context.IsPeerAuthenticated()) {
    return absl::UnauthenticatedError("the peer is not authenticated");
  }
  const auto certificates = context.FindPropertyValues("x509_pem_cert");
  if (certificates.size() != 1) {
    return absl::UnauthenticatedError("the peer showed no certificate");
  }
  return IdentityFromPem(std::string_view(certificates.front().data(),
                                          certificates.front().size()));
}

}  // namespace samkoer::server
