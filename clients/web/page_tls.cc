#include "clients/web/page_tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <string_view>
#include <utility>
#include <vector>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/client_pems.h"
#include "crypto/keyed_hash.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMaxPemBytes = 256 * 1024;

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Certificate = std::unique_ptr<X509, Free>;

int NoPassphrase(char*, int, int, void*) { return -1; }

std::unique_ptr<BIO, Free> Open(const std::string& pem) {
  return std::unique_ptr<BIO, Free>(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

absl::StatusOr<std::vector<Certificate>> Certificates(const std::string& pem,
                                                      const std::string& file) {
  const auto bio = Open(pem);
  std::vector<Certificate> found;
  while (X509* certificate =
             PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr)) {
    found.emplace_back(certificate);
  }
  // The end of the file is an error, too; any other is a certificate that is
  // none, and those behind it would be missed.
  const int reason = ERR_GET_REASON(ERR_peek_last_error());
  ERR_clear_error();
  if (!found.empty() && reason != PEM_R_NO_START_LINE) {
    return absl::InvalidArgumentError(
        Cat(file, ": certificate ", found.size() + 1, " is malformed"));
  }
  if (!found.empty()) return found;
  return absl::InvalidArgumentError(Cat(file, " holds no PEM certificate"));
}

absl::StatusOr<absl::Time> ToTime(const ASN1_TIME* time,
                                  const std::string& file) {
  std::tm parts{};
  if (time != nullptr && ASN1_TIME_to_tm(time, &parts) == 1) {
    return absl::FromTM(parts, absl::UTCTimeZone());
  }
  return absl::InvalidArgumentError(
      Cat(file, ": malformed time in the certificate"));
}

// True if OpenSSL takes them.
bool UseChain(SSL_CTX& context, const std::vector<Certificate>& chain) {
  if (SSL_CTX_use_certificate(&context, chain.front().get()) != 1) return false;
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(&context, chain[i].get()) != 1) return false;
  }
  return true;
}

bool AskForCertificates(SSL_CTX& context,
                        const std::vector<Certificate>& authorities) {
  X509_STORE* const store = SSL_CTX_get_cert_store(&context);
  for (const Certificate& authority : authorities) {
    if (X509_STORE_add_cert(store, authority.get()) != 1 ||
        SSL_CTX_add_client_CA(&context, authority.get()) != 1) {
      return false;
    }
  }
  SSL_CTX_set_verify(
      &context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return true;
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
  absl::Time not_before, not_after;
};

absl::StatusOr<PageTls::Made> PageTls::Make() const {
  const auto chain_pem = ReadSmallFile(files_.certificate, kMaxPemBytes);
  if (!chain_pem.ok()) return chain_pem.status();
  auto key_pem =
      ReadSmallFile(files_.key, kMaxPemBytes, FileReaders::kOwnerOnly);
  if (!key_pem.ok()) return key_pem.status();
  absl::StatusOr<std::string> ca_pem = std::string();
  if (!files_.client_ca.empty()) {
    ca_pem = ReadSmallFile(files_.client_ca, kMaxPemBytes);
    if (!ca_pem.ok()) return ca_pem.status();
  }
  Made made;
  for (const std::string& pem : {*chain_pem, *key_pem, *ca_pem}) {
    made.digest += crypto::AsText(crypto::Sha256(crypto::AsBytes(pem)));
  }
  const auto chain = Certificates(*chain_pem, files_.certificate);
  if (!chain.ok()) return chain.status();
  const std::unique_ptr<EVP_PKEY, Free> key(PEM_read_bio_PrivateKey(
      Open(*key_pem).get(), nullptr, NoPassphrase, nullptr));
  OPENSSL_cleanse(key_pem->data(), key_pem->size());
  made.context = NewContext();
  const bool fits =
      key != nullptr && made.context != nullptr &&
      UseChain(*made.context, *chain) &&
      SSL_CTX_use_PrivateKey(made.context.get(), key.get()) == 1 &&
      SSL_CTX_check_private_key(made.context.get()) == 1;
  ERR_clear_error();
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        Cat(files_.key, " holds no unencrypted PEM private key"));
  }
  if (!fits) {
    return absl::InvalidArgumentError(
        Cat(files_.key, " does not belong to ", files_.certificate));
  }
  if (!files_.client_ca.empty()) {
    const auto authorities = Certificates(*ca_pem, files_.client_ca);
    if (!authorities.ok()) return authorities.status();
    if (!AskForCertificates(*made.context, *authorities)) {
      ERR_clear_error();
      return absl::InvalidArgumentError(
          Cat(files_.client_ca, ": OpenSSL refuses a certificate of it"));
    }
  }
  const X509* const leaf = chain->front().get();
  const auto from = ToTime(X509_get0_notBefore(leaf), files_.certificate);
  if (!from.ok()) return from.status();
  const auto to = ToTime(X509_get0_notAfter(leaf), files_.certificate);
  if (!to.ok()) return to.status();
  made.not_before = *from;
  made.not_after = *to;
  return made;
}

absl::StatusOr<std::unique_ptr<PageTls>> PageTls::Load(PageTlsFiles files) {
  std::unique_ptr<PageTls> self(new PageTls(std::move(files)));
  auto made = self->Make();
  if (!made.ok()) return made.status();
  const absl::MutexLock lock(&self->mutex_);
  self->context_ = std::move(made->context);
  self->digest_ = std::move(made->digest);
  self->not_after_ = made->not_after;
  return self;
}

std::shared_ptr<SSL_CTX> PageTls::context() const {
  const absl::MutexLock lock(&mutex_);
  return context_;
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
  if (absl::Status s = CheckDates(made->not_before, made->not_after,
                                  files_.certificate, now);
      !s.ok()) {
    return s;
  }
  context_ = std::move(made->context);
  digest_ = std::move(made->digest);
  not_after_ = made->not_after;
  return true;
}

}  // namespace samkoer::clients
