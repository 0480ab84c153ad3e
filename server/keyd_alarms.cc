#include "server/keyd_alarms.h"

#include <string>

#include "absl/time/clock.h"
#include "server/alarm_gauges.h"
#include "server/key_leaves.h"
#include "server/keyd_store.h"
#include "storage/alarm_table.h"

namespace samkoer::server {

KeydAlarms::KeydAlarms(const KeydStore& store, Metrics& metrics)
    : store_(store),
      // What is counted by the hour of the day is read in the matcher alone.
      book_(absl::UTCTimeZone(), store.sealer),
      gauges_(AlarmGauges(metrics)) {}

absl::StatusOr<std::unique_ptr<KeydAlarms>> KeydAlarms::Load(
    const v1::KeydConfig& config, const KeydStore& store, Metrics& metrics,
    absl::Time now) {
  std::unique_ptr<KeydAlarms> self(new KeydAlarms(store, metrics));
  matcher::AlarmSetup setup{.thresholds = config.alarms()};
  for (const v1::DepartmentSize& size : config.department_sizes()) {
    setup.sizes[size.department()] = size.persons();
  }
  self->book_.Configure(std::move(setup));
  if (absl::Status s = self->book_.Load(*store.engine, *store.log, now);
      !s.ok()) {
    return s;
  }
  self->ShowOpen();
  return self;
}

void KeydAlarms::ShowOpen() {
  for (const auto& [kind, gauge] : gauges_) {
    gauge->Set(static_cast<double>(book_.open(kind)));
  }
}

void KeydAlarms::BeforeWrite(QuotaLedger::Writes& writes) {
  book_.BeforeWrite(
      writes.leaves, store_.log->size(),
      [](v1::AuditAction action) { return ProcessLeaf(action, absl::Now()); },
      [&](std::string key, std::string value) {
        if (value.empty()) {
          writes.batch.Delete(std::move(key));
        } else {
          writes.batch.Put(std::move(key), std::move(value));
        }
      });
  ShowOpen();
}

absl::StatusOr<v1::ListAlarmsResponse> KeydAlarmsBackend::List(
    const Identity& who, const v1::ListAlarmsRequest& request) {
  v1::ListAlarmsResponse response;
  const absl::Status written = ledger_.Write([&](QuotaLedger::Writes& writes) {
    for (v1::Alarm& alarm :
         alarms_.book().List(request.include_acknowledged())) {
      *response.add_alarms() = std::move(alarm);
    }
    writes.leaves.push_back(AlarmsReadLeaf(
        who, static_cast<std::uint64_t>(response.alarms_size()), absl::Now()));
    return absl::OkStatus();
  });
  if (!written.ok()) return written;
  return response;
}

absl::StatusOr<v1::AcknowledgeAlarmResponse> KeydAlarmsBackend::Acknowledge(
    const Identity& who, const v1::AcknowledgeAlarmRequest& request) {
  if (request.alarm_id().size() != storage::kAlarmIdBytes) {
    return absl::InvalidArgumentError("alarm_id: must have 8 bytes");
  }
  v1::AcknowledgeAlarmResponse response;
  const absl::Status written = ledger_.Write([&](QuotaLedger::Writes& writes) {
    const absl::Time now = absl::Now();
    bool changed = false;
    auto alarm = alarms_.book().Acknowledge(request.alarm_id(), who.uri,
                                            request.reason(), now, changed);
    if (!alarm.ok()) return alarm.status();
    if (changed) {
      writes.leaves.push_back(AlarmAcknowledgedLeaf(who, *alarm, now));
    }
    *response.mutable_alarm() = *std::move(alarm);
    return absl::OkStatus();
  });
  if (!written.ok()) return written;
  return response;
}

}  // namespace samkoer::server
