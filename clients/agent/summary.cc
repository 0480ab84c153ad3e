#include "clients/agent/summary.h"

#include <string_view>

#include "absl/strings/str_format.h"
#include "clients/agent/json.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

void Line(std::string& out, std::string_view label, std::uint64_t count,
          std::string_view rest = "") {
  absl::StrAppendFormat(&out, "  %-44s %9d%s%s\n", label, count,
                        rest.empty() ? "" : "  ", rest);
}

std::string Percent(double share) { return absl::StrFormat("%.1f %%", share); }

double Share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0
             ? 0
             : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

void FormatRows(const Summary& summary, std::string& out) {
  const ExportCounts& counts = summary.counts;
  Line(out, "rows read", counts.rows);
  Line(out, "set aside", counts.RejectedTotal(),
       clients::Cat(Percent(counts.RejectedPercent()), " (limit ",
                    summary.rejects_limit_percent, " %)"));
  for (std::size_t i = 0; i < kRejectReasons; ++i) {
    if (counts.rejected[i] == 0) continue;
    const auto reason = static_cast<RejectReason>(i);
    Line(out, clients::Cat("  ", ReasonName(reason)), counts.rejected[i],
         ReasonText(reason));
  }
  Line(out, "filtered (in order, stay here)", counts.FilteredTotal());
  for (std::size_t i = 0; i < kFilterReasons; ++i) {
    if (counts.filtered[i] == 0) continue;
    const auto reason = static_cast<FilterReason>(i);
    Line(out, clients::Cat("  ", ReasonName(reason)), counts.filtered[i],
         ReasonText(reason));
  }
  if (counts.merged > 0) {
    Line(out, "repeated rows of a person's case, merged", counts.merged);
  }
  if (!summary.event_rejects_file.empty()) {
    Line(out, "life events read", counts.events.rows,
         clients::Cat("of ", counts.events.people, " people"));
    if (counts.events.set_aside > 0) {
      Line(out, "  set aside", counts.events.set_aside,
           clients::Cat("criteria of ", counts.events.unjudged,
                        " people are not judged"));
    }
  }
  Line(out, "records that may be sent", summary.records,
       clients::Cat("of ", summary.people, " people"));
}

void FormatQuality(const ExportCounts& counts, std::string& out) {
  absl::StrAppendFormat(&out,
                        "  quality: %s of the CPR numbers fulfil modulus 11",
                        Percent(Share(counts.modulus11, counts.cpr_valid)));
  const auto add = [&out](std::uint64_t count, std::string_view what) {
    if (count > 0) out += clients::Cat("; ", count, " ", what);
  };
  add(counts.padded, "with a lost leading zero");
  add(counts.renumbered, "with a newer number");
  add(counts.contacts_dropped, "contacts left out");
  add(counts.criteria_dropped, "with criterion codes left out");
  out.push_back('\n');
}

void FormatPush(const PushFigures& push, std::string& out) {
  Line(out, "sent", push.sent,
       clients::Cat("in ", push.batches, " batches",
                    push.resumed ? ", going on with an interrupted push" : ""));
  if (!push.delta) Line(out, "unchanged, not sent", push.unchanged);
  if (push.withdrawn_refs > 0) {
    Line(out, "references withdrawn", push.withdrawn_refs);
  }
  Line(out, "pseudonyms asked of the key service", push.pseudonyms_asked);
  absl::StrAppendFormat(
      &out,
      "  the matcher holds %d records: %d new, %d changed, %d withdrawn\n",
      push.held, push.added, push.changed, push.withdrawn);
}

}  // namespace

std::string FormatSummary(const Summary& summary) {
  std::string out = clients::Cat(
      summary.department, ", ", summary.day,
      !summary.push ? ": dry run, nothing is sent"
                    : (summary.push->delta ? ": delta" : ": snapshot"),
      "\n");
  FormatRows(summary, out);
  FormatQuality(summary.counts, out);
  if (summary.push) FormatPush(*summary.push, out);
  if (summary.counts.RejectedTotal() > 0 && !summary.rejects_file.empty()) {
    out += clients::Cat("  set-aside rows are listed in ",
                        clients::TerminalSafe(summary.rejects_file), "\n");
  }
  if (summary.counts.events.set_aside > 0 &&
      !summary.event_rejects_file.empty()) {
    out +=
        clients::Cat("  set-aside life events are listed in ",
                     clients::TerminalSafe(summary.event_rejects_file), "\n");
  }
  return out;
}

std::string SummaryJson(const Summary& summary) {
  const ExportCounts& counts = summary.counts;
  JsonObject rejected, filtered, quality, out;
  for (std::size_t i = 0; i < kRejectReasons; ++i) {
    rejected.Add(ReasonName(static_cast<RejectReason>(i)), counts.rejected[i]);
  }
  for (std::size_t i = 0; i < kFilterReasons; ++i) {
    filtered.Add(ReasonName(static_cast<FilterReason>(i)), counts.filtered[i]);
  }
  quality.Add("cpr_valid", counts.cpr_valid)
      .Add("modulus11_percent", Share(counts.modulus11, counts.cpr_valid))
      .Add("padded", counts.padded)
      .Add("renumbered", counts.renumbered)
      .Add("contacts_dropped", counts.contacts_dropped)
      .Add("criteria_dropped", counts.criteria_dropped);
  out.Add("department", summary.department)
      .Add("day", summary.day)
      .Add("source_file", summary.source_file)
      .Add("rejects_file", summary.rejects_file)
      .Add("rows", counts.rows)
      .Add("set_aside", counts.RejectedTotal())
      .Add("set_aside_percent", counts.RejectedPercent())
      .Add("set_aside_limit_percent", summary.rejects_limit_percent)
      .Add("over_limit", summary.OverLimit())
      .Add("set_aside_by_reason", rejected)
      .Add("filtered", counts.FilteredTotal())
      .Add("filtered_by_reason", filtered)
      .Add("merged", counts.merged)
      .Add("records", summary.records)
      .Add("people", summary.people)
      .Add("quality", quality);
  if (!summary.event_rejects_file.empty()) {
    JsonObject events;
    events.Add("rows", counts.events.rows)
        .Add("set_aside", counts.events.set_aside)
        .Add("people", counts.events.people)
        .Add("people_not_judged", counts.events.unjudged)
        .Add("rejects_file", summary.event_rejects_file);
    out.Add("life_events", events);
  }
  if (summary.push) {
    const PushFigures& push = *summary.push;
    JsonObject figures;
    figures.Add("kind", push.delta ? "delta" : "snapshot")
        .Add("resumed", push.resumed)
        .Add("sent", push.sent)
        .Add("unchanged", push.unchanged)
        .Add("batches", push.batches)
        .Add("withdrawn_refs", push.withdrawn_refs)
        .Add("pseudonyms_asked", push.pseudonyms_asked)
        .Add("added", push.added)
        .Add("changed", push.changed)
        .Add("withdrawn", push.withdrawn)
        .Add("held", push.held);
    out.Add("push", figures);
  }
  return clients::Cat(out.Text(), "\n");
}

}  // namespace samkoer::agent
