#include "clients/audit/retention_proof.h"

#include <map>
#include <string_view>

#include "absl/time/time.h"

namespace samkoer::clients {
namespace {

// The figures without which a sweep proves nothing.
constexpr std::string_view kNeeded[] = {"kept.records", "kept.alerts",
                                        "overdue.records", "overdue.alerts",
                                        "next-due"};

std::optional<absl::CivilDay> DayOf(const std::string& text) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) return std::nullopt;
  return day;
}

DayFinding Swept(const SweepFacts& sweep) {
  const DayStanding standing = !sweep.complete      ? DayStanding::kNoFigures
                               : sweep.overdue != 0 ? DayStanding::kOverdue
                                                    : DayStanding::kSwept;
  return {sweep.day, standing, sweep};
}

// A day after `before` that was not swept; `next` made up for it, if given.
DayFinding Unswept(absl::CivilDay day, const SweepFacts& before,
                   const SweepFacts* next) {
  DayFinding finding{day, DayStanding::kNotDue, std::nullopt};
  if (next != nullptr) {
    finding.standing = DayStanding::kMadeUp;
    finding.sweep = *next;
  }
  if (!before.complete) finding.standing = DayStanding::kNoFigures;
  if (before.next_due && *before.next_due <= day) {
    finding.standing = DayStanding::kKeptOver;
  }
  return finding;
}

}  // namespace

std::optional<SweepFacts> ReadSweep(std::uint64_t index,
                                    const v1::AuditLeaf& leaf) {
  if (leaf.action() != v1::AUDIT_ACTION_SWEEP) return std::nullopt;
  SweepFacts sweep;
  sweep.leaf = index;
  const std::optional<absl::CivilDay> day = DayOf(leaf.detail());
  if (!day) return sweep;
  sweep.day = *day;
  std::map<std::string_view, std::uint64_t> counts;
  for (const v1::AuditCount& count : leaf.counts()) {
    counts[count.name()] = count.value();
    if (count.name().starts_with("deleted.")) sweep.deleted += count.value();
  }
  for (const std::string_view name : kNeeded) {
    if (!counts.contains(name)) return sweep;
  }
  sweep.kept = counts["kept.records"] + counts["kept.alerts"];
  sweep.overdue = counts["overdue.records"] + counts["overdue.alerts"];
  const std::uint64_t due = counts["next-due"];
  if (due != 0) {
    sweep.next_due = absl::CivilDay(static_cast<int>(due / 10000 % 10000),
                                    static_cast<int>(due / 100 % 100),
                                    static_cast<int>(due % 100));
  }
  sweep.complete = true;
  return sweep;
}

bool IsProven(DayStanding standing) {
  return standing < DayStanding::kNoFigures;
}

std::vector<DayFinding> ProveRetention(std::span<const SweepFacts> sweeps,
                                       absl::CivilDay from,
                                       absl::CivilDay until) {
  std::map<absl::CivilDay, DayFinding> found;
  const auto take = [&](const DayFinding& finding) {
    if (finding.day < from || finding.day > until) return;
    const auto [entry, first] = found.emplace(finding.day, finding);
    // The gravest word about a day stands.
    if (!first && entry->second.standing < finding.standing) {
      entry->second = finding;
    }
  };
  const auto take_unswept = [&](absl::CivilDay first, absl::CivilDay end,
                                const SweepFacts& before,
                                const SweepFacts* next) {
    for (absl::CivilDay day = std::max(first, from); day < end && day <= until;
         ++day) {
      take(Unswept(day, before, next));
    }
  };
  for (std::size_t i = 0; i < sweeps.size(); ++i) {
    take(Swept(sweeps[i]));
    const SweepFacts* const next =
        i + 1 < sweeps.size() ? &sweeps[i + 1] : nullptr;
    take_unswept(sweeps[i].day + 1, next != nullptr ? next->day : until + 1,
                 sweeps[i], next);
  }
  std::vector<DayFinding> days;
  for (absl::CivilDay day = from; day <= until; ++day) {
    const auto entry = found.find(day);
    if (entry != found.end()) {
      days.push_back(entry->second);
      continue;
    }
    const bool empty =
        !sweeps.empty() && sweeps[0].complete &&
        sweeps[0].deleted + sweeps[0].kept + sweeps[0].overdue == 0;
    days.push_back({day,
                    sweeps.empty() || empty ? DayStanding::kNothingHeld
                                            : DayStanding::kNoFigures,
                    std::nullopt});
  }
  return days;
}

}  // namespace samkoer::clients
