#include "clients/audit/merge_person.h"

#include <algorithm>
#include <string>

namespace samkoer::clients {
namespace {

void MergeAlert(const v1::LookUpPersonResponse& older,
                v1::LookUpPersonResponse& person) {
  if (!older.has_alert()) return;
  if (!person.has_alert()) {
    *person.mutable_alert() = older.alert();
    person.set_alert_deleted_on(older.alert_deleted_on());
    person.set_alert_kept_months(older.alert_kept_months());
    return;
  }
  // Asked under both keys, one person has one alert.
  if (older.alert().alert_id() == person.alert().alert_id()) return;
  for (const v1::AlertHistoryEntry& step : older.alert().history()) {
    v1::AlertHistoryEntry& told = *person.mutable_alert()->add_history() = step;
    std::string note = older.alert().alert_id();
    if (!step.note().empty()) note.append(": ").append(step.note());
    told.set_note(note);
  }
}

}  // namespace

void MergePerson(const v1::LookUpPersonResponse& older,
                 v1::LookUpPersonResponse& person) {
  person.set_objection(person.objection() || older.objection());
  if (!older.known()) return;
  if (person.known() && older.subject_id() == person.subject_id()) return;
  if (!person.known()) person.set_subject_id(older.subject_id());
  person.set_known(true);
  person.mutable_records()->MergeFrom(older.records());
  MergeAlert(older, person);
  person.mutable_accesses()->MergeFrom(older.accesses());
  std::sort(person.mutable_accesses()->begin(),
            person.mutable_accesses()->end(),
            [](const v1::AccessRecord& a, const v1::AccessRecord& b) {
              return a.leaf_index() < b.leaf_index();
            });
  const auto same = [](const v1::AccessRecord& a, const v1::AccessRecord& b) {
    return a.leaf_index() == b.leaf_index();
  };
  auto& accesses = *person.mutable_accesses();
  accesses.erase(std::unique(accesses.begin(), accesses.end(), same),
                 accesses.end());
  person.set_accesses_cut(person.accesses_cut() || older.accesses_cut());
}

}  // namespace samkoer::clients
