// The part of the facade for aggregates.
#include "matcher/core.h"
#include "matcher/matcher.h"
#include "matcher/retention.h"

namespace samkoer::matcher {
namespace {

samkoer::v1::GetRetentionPlanResponse PlanOf(const LoopState& state) {
  const RetentionDue due = DueUnder(
      RetentionPeriods(state.policy->proto().retention()), state.index);
  samkoer::v1::GetRetentionPlanResponse plan;
  plan.set_day(state.day.ToString());
  std::uint64_t closed = 0, ended = 0;
  auto record = due.records.begin();
  auto alert = due.alerts.begin();
  while (record != due.records.end() || alert != due.alerts.end()) {
    samkoer::v1::RetentionDay& day = *plan.add_days();
    if (alert == due.alerts.end() ||
        (record != due.records.end() &&
         record->first.first <= alert->first.first)) {
      day.set_day(record->first.first.ToString());
      day.set_domain(static_cast<samkoer::v1::Domain>(record->first.second));
      day.set_count(record->second);
      closed += record->second;
      ++record;
    } else {
      day.set_day(alert->first.first.ToString());
      day.set_state(static_cast<samkoer::v1::AlertState>(alert->first.second));
      day.set_count(alert->second);
      ended += alert->second;
      ++alert;
    }
  }
  plan.set_open_records(state.index.record_count() - closed);
  plan.set_open_alerts(state.index.alerts().size() - ended);
  return plan;
}

}  // namespace

absl::StatusOr<samkoer::v1::GetRetentionPlanResponse> Matcher::RetentionPlan(
    const Caller& caller) {
  using Response = samkoer::v1::GetRetentionPlanResponse;
  return core_->Call<Response>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<Response> {
        auto leaf = state.MakeLeaf(
            tx.now(), caller, samkoer::v1::AUDIT_ACTION_RETENTION_PLAN_READ);
        leaf.set_detail("retention plan");
        tx.AddLeaf(std::move(leaf));
        return PlanOf(state);
      });
}

}  // namespace samkoer::matcher
