#include "clients/web/certificate_watch.h"

#include <utility>

#include "absl/time/clock.h"
#include "proto/log.h"

namespace samkoer::clients {

void CertificateWatch::Start() {
  thread_ = std::thread([this] {
    while (true) {
      {
        const absl::MutexLock lock(&mutex_);
        if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_),
                                    kCertificateReread)) {
          return;
        }
      }
      Look(absl::Now());
    }
  });
}

void CertificateWatch::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void CertificateWatch::Look(absl::Time now) {
  LookAt(page_, now);
  LookAt(matcher_, now);
  LookAt(login_, now);
}

void CertificateWatch::LookAt(Watched& watched, absl::Time now) {
  const absl::StatusOr<bool> changed = watched.reload(now);
  watched.broken = !changed.ok();
  if (!changed.ok()) {
    const std::string trouble(changed.status().message());
    if (std::exchange(watched.told, trouble) == trouble) return;
    log::Error("certificate.not_read",
               {{"certificate", watched.name}, {"status", changed.status()}});
    return;
  }
  if (!std::exchange(watched.told, "").empty() && !*changed) {
    log::Info("certificate.read_again", {{"certificate", watched.name}});
  }
  if (!*changed) return;
  log::Info("certificate.renewed",
            {{"certificate", watched.name},
             {"until", absl::FormatTime("%Y-%m-%d", watched.not_after(),
                                        absl::UTCTimeZone())}});
}

}  // namespace samkoer::clients
