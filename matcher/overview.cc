#include "matcher/overview.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "matcher/alert_lifecycle.h"
#include "matcher/alert_reader.h"
#include "matcher/month_book.h"
#include "storage/key_layout.h"
#include "storage/matcher_state.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AlertState;
using samkoer::v1::GetOverviewResponse;

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

absl::StatusOr<GetOverviewResponse> CountOverview(
    const OverviewBasis& basis, const storage::Reader& reader,
    const storage::ValueSealer& sealer) {
  Overview overview(*basis.policy);
  AlertReader alerts(reader, sealer);
  const samkoer::v1::Alert nothing;
  absl::Status status;
  absl::Status scanned = alerts.Scan(0, [&](const storage::StoredAlert& head) {
    overview.Count(head);
    if (!IsActive(static_cast<AlertState>(head.state))) return true;
    if ((head.flags & storage::kAlertCoordinated) == 0) {
      overview.CountInside(nothing);
      return true;
    }
    auto alert = alerts.Open(head);
    status = alert.status();
    if (alert.ok()) overview.CountInside(*alert);
    return status.ok();
  });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  GetOverviewResponse response = overview.Take();
  response.set_feed_sequence(basis.feed_sequence);
  status = AddMonths(reader, sealer, overview.guides(), response);
  if (!status.ok()) return status;
  return response;
}

}  // namespace samkoer::matcher
