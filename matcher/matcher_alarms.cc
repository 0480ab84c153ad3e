// The part of the facade for alarms.
#include <utility>

#include "matcher/alarm_book.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/core.h"
#include "matcher/matcher.h"
#include "samkoer/v1/alarms.pb.h"
#include "storage/alarm_table.h"

namespace samkoer::matcher {

absl::StatusOr<samkoer::v1::ListAlarmsResponse> Matcher::ListAlarms(
    const Caller& caller, const samkoer::v1::ListAlarmsRequest& request) {
  using Response = samkoer::v1::ListAlarmsResponse;
  return core_->Call<Response>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<Response> {
        Response response;
        for (samkoer::v1::Alarm& alarm :
             core_->alarms().List(request.include_acknowledged())) {
          *response.add_alarms() = std::move(alarm);
        }
        auto leaf = state.MakeLeaf(tx.now(), caller,
                                   samkoer::v1::AUDIT_ACTION_ALARMS_READ);
        AddCount(leaf, "alarms",
                 static_cast<std::uint64_t>(response.alarms_size()));
        tx.AddLeaf(std::move(leaf));
        return response;
      });
}

absl::StatusOr<samkoer::v1::AcknowledgeAlarmResponse> Matcher::AcknowledgeAlarm(
    const Caller& caller, const samkoer::v1::AcknowledgeAlarmRequest& request) {
  if (request.alarm_id().size() != storage::kAlarmIdBytes) {
    return absl::InvalidArgumentError("alarm_id: must have 8 bytes");
  }
  using Response = samkoer::v1::AcknowledgeAlarmResponse;
  return core_->Call<Response>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<Response> {
        bool changed = false;
        auto alarm =
            core_->alarms().Acknowledge(request.alarm_id(), caller.uri,
                                        request.reason(), tx.now(), changed);
        if (!alarm.ok()) return alarm.status();
        if (changed) {
          auto leaf = state.MakeLeaf(
              tx.now(), caller, samkoer::v1::AUDIT_ACTION_ALARM_ACKNOWLEDGED);
          leaf.set_reason(request.reason());
          leaf.set_detail(AlarmDetail(*alarm));
          tx.AddLeaf(std::move(leaf));
        }
        Response response;
        *response.mutable_alarm() = *std::move(alarm);
        return response;
      });
}

std::uint64_t Matcher::OpenAlarms(samkoer::v1::AlarmKind kind) const {
  return core_->alarms().open(kind);
}

}  // namespace samkoer::matcher
