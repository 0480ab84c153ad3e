#include "clients/agent/criteria.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "clients/common/cat.h"

namespace samkoer::agent {
namespace {

using Kinds = google::protobuf::RepeatedPtrField<std::string>;

absl::CivilDay Day(const CivilDate& date) {
  return absl::CivilDay(date.year, date.month, date.day);
}

bool Has(const Kinds& kinds, std::string_view kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::string Names(const Kinds& kinds) { return absl::StrJoin(kinds, ", "); }

// A person's periods of some kinds that have begun by the day.
std::vector<LifeEvent> Of(std::span<const LifeEvent> events, const Kinds& kinds,
                          const CivilDate& day) {
  std::vector<LifeEvent> out;
  for (const LifeEvent& event : events) {
    if (Has(kinds, event.kind) && event.from <= day) out.push_back(event);
  }
  return out;
}

bool GoesOn(const LifeEvent& event, const CivilDate& day) {
  return !event.to || *event.to >= day;
}

// True if one of `events` follows an end within so many days: it had begun by
// then and lasted beyond the end.
bool Followed(std::span<const LifeEvent> events, const CivilDate& end,
              std::uint32_t within_days) {
  const absl::CivilDay due = Day(end) + static_cast<std::int64_t>(within_days);
  return std::any_of(events.begin(), events.end(), [&](const LifeEvent& event) {
    return Day(event.from) <= due && (!event.to || *event.to > end);
  });
}

bool IsDue(const CivilDate& end, std::uint32_t within_days,
           const CivilDate& day) {
  return Day(day) > Day(end) + static_cast<std::int64_t>(within_days);
}

Finding Judge(const v1::NotStraightInto& rule,
              std::span<const LifeEvent> events, const CivilDate& day) {
  const auto before = Of(events, rule.after(), day);
  const std::string after = Names(rule.after());
  if (before.empty()) return {false, clients::Cat("no period of ", after)};
  CivilDate end;
  for (const LifeEvent& event : before) {
    if (GoesOn(event, day)) return {false, clients::Cat(after, " goes on")};
    end = std::max(end, *event.to);
  }
  const std::string ended =
      clients::Cat(after, " ended ", FormatIsoDay(end), "; ");
  if (!IsDue(end, rule.within_days(), day)) {
    return {false, clients::Cat(ended, rule.within_days(),
                                " days have not passed since")};
  }
  const bool followed =
      Followed(Of(events, rule.into(), day), end, rule.within_days());
  return {!followed,
          clients::Cat(ended, followed ? "" : "no ", Names(rule.into()),
                       " within ", rule.within_days(), " days")};
}

Finding Judge(const v1::Interrupted& rule, std::span<const LifeEvent> events,
              const CivilDate& day) {
  const auto periods = Of(events, rule.kinds(), day);
  for (const LifeEvent& event : periods) {
    if (GoesOn(event, day) || event.completed ||
        !IsDue(*event.to, rule.within_days(), day) ||
        Followed(periods, *event.to, rule.within_days())) {
      continue;
    }
    return {true, clients::Cat(std::string(event.kind), " ended ",
                               FormatIsoDay(*event.to),
                               ", was not completed, and nothing followed "
                               "within ",
                               rule.within_days(), " days")};
  }
  return {false, clients::Cat("no interruption of ", Names(rule.kinds()))};
}

Finding Judge(const v1::Without& rule, std::span<const LifeEvent> events,
              const CivilDate& day) {
  for (const LifeEvent& event : Of(events, rule.kinds(), day)) {
    if (GoesOn(event, day)) {
      return {false, clients::Cat(std::string(event.kind), " goes on")};
    }
    if (event.completed && !rule.ignore_completed()) {
      return {false, clients::Cat(std::string(event.kind), " was completed ",
                                  FormatIsoDay(*event.to))};
    }
  }
  return {true,
          clients::Cat("no ", Names(rule.kinds()), " goes on",
                       rule.ignore_completed() ? "" : " or is completed")};
}

Finding Judge(const v1::Shifts& rule, std::span<const LifeEvent> events,
              const CivilDate& day) {
  auto periods = Of(events, rule.kinds(), day);
  std::sort(periods.begin(), periods.end(),
            [](const LifeEvent& a, const LifeEvent& b) {
              const auto key = [](const LifeEvent& e) {
                return std::make_tuple(e.from, e.to.value_or(CivilDate{9999}),
                                       e.kind);
              };
              return key(a) < key(b);
            });
  std::uint32_t shifts = 0;
  for (std::size_t i = 1; i < periods.size(); ++i) {
    const bool counts =
        rule.within_days() == 0 ||
        Day(periods[i].from) + static_cast<std::int64_t>(rule.within_days()) >=
            Day(day);
    if (counts && periods[i].kind != periods[i - 1].kind) ++shifts;
  }
  return {shifts >= rule.at_least(),
          clients::Cat(shifts, " shifts between ", Names(rule.kinds()),
                       rule.within_days() == 0
                           ? std::string()
                           : clients::Cat(" in ", rule.within_days(), " days"),
                       ", ", rule.at_least(), " are needed")};
}

}  // namespace

Finding JudgeCondition(const v1::CriterionCondition& condition,
                       std::span<const LifeEvent> events,
                       const CivilDate& day) {
  if (condition.has_not_straight_into()) {
    return Judge(condition.not_straight_into(), events, day);
  }
  if (condition.has_interrupted()) {
    return Judge(condition.interrupted(), events, day);
  }
  if (condition.has_without()) return Judge(condition.without(), events, day);
  if (condition.has_shifts()) return Judge(condition.shifts(), events, day);
  return {false, "says nothing"};
}

Finding JudgeRule(const v1::CriterionRule& rule,
                  std::span<const LifeEvent> events, int age,
                  const CivilDate& day, std::vector<std::string>* lines) {
  const auto from = static_cast<int>(rule.age_from());
  const auto below = static_cast<int>(rule.age_below());
  if (age < from || age >= below) {
    return {false, clients::Cat("the age is not ", from, " to ", below - 1)};
  }
  const auto judge = [&](const v1::CriterionCondition& condition,
                         std::string_view group) {
    const Finding finding = JudgeCondition(condition, events, day);
    if (lines != nullptr) {
      lines->push_back(clients::Cat(group, ", ", finding.holds ? "yes" : "no",
                                    ": ", finding.why));
    }
    return finding.holds;
  };
  // Every condition is judged, so that an explanation has them all.
  bool all = true, any = rule.any().empty();
  for (const auto& condition : rule.all()) {
    all = judge(condition, "all") && all;
  }
  for (const auto& condition : rule.any()) {
    any = judge(condition, "any") || any;
  }
  if (all && any) return {true, "holds"};
  return {false, all ? "none of `any` holds" : "not all of `all` hold"};
}

}  // namespace samkoer::agent
