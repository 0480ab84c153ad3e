#include <cctype>
#include <iostream>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "clients/agent/agenda_text.h"
#include "clients/agent/commands.h"
#include "clients/agent/json_message.h"
#include "clients/agent/matcher_link.h"
#include "clients/agent/run_support.h"

namespace samkoer::agent {
namespace {

std::string StateName(v1::AlertState state) {
  constexpr std::string_view kPrefix = "ALERT_STATE_";
  std::string name = v1::AlertState_Name(state);
  if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
  for (char& c : name) {
    c = c == '_'
            ? '-'
            : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string DayText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d", absl::FromUnixSeconds(time.seconds()),
                          absl::LocalTimeZone());
}

void PrintHuman(const std::vector<v1::InboxEntry>& entries) {
  if (entries.empty()) {
    std::cout << "no case of yours is convened\n";
    return;
  }
  std::cout << absl::StreamFormat("%-12s %-20s %-24s %-24s %s\n", "alert",
                                  "state", "your case", "unit", "convened");
  for (const v1::InboxEntry& entry : entries) {
    const std::string convened =
        entry.has_convened() ? DayText(entry.convened()) : "-";
    std::cout << absl::StreamFormat(
        "%-12s %-20s %-24s %-24s %s\n", clients::TerminalSafe(entry.alert_id()),
        StateName(entry.state()), clients::TerminalSafe(entry.case_ref()),
        clients::TerminalSafe(entry.unit()), convened);
  }
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M",
                          absl::FromUnixSeconds(time.seconds()),
                          absl::LocalTimeZone());
}

const char* RoleText(v1::HandoverRole role) {
  switch (role) {
    case v1::HANDOVER_ROLE_GUIDE:
      return "youth guide";
    case v1::HANDOVER_ROLE_CASEWORKER:
      return "coordinating caseworker";
    default:
      return "contact person";
  }
}

// What the department has to answer: a successor's word releases the holder.
void PrintHandovers(const std::vector<v1::InboxEntry>& entries) {
  for (const v1::InboxEntry& entry : entries) {
    if (!entry.has_handover()) continue;
    std::cout << absl::StreamFormat(
        "\n%s (%s): your unit %s is asked to be the %s, since %s\n"
        "  answer with: samkoer-agent handover %s %d --accept (or --refuse)\n",
        clients::TerminalSafe(entry.alert_id()),
        clients::TerminalSafe(entry.case_ref()),
        clients::TerminalSafe(entry.handover().unit()),
        RoleText(entry.handover().role()),
        TimeText(entry.handover().requested()),
        clients::TerminalSafe(entry.alert_id()),
        entry.handover().handover_id());
  }
}

// When and where the department's cases are spoken of, and what it has to do.
void PrintConferences(const std::vector<v1::InboxEntry>& entries) {
  for (const v1::InboxEntry& entry : entries) {
    if (!entry.has_conference()) continue;
    const v1::InboxConference& conference = entry.conference();
    std::cout << absl::StreamFormat(
        "\n%s (%s): conference %s, %s%s%s%s\n",
        clients::TerminalSafe(entry.alert_id()),
        clients::TerminalSafe(entry.case_ref()),
        clients::TerminalSafe(conference.conference_id()),
        TimeText(conference.start()), conference.place().empty() ? "" : ", ",
        clients::TerminalSafe(conference.place()),
        conference.held() ? ", held" : "");
    if (!conference.has_action()) continue;
    const v1::ConferenceAction& action = conference.action();
    std::cout << absl::StreamFormat("  your action: %s (%s, by %s%s)\n",
                                    clients::TerminalSafe(action.text()),
                                    clients::TerminalSafe(action.unit()),
                                    clients::TerminalSafe(action.due_day()),
                                    action.has_done() ? ", done" : "");
  }
}

std::string KindText(v1::NoticeKind kind) {
  switch (kind) {
    case v1::NOTICE_KIND_ERASED:
      return "the person was erased: must your data be erased too?";
    case v1::NOTICE_KIND_OBJECTION:
      return "the person has objected: leave the case out of exports";
    default:
      return "unknown kind of notice; update this program";
  }
}

void PrintNotices(const std::vector<v1::Notice>& notices) {
  if (notices.empty()) return;
  std::cout << absl::StreamFormat("\n%-12s %-24s %s\n", "since", "your case",
                                  "notice");
  for (const v1::Notice& notice : notices) {
    std::cout << absl::StreamFormat("%-12s %-24s %s\n", DayText(notice.time()),
                                    clients::TerminalSafe(notice.case_ref()),
                                    KindText(notice.kind()));
  }
}

// An object with two arrays.
absl::Status PrintJson(const std::vector<v1::InboxEntry>& entries,
                       const std::vector<v1::Notice>& notices) {
  std::cout << "{";
  if (absl::Status s = PrintArray(std::cout, "entries", entries); !s.ok())
    return s;
  std::cout << ",\n ";
  if (absl::Status s = PrintArray(std::cout, "notices", notices); !s.ok())
    return s;
  std::cout << "}\n";
  return absl::OkStatus();
}

}  // namespace

int RunInbox(const CommandContext& context, const InboxOptions& options) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  auto matcher = OpenMatcher(*config);
  if (!matcher.ok()) return clients::Fail(matcher.status());
  const auto entries = FetchInbox(**matcher, kMaxInboxEntries);
  if (!entries.ok()) return clients::Fail(entries.status());
  const auto notices = FetchNotices(**matcher);
  if (!notices.ok()) return clients::Fail(notices.status());
  if (context.format == clients::OutputFormat::kJson) {
    if (absl::Status s = PrintJson(*entries, *notices); !s.ok()) {
      return clients::Fail(s);
    }
  } else if (options.agenda) {
    std::cout << AgendaSheet(*entries, absl::LocalTimeZone());
  } else {
    PrintHuman(*entries);
    PrintConferences(*entries);
    PrintHandovers(*entries);
    PrintNotices(*notices);
  }
  std::cout.flush();
  // What could not be shown must not be lost.
  if (!std::cout) {
    return clients::Fail(absl::InternalError("cannot write the output"));
  }
  if (!options.acknowledge || notices->empty()) return 0;
  return clients::Fail(AcknowledgeNotices(**matcher, *notices));
}

}  // namespace samkoer::agent
