#include "server/certificate_watch.h"

#include "absl/time/clock.h"
#include "server/limits.h"
#include "server/log.h"
#include "server/metrics.h"

namespace samkoer::server {

CertificateWatch::CertificateWatch(LiveIdentity& identity, Metrics& metrics)
    : identity_(identity),
      expiry_(metrics.AddGauge(
          "samkoer_certificate_expiry_timestamp_seconds",
          "When the server's own certificate expires (Unix time).")),
      broken_(metrics.AddGauge("samkoer_certificate_files_broken",
                               "1 while the files of the server's certificate "
                               "cannot be used.")) {
  expiry_.Set(static_cast<double>(absl::ToUnixSeconds(identity_.not_after())));
}

void CertificateWatch::Start() {
  periodic_.emplace(kCertificateReread, [this] { Look(); });
}

void CertificateWatch::Look() {
  const absl::StatusOr<bool> changed = identity_.Reload(absl::Now());
  broken_.Set(changed.ok() ? 0 : 1);
  if (!changed.ok()) {
    log::Error("certificate.not_read", {{"status", changed.status()}});
    return;
  }
  if (!*changed) return;
  const absl::Time not_after = identity_.not_after();
  expiry_.Set(static_cast<double>(absl::ToUnixSeconds(not_after)));
  log::Info("certificate.renewed",
            {{"until",
              absl::FormatTime("%Y-%m-%d", not_after, absl::UTCTimeZone())}});
}

}  // namespace samkoer::server
