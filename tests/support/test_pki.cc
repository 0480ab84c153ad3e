#include "support/test_pki.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "grpcpp/security/credentials.h"

namespace samkoer::testing {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION* extension) const {
    X509_EXTENSION_free(extension);
  }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(ASN1_TIME* time) const { ASN1_TIME_free(time); }
};
using X509Ptr = std::unique_ptr<X509, Free>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free>;

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "test certificates: %s failed\n", what);
  std::abort();
}

template <typename Write>
std::string ToPem(Write write) {
  const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
  Require(write(bio.get()) == 1, "writing PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string CertificatePem(X509* certificate) {
  return ToPem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

std::string KeyPem(EVP_PKEY* key) {
  return ToPem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr,
                                    nullptr);
  });
}

KeyPtr NewKey() {
  KeyPtr key(EVP_EC_gen("P-256"));
  Require(key != nullptr, "making a key");
  return key;
}

void SetTime(absl::Time time, ASN1_TIME* target) {
  Require(ASN1_TIME_set(target, absl::ToTimeT(time)) != nullptr, "a time");
}

void AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  Require(extension != nullptr, "an extension");
  Require(X509_add_ext(certificate, extension.get(), -1) == 1, "adding it");
}

void AddText(GENERAL_NAMES* names, int type, const std::string& text) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_IA5STRING* value = ASN1_IA5STRING_new();
  ASN1_STRING_set(value, text.data(), static_cast<int>(text.size()));
  GENERAL_NAME_set0_value(name, type, value);
  sk_GENERAL_NAME_push(names, name);
}

void AddAlternativeNames(X509* certificate, const TestPki::Request& request) {
  const std::unique_ptr<GENERAL_NAMES, Free> names(GENERAL_NAMES_new());
  for (const std::string& uri : request.uris) {
    AddText(names.get(), GEN_URI, uri);
  }
  for (const std::string& dns : request.dns_names) {
    AddText(names.get(), GEN_DNS, dns);
  }
  if (request.server) {
    const unsigned char loopback[] = {127, 0, 0, 1};
    GENERAL_NAME* name = GENERAL_NAME_new();
    ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(value, loopback, sizeof loopback);
    GENERAL_NAME_set0_value(name, GEN_IPADD, value);
    sk_GENERAL_NAME_push(names.get(), name);
  }
  if (sk_GENERAL_NAME_num(names.get()) == 0) return;
  Require(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0,
                            X509V3_ADD_DEFAULT) == 1,
          "alternative names");
}

X509Ptr NewCertificate(const std::string& name, EVP_PKEY* key,
                       absl::Time not_before, absl::Time not_after) {
  X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), 7);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial);
  SetTime(not_before, X509_getm_notBefore(certificate.get()));
  SetTime(not_after, X509_getm_notAfter(certificate.get()));
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

std::string Sha256Hex(X509* certificate) {
  std::array<unsigned char, 32> digest;
  unsigned int size = 0;
  Require(X509_digest(certificate, EVP_sha256(), digest.data(), &size) == 1,
          "SHA-256");
  std::string hex;
  for (const unsigned char byte : digest) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    hex += digits;
  }
  return hex;
}

}  // namespace

TestDirectory::TestDirectory() {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "samkoer-test-XXXXXX").string();
  Require(mkdtemp(pattern.data()) != nullptr, "a directory");
  path_ = pattern;
}

TestDirectory::~TestDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TestDirectory::Write(std::string_view name,
                                 std::string_view text) const {
  const std::filesystem::path file = path_ / name;
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  std::filesystem::permissions(file, std::filesystem::perms::owner_read |
                                         std::filesystem::perms::owner_write);
  return file.string();
}

struct TestPki::Authority {
  explicit Authority(const std::string& name) : key(NewKey()) {
    certificate = NewCertificate(name, key.get(), absl::Now() - absl::Hours(48),
                                 absl::Now() + absl::Hours(48));
    X509* self = certificate.get();
    X509_set_issuer_name(self, X509_get_subject_name(self));
    AddExtension(self, self, NID_basic_constraints, "critical,CA:TRUE");
    AddExtension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
    Require(X509_sign(self, key.get(), EVP_sha256()) > 0, "signing");
    pem = CertificatePem(self);
  }
  KeyPtr key;
  X509Ptr certificate;
  std::string pem;
};

TestPki::TestPki(std::string municipality)
    : municipality_(std::move(municipality)),
      trusted_(std::make_unique<Authority>("Test CA")),
      foreign_(std::make_unique<Authority>("Foreign CA")) {
  directory_.Write("ca.pem", trusted_->pem);
}

TestPki::~TestPki() = default;

std::string TestPki::ca_file() const { return directory_.File("ca.pem"); }
const std::string& TestPki::ca_pem() const { return trusted_->pem; }

TestCertificate TestPki::Issue(const Request& request) {
  Authority& issuer = request.foreign ? *foreign_ : *trusted_;
  const KeyPtr key = NewKey();
  const X509Ptr certificate = NewCertificate(
      request.name, key.get(), request.not_before, request.not_after);
  X509_set_issuer_name(certificate.get(),
                       X509_get_subject_name(issuer.certificate.get()));
  AddExtension(certificate.get(), issuer.certificate.get(),
               NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(certificate.get(), issuer.certificate.get(), NID_ext_key_usage,
               request.server ? "serverAuth" : "clientAuth");
  AddAlternativeNames(certificate.get(), request);
  Require(X509_sign(certificate.get(), issuer.key.get(), EVP_sha256()) > 0,
          "signing");

  const std::string stem = request.name + "-" + std::to_string(issued_++);
  TestCertificate made;
  made.certificate_pem = CertificatePem(certificate.get());
  made.key_pem = KeyPem(key.get());
  made.certificate_file = directory_.Write(stem + ".pem", made.certificate_pem);
  made.key_file = directory_.Write(stem + ".key", made.key_pem);
  made.sha256_hex = Sha256Hex(certificate.get());
  return made;
}

TestCertificate TestPki::Server() {
  Request request;
  request.name = "server";
  request.dns_names = {"localhost"};
  request.server = true;
  return Issue(request);
}

TestCertificate TestPki::Client(std::string_view role, std::string_view name) {
  Request request;
  request.name = std::string(name);
  request.uris = {"samkoer://" + municipality_ + "/" + std::string(role) + "/" +
                  std::string(name)};
  return Issue(request);
}

std::shared_ptr<grpc::ChannelCredentials> TestPki::Credentials(
    const TestCertificate& client) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = trusted_->pem;
  options.pem_cert_chain = client.certificate_pem;
  options.pem_private_key = client.key_pem;
  return grpc::SslCredentials(options);
}

}  // namespace samkoer::testing
