#include "clients/web/page_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <string_view>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/client_pems.h"
#include "crypto/certificate.h"
#include "crypto/keyed_hash.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMaxPemBytes = 256 * 1024;

// True if OpenSSL takes them.
bool UseChain(SSL_CTX& context, const std::vector<crypto::Certificate>& chain) {
  if (SSL_CTX_use_certificate(&context, chain.front().get()) != 1) return false;
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(&context, chain[i].get()) != 1) return false;
  }
  return true;
}

bool AskForCertificates(SSL_CTX& context,
                        const std::vector<crypto::Certificate>& authorities) {
  X509_STORE* const store = SSL_CTX_get_cert_store(&context);
  for (const crypto::Certificate& authority : authorities) {
    if (X509_STORE_add_cert(store, authority.get()) != 1 ||
        SSL_CTX_add_client_CA(&context, authority.get()) != 1) {
      return false;
    }
  }
  SSL_CTX_set_verify(
      &context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return true;
}

// Whether the certificate, with what else the other side showed, chains to a CA
// of the context, as in a handshake.
bool Chains(SSL_CTX& context, X509& shown, const SSL& connection) {
  const std::unique_ptr<X509_STORE_CTX, void (*)(X509_STORE_CTX*)> check(
      X509_STORE_CTX_new(), X509_STORE_CTX_free);
  const bool chains =
      check != nullptr &&
      X509_STORE_CTX_init(check.get(), SSL_CTX_get_cert_store(&context), &shown,
                          SSL_get_peer_cert_chain(&connection)) == 1 &&
      X509_STORE_CTX_set_default(check.get(), "ssl_client") == 1 &&
      X509_verify_cert(check.get()) == 1;
  ERR_clear_error();
  return chains;
}

std::shared_ptr<SSL_CTX> NewContext() {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()),
                                   SSL_CTX_free);
  if (context == nullptr) return nullptr;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  return context;
}

}  // namespace

struct PageTls::Made {
  std::shared_ptr<SSL_CTX> context;
  std::string digest;
  crypto::Validity validity;
};

absl::StatusOr<PageTls::Made> PageTls::Make() const {
  const auto chain_pem = ReadSmallFile(files_.certificate, kMaxPemBytes);
  if (!chain_pem.ok()) return chain_pem.status();
  auto key_pem =
      ReadSmallFile(files_.key, kMaxPemBytes, FileReaders::kOwnerOnly);
  if (!key_pem.ok()) return key_pem.status();
  const absl::Cleanup wipe = [&] {
    OPENSSL_cleanse(key_pem->data(), key_pem->size());
  };
  absl::StatusOr<std::string> ca_pem = std::string();
  if (!files_.client_ca.empty()) {
    ca_pem = ReadSmallFile(files_.client_ca, kMaxPemBytes);
    if (!ca_pem.ok()) return ca_pem.status();
  }
  Made made;
  // Pointers, for no copy of the key.
  const std::string* const pems[] = {&*chain_pem, &*key_pem, &*ca_pem};
  for (const std::string* pem : pems) {
    made.digest += crypto::AsText(crypto::Sha256(crypto::AsBytes(*pem)));
  }
  const auto chain = crypto::ReadCertificates(*chain_pem, files_.certificate);
  if (!chain.ok()) return chain.status();
  const auto key = crypto::ReadPrivateKey(*key_pem, files_.key);
  if (!key.ok()) return key.status();
  made.context = NewContext();
  const bool fits =
      made.context != nullptr && UseChain(*made.context, *chain) &&
      SSL_CTX_use_PrivateKey(made.context.get(), key->get()) == 1 &&
      SSL_CTX_check_private_key(made.context.get()) == 1;
  ERR_clear_error();
  if (!fits) {
    return absl::InvalidArgumentError(
        Cat(files_.key, " does not belong to ", files_.certificate));
  }
  if (!files_.client_ca.empty()) {
    const auto authorities =
        crypto::ReadCertificates(*ca_pem, files_.client_ca);
    if (!authorities.ok()) return authorities.status();
    if (!AskForCertificates(*made.context, *authorities)) {
      ERR_clear_error();
      return absl::InvalidArgumentError(
          Cat(files_.client_ca, ": OpenSSL refuses a certificate of it"));
    }
  }
  const auto validity = crypto::ValidityOf(*chain->front(), files_.certificate);
  if (!validity.ok()) return validity.status();
  made.validity = *validity;
  return made;
}

absl::StatusOr<std::unique_ptr<PageTls>> PageTls::Load(PageTlsFiles files) {
  std::unique_ptr<PageTls> self(new PageTls(std::move(files)));
  auto made = self->Make();
  if (!made.ok()) return made.status();
  const absl::MutexLock lock(&self->mutex_);
  self->in_use_ = {std::move(made->context), 1};
  self->digest_ = std::move(made->digest);
  self->not_after_ = made->validity.not_after;
  return self;
}

PageTls::InUse PageTls::in_use() const {
  const absl::MutexLock lock(&mutex_);
  return in_use_;
}

bool PageTls::Trusts(SSL& connection, std::uint64_t& version) const {
  if (files_.client_ca.empty()) return true;
  const crypto::Certificate shown(SSL_get1_peer_certificate(&connection));
  if (shown == nullptr) return false;
  const InUse now = in_use();
  if (now.version != version && !Chains(*now.context, *shown, connection)) {
    return false;
  }
  version = now.version;
  if (!revoked_) return true;
  unsigned char* der = nullptr;
  const int size = i2d_X509(shown.get(), &der);
  if (size <= 0) return false;
  const bool revoked = revoked_(
      {reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return !revoked;
}

absl::Time PageTls::not_after() const {
  const absl::MutexLock lock(&mutex_);
  return not_after_;
}

absl::StatusOr<bool> PageTls::Reload(absl::Time now) {
  auto made = Make();
  if (!made.ok()) return made.status();
  const absl::MutexLock lock(&mutex_);
  if (made->digest == digest_) return false;
  if (absl::Status s =
          CheckDates(made->validity.not_before, made->validity.not_after,
                     files_.certificate, now);
      !s.ok()) {
    return s;
  }
  in_use_ = {std::move(made->context), in_use_.version + 1};
  digest_ = std::move(made->digest);
  not_after_ = made->validity.not_after;
  return true;
}

}  // namespace samkoer::clients
