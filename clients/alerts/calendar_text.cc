#include "clients/alerts/calendar_text.h"

#include <cstddef>

#include "clients/common/cat.h"
#include "clients/common/utf8.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kLineOctets = 75;

std::string UtcText(absl::Time time) {
  return absl::FormatTime("%Y%m%dT%H%M%SZ", time, absl::UTCTimeZone());
}

std::string CasesText(unsigned cases, Language l) {
  return cases == 1 ? std::string(Say(l, "1 sag", "1 case"))
                    : Cat(cases, Say(l, " sager", " cases"));
}

void AddEvent(const v1::Conference& conference, absl::Time now, Language l,
              std::string& out) {
  const auto& details = conference.details();
  const absl::Time start = absl::FromUnixSeconds(details.start().seconds());
  const bool cancelled = conference.state() == v1::CONFERENCE_STATE_CANCELLED;
  const auto line = [&](std::string_view name, std::string_view value) {
    out += CalendarLine(Cat(name, ":", value));
  };
  line("BEGIN", "VEVENT");
  line("UID", CalendarEscaped(Cat(conference.conference_id(), "@samkoer")));
  line("DTSTAMP", UtcText(now));
  line("SEQUENCE",
       Cat(conference.revision() == 0 ? 0 : conference.revision() - 1));
  line("DTSTART", UtcText(start));
  line("DTEND", UtcText(start + absl::Minutes(details.minutes())));
  line("SUMMARY",
       CalendarEscaped(Cat(Say(l, "Ungekonference ", "Youth conference "),
                           conference.conference_id(), ", ",
                           CasesText(conference.cases(), l))));
  if (!details.place().empty()) {
    line("LOCATION", CalendarEscaped(details.place()));
  }
  line("STATUS", cancelled ? "CANCELLED" : "CONFIRMED");
  line("CLASS", "PRIVATE");
  line("END", "VEVENT");
}

// A calendar shows a value in the middle of words of its own, and turns them,
// too.
bool ChangesDirection(char32_t c) {
  return c == 0x61C || c == 0x200E || c == 0x200F ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool IsControl(char32_t c) { return c < 0x20 || (c >= 0x7F && c <= 0x9F); }

}  // namespace

std::string CalendarEscaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t c = NextCodePoint(text);
    if (c == U'\n') {
      out += "\\n";
    } else if (c != kNotUtf8 && !IsControl(c) && !ChangesDirection(c)) {
      if (c == U'\\' || c == U';' || c == U',') out += '\\';
      out += before.substr(0, before.size() - text.size());
    }
  }
  return out;
}

std::string CalendarLine(std::string_view line) {
  std::string out;
  std::size_t room = kLineOctets;
  while (line.size() > room) {
    std::size_t cut = room;
    while (cut > 1 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) {
      --cut;
    }
    out += Cat(line.substr(0, cut), "\r\n ");
    line.remove_prefix(cut);
    room = kLineOctets - 1;  // the blank counts
  }
  return Cat(out, line, "\r\n");
}

std::string CalendarText(std::span<const v1::Conference> conferences,
                         absl::Time now, Language language) {
  std::string out;
  for (const std::string_view line :
       {"BEGIN:VCALENDAR", "VERSION:2.0",
        "PRODID:-//Samkoer//samkoer-alerts//DA", "CALSCALE:GREGORIAN"}) {
    out += CalendarLine(line);
  }
  for (const v1::Conference& conference : conferences) {
    AddEvent(conference, now, language, out);
  }
  return out + CalendarLine("END:VCALENDAR");
}

}  // namespace samkoer::clients
