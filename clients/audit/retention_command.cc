#include "clients/audit/retention_command.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <ostream>
#include <span>
#include <vector>

#include "clients/alerts/alert_words.h"
#include "clients/audit/leaf_filter.h"
#include "clients/audit/leaf_text.h"
#include "clients/audit/log_command.h"
#include "clients/audit/retention_proof.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"

namespace samkoer::clients {
namespace {

// A hundred years.
constexpr int kMaxProofDays = 36600;

std::string DayText(absl::CivilDay day) {
  return absl::FormatTime("%d-%m-%Y", absl::FromCivil(day, absl::UTCTimeZone()),
                          absl::UTCTimeZone());
}

// "2027-05-01" of the wire as people write it.
std::string DayText(const std::string& wire) {
  absl::CivilDay day;
  return absl::ParseCivilTime(wire, &day) ? DayText(day) : TerminalSafe(wire);
}

std::string PlanPage(const v1::GetRetentionPlanResponse& plan, Language l) {
  std::string page = Cat(
      Say(l, "Hvad der slettes hvornår, hvis intet ændrer sig; matcherens dag ",
          "What is deleted when, if nothing changes; the matcher's day "),
      DayText(plan.day()), "\n\n");
  for (const v1::RetentionDay& day : plan.days()) {
    page += Cat("  ", DayText(day.day()), "  ");
    std::string count = Cat(day.count());
    page.append(count.size() < 7 ? 7 - count.size() : 0, ' ');
    page += Cat(count, "  ");
    if (day.state() != v1::ALERT_STATE_UNSPECIFIED) {
      page += Cat(Say(l, "advis, ", "alerts, "), StateText(day.state(), l));
    } else {
      page += Cat(Say(l, "lukkede sager, ", "closed cases, "),
                  DomainText(day.domain(), l));
    }
    page += "\n";
  }
  if (plan.days().empty()) {
    page += Say(l, "  Intet er sat til sletning.\n",
                "  Nothing is set to be deleted.\n");
  }
  page +=
      Cat("\n", Say(l, "Uden dato: ", "Without a day: "), plan.open_records(),
          Say(l, " åbne sager og ", " open cases and "), plan.open_alerts(),
          Say(l, " advis, der ikke er afsluttet, eller hvis regel gælder\n",
              " alerts that are not ended, or whose rule holds\n"));
  return page;
}

const char* StandingName(DayStanding standing) {
  switch (standing) {
    case DayStanding::kNothingHeld:
      return "nothing-held";
    case DayStanding::kNotDue:
      return "not-due";
    case DayStanding::kMadeUp:
      return "made-up";
    case DayStanding::kSwept:
      return "swept";
    case DayStanding::kNoFigures:
      return "no-figures";
    case DayStanding::kCameLate:
      return "came-late";
    case DayStanding::kKeptOver:
      return "kept-over";
    case DayStanding::kOverdue:
      return "overdue";
  }
  return "";
}

std::string StandingText(const DayFinding& finding, Language l) {
  const std::string by = finding.sweep ? Cat(DayText(finding.sweep->day),
                                             Say(l, " (indgang ", " (entry "),
                                             finding.sweep->leaf, ")")
                                       : std::string();
  switch (finding.standing) {
    case DayStanding::kNothingHeld:
      return Say(l, "før første gennemgang: der var intet",
                 "before the first sweep: there was nothing");
    case DayStanding::kNotDue:
      return Say(l, "ikke gennemgået endnu; intet skulle slettes",
                 "not swept yet; nothing was due");
    case DayStanding::kMadeUp:
      return Cat(Say(l, "ingen gennemgang; intet skulle slettes; indhentet ",
                     "no sweep; nothing was due; made up for on "),
                 by);
    case DayStanding::kSwept:
      return Say(l, "gennemgået; intet lå over tiden",
                 "swept; nothing was kept over time");
    case DayStanding::kNoFigures:
      return Say(l, "IKKE BEVIST: loggen mangler gennemgangens tal",
                 "NOT PROVEN: the log lacks the sweep's figures");
    case DayStanding::kCameLate:
      return Cat(Say(l,
                     "OVER TIDEN: en afdeling sendte noget, hvis frist var "
                     "gået; ",
                     "OVER TIME: a department sent something whose time was "
                     "up; "),
                 by.empty() ? Say(l, "ikke slettet endnu", "not deleted yet")
                            : Cat(Say(l, "slettet ", "deleted on "), by));
    case DayStanding::kKeptOver:
      return by.empty() ? Say(l,
                              "OVER TIDEN: noget skulle slettes, og der har "
                              "ikke været gennemgang",
                              "OVER TIME: something was due, and no sweep has "
                              "been made")
                        : Cat(Say(l,
                                  "OVER TIDEN: noget skulle slettes; først "
                                  "slettet ",
                                  "OVER TIME: something was due; deleted only "
                                  "on "),
                              by);
    case DayStanding::kOverdue:
      return Cat(
          Say(l, "OVER TIDEN: gennemgangen lod ", "OVER TIME: the sweep left "),
          finding.sweep->overdue, Say(l, " stå: ", " standing: "), by);
  }
  return "";
}

// Days that read the same stand in one line.
std::string Days(std::span<const DayFinding> days, Language l) {
  std::string page;
  for (std::size_t i = 0; i < days.size();) {
    const std::string text = StandingText(days[i], l);
    const std::uint64_t before = i;
    std::uint64_t deleted = 0;
    for (; i < days.size() && StandingText(days[i], l) == text; ++i) {
      if (days[i].standing == DayStanding::kSwept) {
        deleted += days[i].sweep->deleted;
      }
    }
    const std::string first = DayText(days[before].day);
    const std::string last = DayText(days[i - 1].day);
    page += Cat("  ", first, first == last ? "             " : " – ",
                first == last ? "" : last, "  ", text);
    if (days[before].standing == DayStanding::kSwept) {
      page += Cat(Say(l, "; slettet: ", "; deleted: "), deleted);
    }
    page += "\n";
  }
  return page;
}

std::string Json(std::span<const DayFinding> days, bool proven,
                 std::uint64_t leaves) {
  std::string json = Cat("{\"proven\":", proven ? "true" : "false",
                         ",\"verified_leaves\":", leaves, ",\"days\":[");
  const char* separator = "\n";
  for (const DayFinding& day : days) {
    json += Cat(separator, "{\"day\":\"", absl::FormatCivilTime(day.day),
                "\",\"standing\":\"", StandingName(day.standing), "\"");
    if (day.sweep) {
      json += Cat(",\"sweep_day\":\"", absl::FormatCivilTime(day.sweep->day),
                  "\",\"sweep_leaf\":", day.sweep->leaf,
                  ",\"deleted\":", day.sweep->deleted,
                  ",\"kept\":", day.sweep->kept,
                  ",\"overdue\":", day.sweep->overdue);
    }
    json += "}";
    separator = ",\n";
  }
  return json + "\n]}\n";
}

}  // namespace

absl::Status PrintRetentionPlan(v1::Reports::StubInterface& server,
                                const AuditOutput& output) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetRetentionPlanResponse plan;
  const grpc::Status status = server.GetRetentionPlan(&context, {}, &plan);
  if (!status.ok()) {
    return FromServer(status, Peer::kMatcher, output.style.language);
  }
  if (output.format == OutputFormat::kJson) {
    absl::StatusOr<std::string> json = JsonText(plan, /*pretty=*/true);
    if (!json.ok()) return json.status();
    output.out << *json;
  } else {
    output.out << PlanPage(plan, output.style.language);
  }
  return Written(output.out, output.style.language);
}

