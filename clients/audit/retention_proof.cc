#include "clients/audit/retention_proof.h"

#include <map>
#include <string_view>

#include "absl/time/time.h"

namespace samkoer::clients {
namespace {

// The figures without which a sweep proves nothing.
constexpr std::string_view kNeeded[] = {"kept.records",    "kept.alerts",
                                        "overdue.records", "overdue.alerts",
                                        "next-due",        "due-since"};

using Counts = std::map<std::string_view, std::uint64_t>;

// YYYYMMDD; 0 is none.
std::optional<absl::CivilDay> DayOf(std::uint64_t figure) {
  if (figure == 0) return std::nullopt;
  return absl::CivilDay(static_cast<int>(figure / 10000 % 10000),
                        static_cast<int>(figure / 100 % 100),
                        static_cast<int>(figure % 100));
}

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

// Whether the next sweep deleted what should have gone on `day` already. Under
// another policy its figure tells nothing of the days before.
bool DueWhenSwept(const SweepFacts& before, const SweepFacts* next,
                  absl::CivilDay day) {
  return next != nullptr && next->policy == before.policy && next->due_since &&
         *next->due_since <= day;
}

// Whether something came after the sweep whose time was up, and was not deleted
// the same day, or the log does not say when it came.
bool CameLate(const SweepFacts& sweep, const SweepFacts* next) {
  if (sweep.left_overdue != 0) return true;
  const bool known = next != nullptr && next->due_since &&
                     sweep.left_next_due &&
                     *sweep.left_next_due <= *next->due_since;
  return !known && DueWhenSwept(sweep, next, sweep.day);
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
  // What was due may have gone with an erasure: then the next sweep found
  // nothing that was over its time.
  const bool gone = before.erased_after && next != nullptr && !next->due_since;
  if (before.left_overdue != 0 ||
      (before.left_next_due && *before.left_next_due <= day && !gone) ||
      DueWhenSwept(before, next, day)) {
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
  sweep.policy = leaf.digest();
  Counts counts;
  for (const v1::AuditCount& count : leaf.counts()) {
    counts[count.name()] = count.value();
    if (count.name().starts_with("deleted.")) sweep.deleted += count.value();
  }
  for (const std::string_view name : kNeeded) {
    if (!counts.contains(name)) return sweep;
  }
  sweep.kept = counts["kept.records"] + counts["kept.alerts"];
  sweep.overdue = counts["overdue.records"] + counts["overdue.alerts"];
  sweep.next_due = sweep.left_next_due = DayOf(counts["next-due"]);
  sweep.due_since = DayOf(counts["due-since"]);
  sweep.complete = true;
  return sweep;
}

void TakeRetentionLeaf(std::uint64_t index, const v1::AuditLeaf& leaf,
                       std::vector<SweepFacts>& sweeps) {
  if (auto sweep = ReadSweep(index, leaf)) {
    sweeps.push_back(*std::move(sweep));
    return;
  }
  if (sweeps.empty()) return;
  SweepFacts& last = sweeps.back();
  if (leaf.action() == v1::AUDIT_ACTION_PERSON_ERASED) last.erased_after = true;
  Counts counts;
  for (const v1::AuditCount& count : leaf.counts()) {
    counts[count.name()] = count.value();
  }
  if (!counts.contains("next-due")) return;
  last.left_overdue = counts["overdue.records"] + counts["overdue.alerts"];
  last.left_next_due = DayOf(counts["next-due"]);
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
    if (CameLate(sweeps[i], next)) {
      take({sweeps[i].day, DayStanding::kCameLate,
            next != nullptr ? std::optional(*next) : std::nullopt});
    }
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
