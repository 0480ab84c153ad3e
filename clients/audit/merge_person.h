// One person's answers under two keys of pseudonyms as one. Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_MERGE_PERSON_H_
#define SAMKOER_CLIENTS_AUDIT_MERGE_PERSON_H_

#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

// Adds what the matcher said under an older epoch to what it said under a newer
// one: known or objected if either says so, the records and accesses of both.
// Of two alerts the newer epoch's stays, and the other's history is told in it,
// each note with the other's id; its cases are among the records. The id in the
// log, which one answer has room for, is the newer epoch's if that one knows
// the person.
void MergePerson(const v1::LookUpPersonResponse& older,
                 v1::LookUpPersonResponse& person);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_MERGE_PERSON_H_
