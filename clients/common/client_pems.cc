#include "clients/common/client_pems.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/common/cli.h"
#include "crypto/certificate.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMaxPemBytes = 256 * 1024;

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
  // Without a root gRPC would fall back to those of the system, and it leaves
  // out whatever stands behind a malformed certificate.
  if (auto roots = crypto::ReadCertificates(*ca, ca_file); !roots.ok()) {
    return roots.status();
  }
  const auto certificates = crypto::ReadCertificates(*chain, certificate_file);
  if (!certificates.ok()) return certificates.status();
  const X509& own = *certificates->front();
  const auto private_key = crypto::ReadPrivateKey(*key, key_file);
  if (!private_key.ok()) return private_key.status();
  if (!crypto::IsKeyOf(**private_key, own)) {
    return absl::InvalidArgumentError(
        absl::StrCat(key_file, " does not belong to ", certificate_file));
  }
  const auto validity = crypto::ValidityOf(own, certificate_file);
  if (!validity.ok()) return validity.status();
  return ClientPems{*std::move(ca), *std::move(chain), *std::move(key),
                    validity->not_before, validity->not_after};
}

absl::StatusOr<absl::Time> CertificateExpiry(const v1::ClientTls& tls,
                                             std::string_view config_file) {
  const std::string file = ResolvePath(config_file, tls.certificate_file());
  const auto pem = ReadSmallFile(file, kMaxPemBytes);
  if (!pem.ok()) return pem.status();
  const auto certificates = crypto::ReadCertificates(*pem, file);
  if (!certificates.ok()) return certificates.status();
  const auto validity = crypto::ValidityOf(*certificates->front(), file);
  if (!validity.ok()) return validity.status();
  return validity->not_after;
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
