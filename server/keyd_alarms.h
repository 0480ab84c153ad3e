// The key service's alarms: counted by the quota ledger, the one writer of its
// store.
#ifndef SAMKOER_SERVER_KEYD_ALARMS_H_
#define SAMKOER_SERVER_KEYD_ALARMS_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "matcher/alarm_book.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/alarms_service.h"
#include "server/metrics.h"
#include "server/quota_ledger.h"

namespace samkoer::server {

struct KeydStore;

// Thread safety: BeforeWrite and book() belong to the ledger's writer; they may
// be used from another thread before the ledger starts.
class KeydAlarms {
 public:
  // Takes in what the store and its log hold. `store` and `metrics` must
  // outlive this. Errors as AlarmBook::Load.
  static absl::StatusOr<std::unique_ptr<KeydAlarms>> Load(
      const v1::KeydConfig& config, const KeydStore& store, Metrics& metrics,
      absl::Time now);

  // For QuotaLedger::Options::before_write.
  void BeforeWrite(QuotaLedger::Writes& writes);
  matcher::AlarmBook& book() { return book_; }

 private:
  KeydAlarms(const KeydStore& store, Metrics& metrics);
  void ShowOpen();

  const KeydStore& store_;
  matcher::AlarmBook book_;
  std::vector<std::pair<v1::AlarmKind, Gauge*>> gauges_;
};

// The Alarms rpcs answered by the key service. Thread safety: as AlarmsBackend.
class KeydAlarmsBackend final : public AlarmsBackend {
 public:
  // Both must outlive this; `ledger` must call `alarms` before each write.
  KeydAlarmsBackend(KeydAlarms& alarms, QuotaLedger& ledger)
      : alarms_(alarms), ledger_(ledger) {}

  absl::StatusOr<v1::ListAlarmsResponse> List(
      const Identity& who, const v1::ListAlarmsRequest& request) override;
  absl::StatusOr<v1::AcknowledgeAlarmResponse> Acknowledge(
      const Identity& who, const v1::AcknowledgeAlarmRequest& request) override;

 private:
  KeydAlarms& alarms_;
  QuotaLedger& ledger_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEYD_ALARMS_H_
