#include "clients/audit/alarms_command.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "clients/audit/person_command.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "proto/absl_text.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kIdBytes = 8;

struct KindWord {
  v1::AlarmKind kind;
  const char* danish;
  const char* english;
  // Its page in docs/runbooks/.
  const char* page;
};

constexpr KindWord kKinds[] = {
    {v1::ALARM_KIND_SAME_PERSON, "Har set på samme person igen og igen",
     "Has looked at the same person again and again", "alarm-same-person"},
    {v1::ALARM_KIND_OFF_HOURS, "Opslag om natten eller i weekenden",
     "Reads at night or at the weekend", "alarm-off-hours"},
    {v1::ALARM_KIND_BULK_READING, "Har fået vist mange advis på en time",
     "Has been shown many alerts within an hour", "alarm-bulk-reading"},
    {v1::ALARM_KIND_DENIED_ATTEMPTS, "Er blevet afvist igen og igen",
     "Has been refused again and again", "alarm-denied-attempts"},
    {v1::ALARM_KIND_QUOTA, "Har næsten brugt sin kvote (procent)",
     "Has nearly used up its quota (percent)", "alarm-quota"},
    {v1::ALARM_KIND_NEW_NUMBERS,
     "Har spurgt om langt flere numre, end afdelingen har personer (procent)",
     "Has asked about far more numbers than the department has persons "
     "(percent)",
     "alarm-new-numbers"},
    {v1::ALARM_KIND_SILENT_DEPARTMENT, "Afdelingen har intet sendt i dage",
     "The department has sent nothing for days", "alarm-silent-department"},
    {v1::ALARM_KIND_SHRUNK_DEPARTMENT,
     "Afdelingen har langt færre sager end for en uge siden (procent)",
     "The department holds far fewer records than a week ago (percent)",
     "alarm-shrunk-department"},
    {v1::ALARM_KIND_OWN_APPROVAL, "Ville godkende sit eget forslag",
     "Tried to approve an own proposal", "alarm-own-approval"},
    {v1::ALARM_KIND_WITNESS, "Intet vidne har medunderskrevet længe (timer)",
     "No witness has cosigned for long (hours)", "alarm-witness"},
};

const KindWord* WordOf(v1::AlarmKind kind) {
  const auto* found =
      std::find_if(std::begin(kKinds), std::end(kKinds),
                   [kind](const KindWord& word) { return word.kind == kind; });
  return found == std::end(kKinds) ? nullptr : found;
}

std::string AlarmPage(const v1::Alarm& alarm, const TextStyle& style) {
  const Language l = style.language;
  std::string page =
      Cat(AlarmIdText(alarm.alarm_id()), "  ", AlarmText(alarm.kind(), l), "\n",
          "  ", alarm.about(), "\n  ", Say(l, "målt ", "measured "),
          alarm.count(), Say(l, ", grænse ", ", threshold "), alarm.threshold(),
          Say(l, "; første gang ", "; first "),
          DateTimeText(alarm.first(), style.zone),
          Say(l, ", sidst ", ", last "), DateTimeText(alarm.last(), style.zone),
          Say(l, "; indgang ", "; entry "), alarm.leaf_index(), "\n");
  if (alarm.has_acknowledged()) {
    page += Cat(Say(l, "  kvitteret ", "  acknowledged "),
                DateTimeText(alarm.acknowledged(), style.zone),
                Say(l, " af ", " by "), alarm.acknowledged_by(), ": ",
                alarm.reason(), "\n");
  } else if (const KindWord* word = WordOf(alarm.kind()); word != nullptr) {
    page += Cat(Say(l, "  vejledning: docs/runbooks/", "  see docs/runbooks/"),
                word->page, ".md\n");
  }
  return page;
}

// Line by line, so that newlines of ours stay.
std::string SafeLines(const std::string& text) {
  std::string safe;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    safe += TerminalSafe(std::string_view(text).substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return safe;
}

}  // namespace

std::string AlarmText(v1::AlarmKind kind, Language language) {
  const KindWord* word = WordOf(kind);
  if (word != nullptr) return Say(language, word->danish, word->english);
  return Cat(Say(language, "ukendt alarm ", "unknown alarm "),
             static_cast<int>(kind));
}

std::string AlarmIdText(std::string_view alarm_id) {
  return absl::BytesToHexString(proto::Absl(alarm_id));
}

absl::StatusOr<std::string> ParseAlarmId(std::string_view text,
                                         Language language) {
  const bool fine =
      text.size() == 2 * kIdBytes &&
      std::all_of(text.begin(), text.end(), [](char c) {
        return absl::ascii_isxdigit(static_cast<unsigned char>(c));
      });
  if (fine) return absl::HexStringToBytes(proto::Absl(text));
  return WithHint(
      absl::InvalidArgumentError(
          Say(language, "det er ikke en alarms id", "this is no alarm's id")),
      Say(language, "`samkoer-audit alarms` viser dem",
          "`samkoer-audit alarms` shows them"));
}

absl::Status PrintAlarms(v1::Alarms::StubInterface& server, Peer peer,
                         bool include_acknowledged, const AuditOutput& output) {
  const Language l = output.style.language;
  grpc::ClientContext context;
  SetDeadline(context);
  v1::ListAlarmsRequest request;
  request.set_include_acknowledged(include_acknowledged);
  v1::ListAlarmsResponse response;
  const grpc::Status status = server.ListAlarms(&context, request, &response);
  if (!status.ok()) return FromServer(status, peer, l);
  if (output.format == OutputFormat::kJson) {
    absl::StatusOr<std::string> json = JsonText(response, /*pretty=*/true);
    if (!json.ok()) return json.status();
    output.out << *json;
    return Written(output.out, output.style.language);
  }
  for (const v1::Alarm& alarm : response.alarms()) {
    output.out << SafeLines(AlarmPage(alarm, output.style));
  }
  if (response.alarms().empty()) {
    output.out << Say(l, "Ingen alarmer.\n", "No alarms.\n");
  }
  return Written(output.out, output.style.language);
}

absl::Status AcknowledgeAlarm(v1::Alarms::StubInterface& server, Peer peer,
                              std::string_view id, const std::string& reason,
                              const AuditOutput& output) {
  const Language l = output.style.language;
  auto bytes = ParseAlarmId(id, l);
  if (!bytes.ok()) return bytes.status();
  if (absl::Status s = CheckReason(reason, l); !s.ok()) return s;
  grpc::ClientContext context;
  SetDeadline(context);
  v1::AcknowledgeAlarmRequest request;
  request.set_alarm_id(*bytes);
  request.set_reason(reason);
  v1::AcknowledgeAlarmResponse response;
  const grpc::Status status =
      server.AcknowledgeAlarm(&context, request, &response);
  if (!status.ok()) return FromServer(status, peer, l);
  if (output.format == OutputFormat::kJson) {
    absl::StatusOr<std::string> json = JsonText(response, /*pretty=*/true);
    if (!json.ok()) return json.status();
    output.out << *json;
  } else {
    output.out << SafeLines(AlarmPage(response.alarm(), output.style));
    // One that was acknowledged before stays as it is.
    if (response.alarm().reason() != reason) {
      output.out << Say(l,
                        "Der var kvitteret før; din begrundelse er ikke "
                        "gemt.\n",
                        "It was acknowledged before; your reason is not "
                        "kept.\n");
    }
  }
  return Written(output.out, output.style.language);
}

}  // namespace samkoer::clients
