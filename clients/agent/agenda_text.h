// A department's own cases of the conferences that are to come, for its own
// people: a sheet to print and to bring. Pure.
#ifndef SAMKOER_CLIENTS_AGENT_AGENDA_TEXT_H_
#define SAMKOER_CLIENTS_AGENT_AGENDA_TEXT_H_

#include <span>
#include <string>

#include "absl/time/time.h"
#include "samkoer/v1/intake.pb.h"

namespace samkoer::agent {

// By conference, the earliest first, each case with the alert's number by which
// the meeting calls it, the department's own reference, the unit and what this
// department has to do. In Danish, as it is read at the meeting. Conferences
// that were held are left out. Everything is made terminal-safe.
std::string AgendaSheet(std::span<const v1::InboxEntry> entries,
                        absl::TimeZone zone);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_AGENDA_TEXT_H_
