// Coordination as a coordinator reads it. Pure. Everything that people wrote is
// made terminal-safe.
#ifndef SAMKOER_CLIENTS_ALERTS_COORDINATION_TEXT_H_
#define SAMKOER_CLIENTS_ALERTS_COORDINATION_TEXT_H_

#include <string>

#include "clients/alerts/text_style.h"
#include "samkoer/v1/alerts.pb.h"

namespace samkoer::clients {

// What was agreed about one young person, a line each; empty if nothing was.
std::string CoordinationText(const v1::Coordination& coordination,
                             const TextStyle& style);

// How far a handover is: "venter på svar", "taget imod", ...
const char* HandoverText(v1::HandoverState state, Language language);

// Today's numbers.
std::string OverviewText(const v1::GetOverviewResponse& overview,
                         const TextStyle& style);

// "1. halvår 2027" of 20271; "-" of 0.
std::string HalfYearText(std::uint32_t half_year, Language language);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_COORDINATION_TEXT_H_
