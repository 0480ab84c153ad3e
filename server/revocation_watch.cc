#include "server/revocation_watch.h"

#include "server/limits.h"
#include "server/log.h"
#include "server/metrics.h"

namespace samkoer::server {

RevocationWatch::RevocationWatch(RevocationList& list, Metrics& metrics)
    : list_(list),
      count_(metrics.AddGauge("samkoer_revoked_certificates",
                              "Certificates on the list.")),
      broken_(metrics.AddGauge(
          "samkoer_revocation_list_broken",
          "1 while the list of revoked certificates cannot be read.")) {
  count_.Set(static_cast<double>(list_.size()));
}

void RevocationWatch::Start() {
  periodic_.emplace(kRevocationReread, [this] { Look(); });
}

void RevocationWatch::Look() {
  const std::size_t before = list_.size();
  const absl::StatusOr<bool> changed = list_.ReloadIfChanged();
  broken_.Set(changed.ok() ? 0 : 1);
  if (!changed.ok()) {
    log::Error("revocation.not_read", {{"status", changed.status()}});
    return;
  }
  if (!*changed) return;
  count_.Set(static_cast<double>(list_.size()));
  if (list_.size() < before) {
    log::Warning("revocation.shorter",
                 {{"certificates", list_.size()}, {"before", before}});
  } else {
    log::Info("revocation.read", {{"certificates", list_.size()}});
  }
}

}  // namespace samkoer::server
