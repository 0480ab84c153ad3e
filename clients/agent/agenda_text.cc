#include "clients/agent/agenda_text.h"

#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

using clients::Cat;
using clients::TerminalSafe;

std::string WhenText(const v1::InboxConference& conference,
                     absl::TimeZone zone) {
  return absl::FormatTime("%d-%m-%Y kl. %H:%M",
                          absl::FromUnixSeconds(conference.start().seconds()),
                          zone);
}

// "2026-12-01" as "01-12-2026".
std::string DayText(const std::string& day) {
  if (day.size() != 10) return day;
  return Cat(day.substr(8, 2), "-", day.substr(5, 2), "-", day.substr(0, 4));
}

}  // namespace

std::string AgendaSheet(std::span<const v1::InboxEntry> entries,
                        absl::TimeZone zone) {
  std::map<std::pair<std::int64_t, std::string>,
           std::vector<const v1::InboxEntry*>>
      conferences;
  for (const v1::InboxEntry& entry : entries) {
    if (!entry.has_conference() || entry.conference().held()) continue;
    conferences[{entry.conference().start().seconds(),
                 entry.conference().conference_id()}]
        .push_back(&entry);
  }
  if (conferences.empty()) {
    return "Ingen af jeres sager er på en kommende ungekonference.\n";
  }
  std::string out;
  for (const auto& [key, cases] : conferences) {
    const v1::InboxConference& conference = cases.front()->conference();
    out +=
        Cat(out.empty() ? "" : "\n", "Ungekonference ",
            TerminalSafe(conference.conference_id()), ": ",
            WhenText(conference, zone), conference.place().empty() ? "" : ", ",
            TerminalSafe(conference.place()), "\nJeres sager:\n");
    for (const v1::InboxEntry* entry : cases) {
      out += absl::StrFormat(
          "  [ ] %-12s %-24s %s\n", TerminalSafe(entry->alert_id()),
          TerminalSafe(entry->case_ref()), TerminalSafe(entry->unit()));
      if (!entry->conference().has_action()) continue;
      const auto& action = entry->conference().action();
      out += Cat("      Handling: ", TerminalSafe(action.text()), " (",
                 TerminalSafe(action.unit()), ", senest ",
                 TerminalSafe(DayText(action.due_day())),
                 action.has_done() ? ", gjort)\n" : ")\n");
    }
  }
  return out;
}

}  // namespace samkoer::agent
