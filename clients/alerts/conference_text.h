// Conferences as a coordinator reads them. Pure. Everything that people wrote
// is made terminal-safe.
#ifndef SAMKOER_CLIENTS_ALERTS_CONFERENCE_TEXT_H_
#define SAMKOER_CLIENTS_ALERTS_CONFERENCE_TEXT_H_

#include <span>
#include <string>

#include "clients/alerts/text_style.h"
#include "samkoer/v1/conferences.pb.h"

namespace samkoer::clients {

// An aligned table, one line a conference, in the order given: id, weekday and
// time, place, leader, cases, state. A line "Ingen konferencer." if there are
// none.
std::string ConferenceTable(std::span<const v1::Conference> conferences,
                            const TextStyle& style);

// One conference with its agenda, fit for paper: each case by its alert, with
// the departments that take part, where it comes from, and the action agreed
// on or room for it.
std::string ConferencePage(const v1::Conference& conference,
                           std::span<const v1::AgendaItem> agenda,
                           const TextStyle& style);

// "planlagt".
std::string ConferenceStateText(v1::ConferenceState state, Language language);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_CONFERENCE_TEXT_H_
