// Conferences as an iCalendar (RFC 5545), for the calendars of the team. Pure.
// It says when and where, and how many cases: nothing of any young person, and
// no names of employees, because calendars travel far.
#ifndef SAMKOER_CLIENTS_ALERTS_CALENDAR_TEXT_H_
#define SAMKOER_CLIENTS_ALERTS_CALENDAR_TEXT_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "clients/alerts/text.h"
#include "samkoer/v1/conferences.pb.h"

namespace samkoer::clients {

// One event a conference, in the order given. Lines end in CRLF and are folded
// at 75 octets; times are UTC. An event's UID is the conference's for life and
// its SEQUENCE counts the changes, so a calendar that reads the file again
// moves what was moved; a cancelled conference is marked so. It has no METHOD:
// that is for invitations, which name an organizer. `now` is when the file is
// made.
std::string CalendarText(std::span<const v1::Conference> conferences,
                         absl::Time now, Language language);

// A TEXT value: backslash, semicolon, comma and newline escaped; other control
// characters, marks that change the direction of writing, and what is no UTF-8
// left out.
std::string CalendarEscaped(std::string_view text);
// The line folded at 75 octets, never inside a character of UTF-8, with CRLF.
std::string CalendarLine(std::string_view line);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_CALENDAR_TEXT_H_
