// Turns one row into what may leave, or says why it stays. Pure: no I/O, no
// clock.
//
// The order of the checks is part of the contract, since a row counts once:
// columns, cells without a value, CPR number, case reference, status, dates
// (all set aside); closed, age (filtered); unit, kind (set aside); legal basis
// and age of the domain (filtered).
#ifndef SAMKOER_CLIENTS_AGENT_ROW_CLEANER_H_
#define SAMKOER_CLIENTS_AGENT_ROW_CLEANER_H_

#include <string>
#include <variant>
#include <vector>

#include "clients/agent/clean_case.h"
#include "clients/agent/columns.h"
#include "clients/agent/config.h"
#include "clients/agent/dates.h"
#include "clients/agent/intake_guard.h"
#include "clients/agent/life_events.h"
#include "clients/agent/number_map.h"
#include "clients/agent/reasons.h"

namespace samkoer::agent {

// A row that is in order and stays.
struct FilteredRow {
  FilterReason reason;
  // A delta withdraws the reference, in case the matcher holds it.
  std::string case_ref;
};

// What became of a row, and figures of quality that never decide anything.
struct RowOutcome {
  std::variant<RejectReason, FilteredRow, CleanCase> result;
  bool cpr_valid = false;
  bool modulus11 = false;         // the number as written fulfils it
  bool padded = false;            // a lost leading zero was put back
  bool renumbered = false;        // the number map had a newer one
  bool contact_dropped = false;   // too long, or shaped like a CPR number
  bool criteria_dropped = false;  // malformed, or no rule uses them
};

// Why a CPR number that is not valid sets its row aside.
RejectReason ReasonOf(clients::CprClass cpr_class);

// Thread safety: const objects may be used by many threads.
class RowCleaner {
 public:
  // All arguments must outlive the cleaner. `guard` is null where the matcher
  // was not asked (a dry run): then units and criteria are taken as they are.
  // `events` is null where there are no criteria to judge.
  RowCleaner(const Config& config, const NumberMap& numbers,
             const IntakeGuard* guard, const LifeEventBook* events,
             const CivilDate& day, v1::PushKind kind);

  RowOutcome Clean(const RowView& row) const;
  // Clean in words, a line each, with the criteria and what decided them.
  // Nothing of the row but its person's age and the kinds and days of life
  // events stands there: who asks can read the export.
  std::vector<std::string> Explain(const RowView& row) const;

 private:
  using Result = std::variant<RejectReason, FilteredRow, CleanCase>;
  Result Check(const RowView& row, const clients::Cpr& cpr,
               RowOutcome& quality) const;
  // False with `reason` set if a date cannot be read or contradicts another.
  bool ReadDates(const RowView& row, v1::CaseRecord& record,
                 RejectReason& reason) const;
  // Contact, criteria, consent and flags.
  void ReadExtras(const RowView& row, const clients::Cpr& cpr, int age,
                  v1::CaseRecord& record, RowOutcome& quality) const;
  // Adds codes that are in order and that the guard knows.
  void AddCriterion(std::string_view code, v1::CaseRecord& record,
                    RowOutcome& quality) const;
  Permission CheckPermitted(v1::Domain domain, int age) const;

  const Config& config_;
  const NumberMap& numbers_;
  const IntakeGuard* const guard_;
  const LifeEventBook* const events_;
  const CivilDate day_;
  const bool omit_closed_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_ROW_CLEANER_H_
