#include "clients/web/config.h"

#include <utility>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/client_config.h"
#include "clients/web/person.h"
#include "proto/log.h"
#include "proto/metrics_address.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::clients {
namespace {

constexpr unsigned kIdleMinutes = 30, kMostIdleMinutes = 480;
constexpr std::size_t kMaxContactBytes = 200;
constexpr unsigned kSessionHours = 10, kMostSessionHours = 24;

absl::Status Wrong(const std::string& path, std::string_view what) {
  return absl::FailedPreconditionError(Cat(path, ": ", what));
}

absl::Status CheckLogin(const std::string& path, const v1::WebConfig& config) {
  if (config.has_certificates() == config.has_openid()) {
    return Wrong(path, "give exactly one of certificates and openid");
  }
  if (config.has_certificates()) {
    return config.certificates().ca_file().empty()
               ? MissingSetting(path, "certificates.ca_file")
               : absl::OkStatus();
  }
  const v1::OpenIdLogin& openid = config.openid();
  const std::pair<const char*, const std::string*> required[] = {
      {"openid.issuer", &openid.issuer()},
      {"openid.audience", &openid.audience()},
      {"openid.keys_file", &openid.keys_file()},
      {"openid.role_claim", &openid.role_claim()},
      {"openid.role_value", &openid.role_value()},
  };
  for (const auto& [key, value] : required) {
    if (value->empty()) return MissingSetting(path, key);
  }
  const std::string& out = openid.sign_out_path();
  if (!out.empty() && (out.front() != '/' || out.starts_with("//"))) {
    return Wrong(path,
                 "openid.sign_out_path: expected a path such as "
                 "/oauth2/sign_out");
  }
  return absl::OkStatus();
}

template <typename Set>
absl::Status Bound(const std::string& path, std::string_view key,
                   unsigned value, unsigned otherwise, unsigned most, Set set) {
  if (value > most) return Wrong(path, Cat(key, ": expected 0 to ", most));
  if (value == 0) set(otherwise);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::WebConfig> LoadWebConfig(const std::string& path) {
  v1::WebConfig config;
  if (absl::Status s = proto::ReadYamlFile(path, config); !s.ok()) {
    return absl::IsInvalidArgument(s)
               ? absl::FailedPreconditionError(s.message())
               : s;
  }
  v1::WebListener& listen = *config.mutable_listen();
  const std::pair<const char*, const std::string*> required[] = {
      {"municipality", &config.municipality()},
      {"matcher.address", &config.matcher().address()},
      {"tls.ca_file", &config.tls().ca_file()},
      {"tls.certificate_file", &config.tls().certificate_file()},
      {"tls.key_file", &config.tls().key_file()},
      {"listen.address", &listen.address()},
      {"listen.certificate_file", &listen.certificate_file()},
      {"listen.key_file", &listen.key_file()},
      {"state_dir", &config.state_dir()},
  };
  for (const auto& [key, value] : required) {
    if (value->empty()) return MissingSetting(path, key);
  }
  if (!IsPersonName(config.municipality())) {
    return Wrong(path, "municipality: expected 1 to 64 of a-z, 0-9 and '-'");
  }
  if (absl::Status s = CheckLogin(path, config); !s.ok()) return s;
  if (config.access_contact().size() > kMaxContactBytes) {
    return Wrong(path, Cat("access_contact: expected at most ",
                           kMaxContactBytes, " bytes"));
  }
  if (!config.metrics_listen().empty()) {
    const absl::Status s = proto::CheckMetricsAddress(config.metrics_listen());
    if (!s.ok()) return Wrong(path, View(s.message()));
  }
  if (absl::Status s = log::SetLevel(config.log_level()); !s.ok()) {
    return Wrong(path, Cat("log_level: ", View(s.message())));
  }
  const std::string& origin = listen.origin();
  if (!origin.empty() &&
      (!origin.starts_with("https://") || origin.find('/', 8) != origin.npos)) {
    return Wrong(path, "listen.origin: expected https://host without a path");
  }
  if (absl::Status s = Bound(path, "idle_minutes", config.idle_minutes(),
                             kIdleMinutes, kMostIdleMinutes,
                             [&](unsigned v) { config.set_idle_minutes(v); });
      !s.ok()) {
    return s;
  }
  if (absl::Status s = Bound(path, "session_hours", config.session_hours(),
                             kSessionHours, kMostSessionHours,
                             [&](unsigned v) { config.set_session_hours(v); });
      !s.ok()) {
    return s;
  }
  for (std::string* file :
       {config.mutable_state_dir(), listen.mutable_certificate_file(),
        listen.mutable_key_file()}) {
    *file = ResolvePath(path, *file);
  }
  if (config.has_certificates()) {
    v1::CertificateLogin& login = *config.mutable_certificates();
    login.set_ca_file(ResolvePath(path, login.ca_file()));
    login.set_revoked_file(ResolvePath(path, login.revoked_file()));
  } else {
    v1::OpenIdLogin& login = *config.mutable_openid();
    login.set_keys_file(ResolvePath(path, login.keys_file()));
  }
  return config;
}

}  // namespace samkoer::clients
