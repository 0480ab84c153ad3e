#include "clients/audit/leaf_text.h"

#include "absl/strings/ascii.h"
#include "clients/alerts/alert_words.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

constexpr std::string_view kPrefix = "AUDIT_ACTION_";

struct ActionWord {
  v1::AuditAction action;
  const char* danish;
  const char* english;
};

constexpr ActionWord kActions[] = {
    {v1::AUDIT_ACTION_STORE_CREATED, "Lager oprettet", "Store created"},
    {v1::AUDIT_ACTION_STARTED, "Startet", "Started"},
    {v1::AUDIT_ACTION_STOPPED, "Stoppet", "Stopped"},
    {v1::AUDIT_ACTION_POLICY_APPLIED, "Politik i kraft", "Policy applied"},
    {v1::AUDIT_ACTION_PROPOSED, "Ændring foreslået", "Change proposed"},
    {v1::AUDIT_ACTION_PROPOSAL_APPROVED, "Ændring godkendt", "Change approved"},
    {v1::AUDIT_ACTION_PROPOSAL_REJECTED, "Ændring afvist", "Change rejected"},
    {v1::AUDIT_ACTION_DEPARTMENT_SUSPENDED, "Afdeling afbrudt",
     "Department suspended"},
    {v1::AUDIT_ACTION_DEPARTMENT_RESUMED, "Afdeling tilsluttet igen",
     "Department resumed"},
    {v1::AUDIT_ACTION_PUSH_BEGUN, "Aflevering begyndt", "Push begun"},
    {v1::AUDIT_ACTION_BATCH_STORED, "Bundt gemt", "Batch stored"},
    {v1::AUDIT_ACTION_PUSH_COMMITTED, "Aflevering i kraft", "Push committed"},
    {v1::AUDIT_ACTION_PUSH_ABORTED, "Aflevering opgivet", "Push aborted"},
    {v1::AUDIT_ACTION_PERSONS_REKEYED, "Personer flyttet til ny nøgle",
     "Persons rekeyed"},
    {v1::AUDIT_ACTION_ALERTS_MATCHED, "Advis dannet", "Alerts matched"},
    {v1::AUDIT_ACTION_ALERT_STATE_SET, "Tilstand sat", "Alert state set"},
    {v1::AUDIT_ACTION_ALERTS_READ, "Advis læst", "Alerts read"},
    {v1::AUDIT_ACTION_FEED_READ, "Advisstrøm læst", "Feed read"},
    {v1::AUDIT_ACTION_INBOX_READ, "Indbakke læst", "Inbox read"},
    {v1::AUDIT_ACTION_NOTICES_READ, "Underretninger læst", "Notices read"},
    {v1::AUDIT_ACTION_NOTICES_ACKNOWLEDGED, "Underretninger kvitteret",
     "Notices acknowledged"},
    {v1::AUDIT_ACTION_LOG_READ, "Log læst", "Log read"},
    {v1::AUDIT_ACTION_PERSON_LOOKED_UP, "Person slået op", "Person looked up"},
    {v1::AUDIT_ACTION_PERSON_ERASED, "Person slettet", "Person erased"},
    {v1::AUDIT_ACTION_OBJECTION_LIFTED, "Indsigelse ophævet",
     "Objection lifted"},
    {v1::AUDIT_ACTION_STATISTICS_READ, "Statistik læst", "Statistics read"},
    {v1::AUDIT_ACTION_REFUSED, "Afvist", "Refused"},
    {v1::AUDIT_ACTION_SWEEP, "Daglig gennemgang", "Sweep"},
    {v1::AUDIT_ACTION_ALARM_RAISED, "Alarm", "Alarm raised"},
    {v1::AUDIT_ACTION_ALARM_ACKNOWLEDGED, "Alarm kvitteret",
     "Alarm acknowledged"},
    {v1::AUDIT_ACTION_ALARMS_READ, "Alarmer læst", "Alarms read"},
    {v1::AUDIT_ACTION_PROPOSALS_READ, "Forslag læst", "Proposals read"},
    {v1::AUDIT_ACTION_RETENTION_PLAN_READ, "Sletteplan læst",
     "Retention plan read"},
    {v1::AUDIT_ACTION_EVALUATED, "Pseudonymer beregnet", "Evaluated"},
    {v1::AUDIT_ACTION_QUOTA_EXCEEDED, "Kvote opbrugt", "Quota exceeded"},
    {v1::AUDIT_ACTION_KEY_PINNED, "Nøgle i brug", "Key pinned"},
    {v1::AUDIT_ACTION_KEY_DESTROYED, "Nøgle destrueret", "Key destroyed"},
    {v1::AUDIT_ACTION_QUOTA_CHANGED, "Kvote ændret", "Quota changed"},
    {v1::AUDIT_ACTION_LOSS_DECLARED, "Tab erklæret", "Loss declared"},
    {v1::AUDIT_ACTION_KEK_ROTATION_BEGUN, "Nøgleskift begyndt",
     "Key rotation begun"},
    {v1::AUDIT_ACTION_KEK_ROTATION_FINISHED, "Gamle nøgler destrueret",
     "Key rotation finished"},
    {v1::AUDIT_ACTION_COSIGNED, "Medunderskrevet af vidne", "Cosigned"},
    {v1::AUDIT_ACTION_WITNESS_OVERDUE, "Vidne mangler", "Witness overdue"},
    {v1::AUDIT_ACTION_WITNESS_BACK, "Vidne tilbage", "Witness back"},
    {v1::AUDIT_ACTION_COORDINATED, "Koordineret", "Coordinated"},
    {v1::AUDIT_ACTION_NOMINATED, "Indstillet", "Nominated"},
    {v1::AUDIT_ACTION_HANDOVER_ANSWERED, "Overdragelse besvaret",
     "Handover answered"},
    {v1::AUDIT_ACTION_CONFERENCE_CHANGED, "Konference ændret",
     "Conference changed"},
    {v1::AUDIT_ACTION_CONFERENCES_READ, "Konferencer læst", "Conferences read"},
    {v1::AUDIT_ACTION_INQUIRY_ASKED, "Spørgsmål stillet", "Inquiry asked"},
    {v1::AUDIT_ACTION_INQUIRY_ANSWERED, "Spørgsmål besvaret",
     "Inquiry answered"},
    {v1::AUDIT_ACTION_INQUIRIES_READ, "Spørgsmål læst", "Inquiries read"},
    {v1::AUDIT_ACTION_INQUIRY_DELETED, "Spørgsmål slettet", "Inquiry deleted"},
    {v1::AUDIT_ACTION_DUE_RAISED, "Frister og overgange markeret",
     "Dues raised"},
    {v1::AUDIT_ACTION_OVERVIEW_READ, "Overblik læst", "Overview read"},
};