absl::StatusOr<ProofDays> ReadProofDays(const std::string& day,
                                        const std::string& from,
                                        const std::string& until,
                                        absl::CivilDay today,
                                        Language language) {
  ProofDays days;
  days.today = today;
  if (!day.empty() && !(from.empty() && until.empty())) {
    return absl::InvalidArgumentError(
        Say(language, "brug enten --day eller --from og --until",
            "use either --day or --from and --until"));
  }
  const auto read = [&](const std::string& text,
                        std::optional<absl::CivilDay>& into) -> absl::Status {
    if (text.empty()) return absl::OkStatus();
    auto parsed = ParseDay(text, language);
    if (!parsed.ok()) return parsed.status();
    into = *parsed;
    return absl::OkStatus();
  };
  if (absl::Status s = read(day.empty() ? from : day, days.from); !s.ok()) {
    return s;
  }
  if (absl::Status s = read(day.empty() ? until : day, days.until); !s.ok()) {
    return s;
  }
  if (days.until && *days.until >= today) {
    return absl::InvalidArgumentError(
        Say(language, "kun dage, der er gået, kan bevises",
            "only days that are over can be proven"));
  }
  const absl::CivilDay last = days.until.value_or(today - 1);
  if (days.from && (*days.from > last || last - *days.from > kMaxProofDays)) {
    return absl::InvalidArgumentError(
        Say(language, "dagene skal være 1 til 36.600, den første først",
            "the days must be 1 to 36,600, the first one first"));
  }
  return days;
}

