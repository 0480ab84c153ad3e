#include "clients/web/person.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "crypto/certificate.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kFingerprintDigits = 64;
constexpr std::size_t kMaxFileBytes = 1024 * 1024;
constexpr absl::Duration kReread = absl::Seconds(10);

crypto::Certificate Parse(std::string_view der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  return crypto::Certificate(
      d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
}

// The only samkoer URI; nothing if there is none or several.
std::optional<std::string> SamkoerUri(const X509& certificate) {
  std::optional<std::string> found;
  const auto names = crypto::SubjectNamesOf(certificate);
  for (const std::string& uri : names.uris) {
    if (!absl::StartsWithIgnoreCase(uri, "samkoer:")) continue;
    if (found.has_value()) return std::nullopt;
    found = uri;
  }
  return found;
}

absl::Status NoCoordinator() {
  return absl::PermissionDeniedError(
      "the certificate is not a coordinator's of this municipality");
}

}  // namespace

bool IsPersonName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes) return false;
  for (const char c : name) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '-') {
      return false;
    }
  }
  return true;
}

std::string PersonUri(std::string_view municipality, std::string_view name) {
  return Cat("samkoer://", municipality, "/coordinator/", name);
}

absl::StatusOr<Person> PersonOfCertificate(std::string_view der,
                                           std::string_view municipality,
                                           absl::Time now) {
  const auto certificate = Parse(der);
  if (certificate == nullptr) return NoCoordinator();
  const auto uri = SamkoerUri(*certificate);
  const std::string start = PersonUri(municipality, "");
  if (!uri || !uri->starts_with(start)) return NoCoordinator();
  const auto validity = crypto::ValidityOf(*certificate, "the certificate");
  if (!validity.ok()) return NoCoordinator();
  Person person{uri->substr(start.size()), validity->not_after};
  if (!IsPersonName(person.name) || now > person.not_after) {
    return NoCoordinator();
  }
  return person;
}

absl::Status RevokedFile::Read() {
  if (path_.empty()) return absl::OkStatus();
  const auto text = ReadSmallFile(path_, kMaxFileBytes);
  if (!text.ok()) return text.status();
  std::set<std::string> found;
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    ++number;
    const absl::string_view word = absl::StripAsciiWhitespace(
        line.substr(0, std::min(line.find('#'), line.size())));
    if (word.empty()) continue;
    const std::string digits = absl::AsciiStrToLower(word);
    if (digits.size() != kFingerprintDigits ||
        digits.find_first_not_of("0123456789abcdef") != std::string::npos) {
      return absl::InvalidArgumentError(
          Cat(path_, ":", number, ": not a SHA-256 fingerprint"));
    }
    found.insert(digits);
  }
  const absl::MutexLock lock(&mutex_);
  fingerprints_ = std::move(found);
  return absl::OkStatus();
}

bool RevokedFile::IsRevoked(std::string_view der, absl::Time now) {
  if (path_.empty()) return false;
  bool due = false;
  {
    const absl::MutexLock lock(&mutex_);
    due = now - read_ >= kReread;
    if (due) read_ = now;
  }
  // A file that is just being replaced is read the next time; CertificateWatch
  // says if it stays as it is.
  if (due) Read().IgnoreError();
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(der.data(), der.size(), digest, &size, EVP_sha256(),
                 nullptr) != 1) {
    return true;
  }
  const std::string fingerprint = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), size));
  const absl::MutexLock lock(&mutex_);
  return fingerprints_.contains(fingerprint);
}

}  // namespace samkoer::clients