// "ALERTS_READ" as "alerts-read".
std::string PlainName(v1::AuditAction action) {
  std::string name = v1::AuditAction_Name(action).substr(kPrefix.size());
  for (char& c : name) c = c == '_' ? '-' : absl::ascii_tolower(c);
  return name;
}

std::string Counts(const v1::AuditLeaf& leaf) {
  std::string out;
  for (const v1::AuditCount& count : leaf.counts()) {
    out += Cat(out.empty() ? "" : ", ", count.name(), " ", count.value());
  }
  return out;
}

std::string TimeText(const v1::AuditLeaf& leaf, absl::TimeZone zone) {
  return absl::FormatTime("%d-%m-%Y %H:%M:%S",
                          absl::FromUnixSeconds(leaf.time().seconds()), zone);
}

// A state that stands in a detail in the words of the screen.
std::string DetailText(const v1::AuditLeaf& leaf, Language l) {
  std::string text = leaf.detail();
  const std::size_t at = text.find("ALERT_STATE_");
  if (at == std::string::npos) return text;
  const std::size_t end =
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", at);
  v1::AlertState state;
  if (!v1::AlertState_Parse(text.substr(at, end - at), &state)) return text;
  return text.replace(at, end == std::string::npos ? end : end - at,
                      StateText(state, l));
}

}  // namespace

std::optional<v1::AuditLeaf> ParseLeaf(std::string_view bytes) {
  v1::AuditLeaf leaf;
  if (!leaf.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      leaf.version() != 1) {
    return std::nullopt;
  }
  return leaf;
}

std::string ActionText(v1::AuditAction action, Language language) {
  for (const ActionWord& word : kActions) {
    if (word.action == action) return Say(language, word.danish, word.english);
  }
  return Cat(Say(language, "ukendt handling ", "unknown action "),
             static_cast<int>(action));
}

absl::StatusOr<v1::AuditAction> ParseAction(std::string_view word,
                                            Language language) {
  std::string wanted(word);
  for (char& c : wanted) c = c == '_' ? '-' : absl::ascii_tolower(c);
  if (wanted.starts_with("audit-action-")) wanted.erase(0, kPrefix.size());
  std::string known;
  for (const ActionWord& action : kActions) {
    const std::string name = PlainName(action.action);
    // As a program writes it, or as the log is printed.
    if (wanted == name || word == action.danish || word == action.english) {
      return action.action;
    }
    known += Cat(known.empty() ? "" : ", ", name);
  }
  return WithHint(absl::InvalidArgumentError(Say(
                      language, "det er ingen handling", "this is no action")),
                  Cat(Say(language, "brug en af: ", "use one of: "), known));
}

std::string LeafLine(std::uint64_t index, std::string_view bytes,
                     const TextStyle& style) {
  const Language l = style.language;
  std::string line = Cat(index);
  if (line.size() < 7) line.insert(0, 7 - line.size(), ' ');
  const std::optional<v1::AuditLeaf> leaf = ParseLeaf(bytes);
  if (!leaf) {
    return Cat(line, "  ",
               Say(l, "indgang i et ukendt format, ", "unknown format, "),
               bytes.size(), " bytes");
  }
  std::string text = Cat(TimeText(*leaf, style.zone), "  ", leaf->actor(), "  ",
                         ActionText(leaf->action(), l));
  if (!leaf->counts().empty()) text += Cat("  (", Counts(*leaf), ")");
  if (!leaf->subjects().empty()) {
    text += Cat("  ", Say(l, "personer: ", "persons: "), leaf->subjects_size());
  }
  if (!leaf->reason().empty()) {
    text += Cat("  ", Say(l, "grund: ", "reason: "), leaf->reason());
  }
  if (!leaf->detail().empty()) text += Cat("  ", DetailText(*leaf, l));
  return Cat(line, "  ", TerminalSafe(text));
}

absl::StatusOr<std::string> LeafJson(std::uint64_t index,
                                     std::string_view bytes) {
  const std::optional<v1::AuditLeaf> leaf = ParseLeaf(bytes);
  if (!leaf) {
    return Cat("{\"index\":", index, ",\"unknown_bytes\":", bytes.size(), "}");
  }
  absl::StatusOr<std::string> json = JsonText(*leaf);
  if (!json.ok()) return json;
  return Cat("{\"index\":", index, ",\"leaf\":", *json, "}");
}

}  // namespace samkoer::clients
