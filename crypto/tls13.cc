#include "crypto/tls13.h"

#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>
#include <string_view>

namespace samkoer::crypto {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(CONF* conf) const { NCONF_free(conf); }
};

bool Configure() {
  OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, nullptr);
  constexpr std::string_view kConfig =
      "openssl_conf = samkoer\n"
      "[samkoer]\n"
      "ssl_conf = samkoer_ssl\n"
      "[samkoer_ssl]\n"
      "system_default = samkoer_tls\n"
      "[samkoer_tls]\n"
      "Protocol = ALL, -SSLv3, -TLSv1, -TLSv1.1, -TLSv1.2\n";
  const std::unique_ptr<CONF, Free> config(NCONF_new(nullptr));
  const std::unique_ptr<BIO, Free> text(
      BIO_new_mem_buf(kConfig.data(), static_cast<int>(kConfig.size())));
  long error_line = 0;
  const bool configured =
      config != nullptr && text != nullptr &&
      NCONF_load_bio(config.get(), text.get(), &error_line) == 1 &&
      CONF_modules_load(config.get(), nullptr, 0) > 0;
  ERR_clear_error();
  return configured;
}

}  // namespace

absl::Status RequireTls13() {
  static const bool configured = Configure();
  if (configured) return absl::OkStatus();
  return absl::InternalError("OpenSSL refuses to switch off TLS below 1.3");
}

}  // namespace samkoer::crypto
