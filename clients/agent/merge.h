// Makes one record of several rows of the same person in the same case. Pure.
#ifndef SAMKOER_CLIENTS_AGENT_MERGE_H_
#define SAMKOER_CLIENTS_AGENT_MERGE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "clients/agent/clean_case.h"

namespace samkoer::agent {

// Sorts `cases` by reference and person, and merges rows of the same person in
// the same case, so that the result does not depend on the rows' order:
//  * open if any row is open, and then not closed; else closed when the last
//    row was;
//  * opened when the first row was;
//  * unit, domain and contact of the leading row: open before closed, then
//    the earlier opened, then the smaller unit, domain and contact;
//  * all criterion codes (at most 16, the smallest); consent refused if any row
//    says so, else given if any row does; flags set if any row sets them.
// Returns how many rows went into others.
std::size_t MergeCases(std::vector<CleanCase>& cases);

// Takes out every case of a CPR number that has more than
// proto::kMaxCasesOfPerson: a number that an export puts wherever it knows
// none, with which the matcher would refuse the whole push. The rest stays in
// order. Returns the lines of what it took, ascending.
std::vector<std::int64_t> TakeOverfullPersons(std::vector<CleanCase>& cases);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_MERGE_H_
