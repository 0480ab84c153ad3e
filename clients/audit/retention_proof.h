// What the sweeps in a checked log prove: that on every past day nothing was
// kept longer than the policy says. Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_RETENTION_PROOF_H_
#define SAMKOER_CLIENTS_AUDIT_RETENTION_PROOF_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

namespace v1 = samkoer::v1;

// One sweep, as its leaf tells (audit.proto, AUDIT_ACTION_SWEEP).
struct SweepFacts {
  std::uint64_t leaf = 0;  // its index in the log
  absl::CivilDay day;
  // False if the leaf lacks figures that a proof needs: it proves nothing.
  bool complete = false;
  std::uint64_t deleted = 0;  // records and alerts
  std::uint64_t kept = 0;     // records and alerts, after it
  std::uint64_t overdue = 0;  // of those, what should be gone
  // The day on which retention deletes next; none if no day is set.
  std::optional<absl::CivilDay> next_due;
  // The earliest day on which anything that it deleted should have gone.
  std::optional<absl::CivilDay> due_since;
  // SHA-256 of the policy's text.
  std::string policy;
  // What later pushes of the same day made of the last figures.
  std::uint64_t left_overdue = 0;
  std::optional<absl::CivilDay> left_next_due;
  // Somebody was erased after it, whose leaf does not say what was due.
  bool erased_after = false;
};

// Nothing if the leaf is no sweep. A sweep without a readable day is incomplete
// and of the day 01-01-1970.
std::optional<SweepFacts> ReadSweep(std::uint64_t index,
                                    const v1::AuditLeaf& leaf);
// Takes the next leaf of the log: a new sweep, or what has changed after the
// last one. Other leaves, and changes before the first sweep, are left aside.
void TakeRetentionLeaf(std::uint64_t index, const v1::AuditLeaf& leaf,
                       std::vector<SweepFacts>& sweeps);

// How a day stands, from the harmless to the grave.
enum class DayStanding {
  // Before the first sweep, which found nothing.
  kNothingHeld,
  // Not swept yet, and nothing is due.
  kNotDue,
  // Not swept; a later sweep made up for it, and nothing had been due.
  kMadeUp,
  // Swept; nothing was kept over time.
  kSwept,
  // A leaf lacks the figures, or something was held before the first sweep.
  kNoFigures,
  // Something came after the day's sweep whose time was up already.
  kCameLate,
  // Not swept, although something was due: it was kept over time.
  kKeptOver,
  // A sweep of the day itself left something that should have gone.
  kOverdue,
};

// Whether nothing was kept over time.
bool IsProven(DayStanding standing);

struct DayFinding {
  absl::CivilDay day;
  DayStanding standing = DayStanding::kNoFigures;
  // The sweep of the day, or of a day that was not swept, or on which
  // something came late, the one that made up for it; none if there is none.
  std::optional<SweepFacts> sweep;
};

// Every day from `from` to `until`, both included, in order; `sweeps` as they
// stand in the log.
std::vector<DayFinding> ProveRetention(std::span<const SweepFacts> sweeps,
                                       absl::CivilDay from,
                                       absl::CivilDay until);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_RETENTION_PROOF_H_
