#include "matcher/coordination_facade.h"

#include "matcher/coordination_commands.h"
#include "matcher/core.h"
#include "matcher/matcher.h"
#include "matcher/person_request.h"
#include "matcher/store_view.h"
#include "proto/limits.h"
#include "proto/reason.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::GetOverviewResponse;

absl::Status CheckDepartment(const MatcherCore& core, const Caller& caller) {
  const Published published = core.Read();
  if (published.policy->FindDepartment(caller.name) == kUnknownIndex ||
      !published.departments->Find(caller.name)) {
    return absl::PermissionDeniedError("not permitted");
  }
  return published.suspensions->CheckOn(caller.name);
}

}  // namespace

CoordinationFacade::CoordinationFacade(const Matcher& matcher)
    : core_(matcher.core()) {}

absl::StatusOr<samkoer::v1::CoordinateResponse> CoordinationFacade::Coordinate(
    const Caller& caller, const samkoer::v1::CoordinateRequest& request) {
  return core_.Call<samkoer::v1::CoordinateResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunCoordinate(state, tx, caller, request);
      });
}

absl::StatusOr<GetOverviewResponse> CoordinationFacade::GetOverview(
    std::span<const Caller> callers) {
  const auto counted = overview_.Get(
      [this] {
        const Published published = core_.Read();
        return OverviewBasis{published.policy, published.suspensions,
                             published.day, published.stats.feed_sequence};
      },
      [this](
          const OverviewBasis& basis) -> absl::StatusOr<GetOverviewResponse> {
        const auto view = OpenView(core_);
        if (!view.ok()) return view.status();
        return counter_.Count(basis, *view->reader, *core_.options().sealer,
                              view->heads.get());
      });
  if (!counted.ok()) return counted.status();
  absl::Status status = core_.Do([&](LoopState& state, Transaction& tx) {
    for (const Caller& caller : callers) {
      tx.AddLeaf(state.MakeLeaf(tx.now(), caller,
                                samkoer::v1::AUDIT_ACTION_OVERVIEW_READ));
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  GetOverviewResponse response = **counted;
  response.set_feed_id(core_.feed_id());
  return response;
}

samkoer::v1::ListUnitsResponse CoordinationFacade::ListUnits() const {
  const Published published = core_.Read();
  samkoer::v1::ListUnitsResponse response;
  for (const auto& department : published.policy->proto().departments()) {
    auto& listed = *response.add_departments();
    listed.set_department(department.id());
    listed.set_department_name(department.name());
    for (const auto& unit : department.units()) listed.add_units(unit.name());
  }
  return response;
}

absl::StatusOr<samkoer::v1::NominateResponse> CoordinationFacade::Nominate(
    const Caller& caller, const samkoer::v1::NominateRequest& request) {
  if (absl::Status s = CheckDepartment(core_, caller); !s.ok()) return s;
  if (absl::Status s = proto::CheckReason(request.reason()); !s.ok()) return s;
  if (request.case_ref().empty() ||
      request.case_ref().size() > proto::kMaxCaseRefBytes) {
    return absl::InvalidArgumentError("case_ref: must have 1 to 64 bytes");
  }
  crypto::Hash16 person_key;
  const bool named = !request.pseudonym().empty();
  if (named) {
    auto key = CheckedPersonKey(core_, request);
    if (!key.ok()) return key.status();
    person_key = *key;
  }
  return core_.Call<samkoer::v1::NominateResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunNominate(state, tx, caller, request,
                           named ? &person_key : nullptr);
      });
}

absl::StatusOr<samkoer::v1::AnswerHandoverResponse>
CoordinationFacade::AnswerHandover(
    const Caller& caller, const samkoer::v1::AnswerHandoverRequest& request) {
  if (absl::Status s = CheckDepartment(core_, caller); !s.ok()) return s;
  return core_.Call<samkoer::v1::AnswerHandoverResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunAnswerHandover(state, tx, caller, request);
      });
}

}  // namespace samkoer::matcher
