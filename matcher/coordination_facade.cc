#include "matcher/coordination_facade.h"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "matcher/alert_lifecycle.h"
#include "matcher/alert_reader.h"
#include "matcher/coordination_commands.h"
#include "matcher/core.h"
#include "matcher/matcher.h"
#include "matcher/month_book.h"
#include "matcher/person_request.h"
#include "proto/limits.h"
#include "storage/key_layout.h"
#include "storage/matcher_state.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AlertState;
using samkoer::v1::GetOverviewResponse;

absl::Status CheckDepartment(const MatcherCore& core, const Caller& caller) {
  const Published published = core.Read();
  if (published.policy->FindDepartment(caller.name) == kUnknownIndex ||
      !published.departments->Find(caller.name)) {
    return absl::PermissionDeniedError("not permitted");
  }
  return published.suspensions->CheckOn(caller.name);
}

// Counts one alert after another.
class Overview {
 public:
  explicit Overview(const CompiledPolicy& policy) : policy_(policy) {}

  void Count(const storage::StoredAlert& head) {
    ++states_[head.state];
    if (!IsActive(static_cast<AlertState>(head.state))) return;
    const auto has = [&](std::uint16_t flag) {
      return (head.flags & flag) != 0;
    };
    if (has(storage::kAlertOverdue)) ++overdue_;
    if (has(storage::kAlertTransition)) ++transitions_;
    const bool matched = has(storage::kAlertMatched);
    const bool nominated = has(storage::kAlertNominated);
    ++(matched && nominated ? both_ : nominated ? nominated_only_ : matched_);
  }

  // An active one; `alert` is empty where nothing is coordinated.
  void CountInside(const samkoer::v1::Alert& alert) {
    const auto& coordination = alert.coordination();
    auto& [assigned, backlog] = half_years_[coordination.half_year()];
    if (!HasGuide(alert)) {
      ++backlog;
      ++without_guide_;
      return;
    }
    ++assigned;
    const auto& holder = coordination.guide().holder();
    std::string department = holder.external();
    if (const auto number = policy_.FindDepartment(holder.department());
        number != kUnknownIndex) {
      department = policy_.department(number).name();
    }
    if (department.empty()) department = holder.department();
    ++guides_[{department, holder.unit()}];
  }

  GuideCounts guides() const {
    GuideCounts counts;
    for (const auto& [half_year, planned] : half_years_) {
      counts.assigned += planned.first;
      counts.backlog += planned.second;
    }
    return counts;
  }

  GetOverviewResponse Take() const {
    GetOverviewResponse response;
    for (int s = 1; s < samkoer::v1::AlertState_ARRAYSIZE; ++s) {
      auto& count = *response.add_states();
      count.set_state(static_cast<AlertState>(s));
      const auto found = states_.find(static_cast<std::uint8_t>(s));
      count.set_alerts(found == states_.end() ? 0 : found->second);
    }
    response.set_overdue(overdue_);
    response.set_transitions(transitions_);
    response.set_matched_only(matched_);
    response.set_nominated_only(nominated_only_);
    response.set_matched_and_nominated(both_);
    for (const auto& [unit, count] : guides_) {
      auto& guides = *response.add_guides();
      guides.set_department_name(unit.first);
      guides.set_unit(unit.second);
      guides.set_alerts(count);
    }
    response.add_guides()->set_alerts(without_guide_);
    const auto add = [&](std::uint32_t half_year, const auto& counts) {
      auto& planned = *response.add_half_years();
      planned.set_half_year(half_year);
      planned.set_assigned(counts.first);
      planned.set_backlog(counts.second);
    };
    for (const auto& [half_year, counts] : half_years_) {
      if (half_year != 0) add(half_year, counts);
    }
    const auto rest = half_years_.find(0);
    add(0, rest == half_years_.end() ? std::pair<std::uint64_t, std::uint64_t>()
                                     : rest->second);
    return response;
  }

 private:
  const CompiledPolicy& policy_;
  std::map<std::uint8_t, std::uint64_t> states_;
  std::uint64_t overdue_ = 0, transitions_ = 0;
  std::uint64_t matched_ = 0, nominated_only_ = 0, both_ = 0;
  std::uint64_t without_guide_ = 0;
  std::map<std::pair<std::string, std::string>, std::uint64_t> guides_;
  // Assigned and backlog.
  std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> half_years_;
};

// Adds the months, as the snapshot has them.
absl::Status AddMonths(const storage::Reader& reader,
                       const storage::ValueSealer& sealer,
                       const GuideCounts& now, GetOverviewResponse& response) {
  const std::string key = storage::MetaKey(storage::kMatcherStateWord);
  const auto value = reader.Get(key);
  if (!value.ok()) return value.status();
  const auto plaintext = sealer.Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  const auto state = storage::DecodeMatcherState(*plaintext);
  if (!state.ok()) return state.status();
  const auto months = ReadMonths(reader, sealer);
  if (!months.ok()) return months.status();
  for (auto& month : MonthSeries(*months, state->next_alert, now)) {
    *response.add_months() = std::move(month);
  }
  return absl::OkStatus();
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
    const Caller& caller) {
  const Published published = core_.Read();
  Overview overview(*published.policy);
  const auto snapshot = core_.options().engine->Snapshot();
  AlertReader reader(*snapshot, *core_.options().sealer);
  const samkoer::v1::Alert nothing;
  absl::Status status;
  absl::Status scanned = reader.Scan(0, [&](const storage::StoredAlert& head) {
    overview.Count(head);
    if (!IsActive(static_cast<AlertState>(head.state))) return true;
    if ((head.flags & storage::kAlertCoordinated) == 0) {
      overview.CountInside(nothing);
      return true;
    }
    auto alert = reader.Open(head);
    status = alert.status();
    if (alert.ok()) overview.CountInside(*alert);
    return status.ok();
  });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  GetOverviewResponse response = overview.Take();
  response.set_feed_sequence(published.stats.feed_sequence);
  response.set_feed_id(core_.feed_id());
  status = AddMonths(*snapshot, *core_.options().sealer, overview.guides(),
                     response);
  if (!status.ok()) return status;
  status = core_.Log(caller, samkoer::v1::AUDIT_ACTION_OVERVIEW_READ,
                     [](samkoer::v1::AuditLeaf&) {});
  if (!status.ok()) return status;
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
  if (absl::Status s = CheckReason(request.reason()); !s.ok()) return s;
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
