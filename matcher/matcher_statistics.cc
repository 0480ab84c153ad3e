// The part of the facade for statistics and the description of the processing.
#include "matcher/core.h"
#include "matcher/matcher.h"
#include "matcher/objection_epochs.h"
#include "matcher/policy_since.h"
#include "matcher/statistics.h"

namespace samkoer::matcher {

absl::StatusOr<samkoer::v1::GetStatisticsResponse> Matcher::Statistics(
    const Caller& caller, const samkoer::v1::GetStatisticsRequest& request) {
  return core_->Call<samkoer::v1::GetStatisticsResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunStatistics(state, tx, caller, request);
      });
}

absl::StatusOr<samkoer::v1::DescribeProcessingResponse>
Matcher::DescribeProcessing(const Caller& caller) {
  using Response = samkoer::v1::DescribeProcessingResponse;
  return core_->Call<Response>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<Response> {
        Response response;
        auto since = LoadPolicySince(state, tx);
        if (!since.ok()) return since.status();
        *response.mutable_policy() = state.policy->proto();
        if (*since) *response.mutable_policy_since() = ToProto(**since);
        response.set_day(state.state.day);
        response.set_records(state.index.record_count());
        response.set_persons(state.index.person_count());
        response.set_alerts(state.index.alerts().size());
        response.set_audit_leaves(core_->options().audit->staged_size());
        // An objection may stand under two keys.
        if (absl::Status s = tx.WriteNow(); !s.ok()) return tx.Fatal(s);
        auto objections = CountObjections(state);
        if (!objections.ok()) return objections.status();
        response.set_objections(objections->standing);
        for (const storage::StoredEpoch& epoch : *state.epochs) {
          if (epoch.live()) response.add_epochs(epoch.epoch);
        }
        for (std::string& id : state.suspensions->Departments()) {
          response.add_suspended_departments(std::move(id));
        }
        auto leaf = state.MakeLeaf(tx.now(), caller,
                                   samkoer::v1::AUDIT_ACTION_STATISTICS_READ);
        leaf.set_detail("description of the processing");
        tx.AddLeaf(std::move(leaf));
        return response;
      });
}

}  // namespace samkoer::matcher
