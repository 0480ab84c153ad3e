#include "server/live_identity.h"

#include <openssl/crypto.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/keyed_hash.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "server/limits.h"
#include "server/tls.h"

namespace samkoer::server {
namespace {

std::string DigestOf(const ServerPems& pems) {
  std::string digest;
  for (const std::string* pem : {&pems.ca, &pems.chain, &pems.key}) {
    digest += crypto::AsText(crypto::Sha256(crypto::AsBytes(*pem)));
  }
  return digest;
}

}  // namespace

LiveIdentity::LiveIdentity(const v1::ServerTls& tls, MemoryFile identity,
                           MemoryFile ca)
    : tls_(tls), identity_(std::move(identity)), ca_(std::move(ca)) {}

absl::StatusOr<std::unique_ptr<LiveIdentity>> LiveIdentity::Load(
    const v1::ServerTls& tls, absl::Time now) {
  const auto pems = LoadServerPems(tls, now);
  if (!pems.ok()) return pems.status();
  auto identity = MemoryFile::Create();
  if (!identity.ok()) return identity.status();
  auto ca = MemoryFile::Create();
  if (!ca.ok()) return ca.status();
  std::unique_ptr<LiveIdentity> self(
      new LiveIdentity(tls, *std::move(identity), *std::move(ca)));

  absl::MutexLock lock(&self->mutex_);
  const absl::Status used = self->Use(*pems);
  if (!used.ok()) return used;
  const std::string path = self->identity_.path();
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          path, path, self->ca_.path(),
          static_cast<unsigned>(absl::ToInt64Seconds(kCertificateRefresh))));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  self->credentials_ = grpc::experimental::TlsServerCredentials(options);
  if (self->credentials_ == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        tls.certificate_file(), ": gRPC refuses this certificate or its CA"));
  }
  return self;
}

absl::Time LiveIdentity::not_after() const {
  absl::MutexLock lock(&mutex_);
  return not_after_;
}

absl::Status LiveIdentity::Use(const ServerPems& pems) {
  std::string both;
  both.reserve(pems.chain.size() + 1 + pems.key.size());
  both.append(pems.chain).append("\n").append(pems.key);
  absl::Status status = ca_.Replace(pems.ca);
  if (status.ok()) status = identity_.Replace(both);
  OPENSSL_cleanse(both.data(), both.size());
  if (!status.ok()) return status;
  digest_ = DigestOf(pems);
  not_after_ = pems.not_after;
  return absl::OkStatus();
}

absl::StatusOr<bool> LiveIdentity::Reload(absl::Time now) {
  const auto pems = LoadServerPems(tls_, now);
  if (!pems.ok()) return pems.status();
  absl::MutexLock lock(&mutex_);
  if (DigestOf(*pems) == digest_) return false;
  const absl::Status used = Use(*pems);
  if (!used.ok()) return used;
  return true;
}

}  // namespace samkoer::server
