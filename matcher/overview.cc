#include "matcher/overview.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "matcher/alert_lifecycle.h"
#include "matcher/month_book.h"
#include "storage/key_layout.h"
#include "storage/matcher_state.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AlertState;
using samkoer::v1::GetOverviewResponse;

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

// Counts one alert after another.
class OverviewCounter::Numbers {
 public:
  explicit Numbers(const CompiledPolicy& policy) : policy_(policy) {}

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

  // An active one; the default where nothing is coordinated.
  void CountInside(const Inside& inside) {
    auto& [assigned, backlog] = half_years_[inside.half_year];
    if (inside.guide == nullptr) {
      ++backlog;
      ++without_guide_;
      return;
    }
    ++assigned;
    ++inside.guide->second;
  }

  GuideCounts guides() const {
    GuideCounts counts;
    for (const auto& [half_year, planned] : half_years_) {
      counts.assigned += planned.first;
      counts.backlog += planned.second;
    }
    return counts;
  }

  GetOverviewResponse Take(const GuideAlerts& guides) const {
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
    AddGuides(guides, response);
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
  void AddGuides(const GuideAlerts& guides,
                 GetOverviewResponse& response) const {
    // As the policy in force calls them.
    std::map<std::pair<std::string, std::string>, std::uint64_t> named;
    for (const auto& [guide, alerts] : guides) {
      const auto& [department, unit, external] = guide;
      std::string name = external;
      if (const auto number = policy_.FindDepartment(department);
          number != kUnknownIndex) {
        name = policy_.department(number).name();
      }
      if (name.empty()) name = department;
      named[{name, unit}] += alerts;
    }
    for (const auto& [unit, count] : named) {
      auto& listed = *response.add_guides();
      listed.set_department_name(unit.first);
      listed.set_unit(unit.second);
      listed.set_alerts(count);
    }
    response.add_guides()->set_alerts(without_guide_);
  }

  const CompiledPolicy& policy_;
  std::map<std::uint8_t, std::uint64_t> states_;
  std::uint64_t overdue_ = 0, transitions_ = 0;
  std::uint64_t matched_ = 0, nominated_only_ = 0, both_ = 0;
  std::uint64_t without_guide_ = 0;
  // Assigned and backlog.
  std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> half_years_;
};

absl::StatusOr<const OverviewCounter::Inside*> OverviewCounter::LookInto(
    const storage::StoredAlert& head, AlertReader& alerts) {
  Inside& inside = inside_[head.number];
  const bool known = inside.place.page == head.place.page &&
                     inside.place.index == head.place.index;
  if (!known) {
    const auto alert = alerts.Open(head);
    if (!alert.ok()) return alert.status();
    const auto& coordination = alert->coordination();
    inside.half_year = coordination.half_year();
    inside.guide = nullptr;
    if (HasGuide(*alert)) {
      const auto& holder = coordination.guide().holder();
      inside.guide = &*guides_
                           .try_emplace({holder.department(), holder.unit(),
                                         holder.external()})
                           .first;
    }
    inside.place = head.place;
  }
  inside.count = count_;
  return &inside;
}

void OverviewCounter::Forget() {
  absl::erase_if(
      inside_, [this](const auto& one) { return one.second.count != count_; });
  std::erase_if(guides_, [](const auto& guide) { return guide.second == 0; });
}

absl::StatusOr<GetOverviewResponse> OverviewCounter::Count(
    const OverviewBasis& basis, const storage::Reader& reader,
    const storage::ValueSealer& sealer, const AlertHeads* heads) {
  ++count_;
  for (auto& [guide, counted] : guides_) counted = 0;
  Numbers numbers(*basis.policy);
  AlertReader alerts(reader, sealer, heads);
  const Inside nothing;
  absl::Status status;
  absl::Status scanned = alerts.Scan(0, [&](const storage::StoredAlert& head) {
    numbers.Count(head);
    if (!IsActive(static_cast<AlertState>(head.state))) return true;
    if ((head.flags & storage::kAlertCoordinated) == 0) {
      numbers.CountInside(nothing);
      return true;
    }
    const auto inside = LookInto(head, alerts);
    status = inside.status();
    if (inside.ok()) numbers.CountInside(**inside);
    return status.ok();
  });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  Forget();
  GetOverviewResponse response = numbers.Take(guides_);
  response.set_feed_sequence(basis.feed_sequence);
  status = AddMonths(reader, sealer, numbers.guides(), response);
  if (!status.ok()) return status;
  return response;
}

}  // namespace samkoer::matcher