absl::Status PrintRetentionProof(LogServer& server,
                                 const crypto::NoteVerifier& verifier,
                                 const CheckpointStore& store,
                                 const ProofDays& days,
                                 const AuditOutput& output) {
  const Language l = output.style.language;
  std::vector<SweepFacts> sweeps;
  std::uint64_t leaves = 0;
  std::string note;
  absl::Status read = ReadWholeLog(
      server, verifier, store, output,
      [&](std::uint64_t index, std::string_view bytes) {
        ++leaves;
        if (const auto leaf = ParseLeaf(bytes)) {
          TakeRetentionLeaf(index, *leaf, sweeps);
        }
        return absl::OkStatus();
      },
      note);
  if (!read.ok()) return read;
  const absl::CivilDay until = days.until.value_or(days.today - 1);
  absl::CivilDay from =
      days.from.value_or(sweeps.empty() ? until + 1 : sweeps.front().day);
  from = std::max(from, until - kMaxProofDays);
  const std::vector<DayFinding> found = ProveRetention(sweeps, from, until);
  const auto unproven = std::count_if(
      found.begin(), found.end(),
      [](const DayFinding& day) { return !IsProven(day.standing); });
  if (output.format == OutputFormat::kJson) {
    output.out << Json(found, unproven == 0, leaves);
  } else {
    output.out << Days(found, l)
               << Cat(found.size() - static_cast<std::size_t>(unproven),
                      Say(l, " af ", " of "), found.size(),
                      Say(l, " dage er bevist af gennemgangene i loggen; alle ",
                          " days are proven by the sweeps in the log; all "),
                      leaves,
                      Say(l, " indgange er kontrolleret\n",
                          " entries are verified\n"));
    const auto before = std::count_if(
        found.begin(), found.end(), [](const DayFinding& finding) {
          return finding.standing == DayStanding::kNothingHeld;
        });
    if (before != 0) {
      output.out << Cat(Say(l,
                            "Heraf før den første gennemgang, som intet "
                            "fandt: ",
                            "Of these before the first sweep, which found "
                            "nothing: "),
                        before, "\n");
    }
  }
  if (absl::Status s = Written(output.out, output.style.language); !s.ok())
    return s;
  if (unproven == 0) return absl::OkStatus();
  return WithHint(
      absl::DataLossError(Cat(
          unproven, Say(l, " dage er ikke bevist", " days are not proven"))),
      Say(l,
          "spørg driften, hvorfor matcheren ikke kørte, og afdelingen, hvorfor "
          "den sendte det; se vejledningen",
          "ask the operators why the matcher did not run, and the department "
          "why it sent that; see the guide"));
}

}  // namespace samkoer::clients
