#include "matcher/coordination_refresh.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "crypto/absl_view.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/coordination_steps.h"
#include "matcher/policy.h"
#include "matcher/rule_reasons.h"
#include "matcher/timestamps.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Alert;
using samkoer::v1::Coordination;
using samkoer::v1::Domain;
using samkoer::v1::DueKind;
using samkoer::v1::RoutingRule;

Day LastDayOf(Month month) {
  const std::uint32_t next = Month::FromCount(month.count() + 1).ToYyyymm();
  const auto first =
      Day::Make(static_cast<int>(next / 100), static_cast<int>(next % 100), 1);
  return first.ok() ? first->AddDays(-1) : Day();
}

// When the present round of work began: the last step out of nothing or out of
// an ended state.
Day BegunOn(const Alert& alert) {
  Day begun = DayOf(alert.created());
  bool active = true;
  for (const auto& entry : alert.history()) {
    const bool now_active = IsActive(entry.state());
    if (now_active && !active) begun = DayOf(entry.time());
    active = now_active;
  }
  return begun;
}

class Refresh {
 public:
  Refresh(const Alert& alert, const PersonFacts& facts,
          const CoordinationRules& rules, Day day, absl::Time now)
      : alert_(alert),
        before_(alert.coordination()),
        facts_(facts),
        rules_(rules),
        day_(day),
        now_(now) {}

  Coordination Make() {
    Coordination after = before_;
    after.clear_suggestion();
    after.clear_route();
    after.clear_transitions();
    after.clear_dues();
    after.clear_plan_owner_by_policy();
    if (!IsActive(alert_.state())) return after;
    if (rules_.given) {
      Suggest(after);
      FindRoute(after);
      FindTransitions(after);
    }
    FindDues(after);
    return after;
  }

  // For whoever owns the plan; only where there is a coordination at all.
  std::string PlanOwner() const {
    if (!rules_.given || !IsActive(alert_.state())) return std::string();
    if (rules_.proto->plan_owner() !=
        samkoer::v1::PLAN_OWNER_NOMINATING_CASEWORKER) {
      return "ungeguiden";
    }
    if (before_.nominations().empty()) {
      return "den sagsbehandler, der indstiller";
    }
    const auto& first = before_.nominations(0);
    return absl::StrCat("den sagsbehandler, der indstillede (",
                        first.department_name(), ", ", first.unit(), ")");
  }

 private:
  void Suggest(Coordination& after) const {
    for (const int domain : rules_.proto->significance()) {
      const OpenCase* chosen = nullptr;
      const auto order = [](const OpenCase& c) {
        // A month that nobody knows comes last.
        return std::tuple(!c.opened.given(), c.opened.count(), c.department,
                          c.unit);
      };
      for (const OpenCase& c : facts_.cases) {
        if (!c.authority || c.domain != domain) continue;
        if (chosen == nullptr || order(c) < order(*chosen)) chosen = &c;
      }
      if (chosen == nullptr) continue;
      auto& suggestion = *after.mutable_suggestion();
      suggestion.set_department(chosen->department);
      suggestion.set_department_name(chosen->department_name);
      suggestion.set_unit(chosen->unit);
      const std::uint32_t since = chosen->opened.ToYyyymm();
      suggestion.set_reason(absl::StrCat(
          "Enheden har den længst løbende åbne sag på området ",
          crypto::AbslView(DanishDomain(chosen->domain)),
          since == 0
              ? std::string()
              : absl::StrFormat(" (siden %02d.%d)", since % 100, since / 100),
          ", som er det første i kommunens rækkefølge, den unge har sag på."));
      return;
    }
  }

  bool Fits(const RoutingRule& rule) const {
    if (!facts_.birth.given() || facts_.cases.empty() ||
        !AgeMayBeWithin(facts_.birth, day_.InMonth(), rule.age_from(),
                        rule.age_below())) {
      return false;
    }
    const auto in_domains = [&](const OpenCase& c) {
      return std::find(rule.domains().begin(), rule.domains().end(),
                       static_cast<int>(c.domain)) != rule.domains().end();
    };
    const auto& cases = facts_.cases;
    if (!rule.domains().empty() &&
        !(rule.only_domains()
              ? std::all_of(cases.begin(), cases.end(), in_domains)
              : std::any_of(cases.begin(), cases.end(), in_domains))) {
      return false;
    }
    return rule.criteria().empty() ||
           std::any_of(cases.begin(), cases.end(), [&](const OpenCase& c) {
             return std::any_of(c.criteria.begin(), c.criteria.end(),
                                [&](const std::string& code) {
                                  return std::find(rule.criteria().begin(),
                                                   rule.criteria().end(),
                                                   code) !=
                                         rule.criteria().end();
                                });
           });
  }

  void FindRoute(Coordination& after) const {
    for (const RoutingRule& rule : rules_.proto->routing()) {
      if (!Fits(rule)) continue;
      auto& route = *after.mutable_route();
      route.set_department(rule.department());
      route.set_department_name(rules_.DepartmentName(rule.department()));
      route.set_unit(rule.unit());
      route.set_text(rule.text());
      return;
    }
  }

  void AddTransition(samkoer::v1::TransitionKind kind, std::uint32_t age,
                     Month month, Coordination& after) const {
    if (!month.given()) return;
    const int ahead = month - day_.InMonth();
    if (ahead < 0 || ahead > static_cast<int>(rules_.transition_months)) return;
    auto& transition = *after.add_transitions();
    transition.set_kind(kind);
    transition.set_age(age);
    transition.set_month(month.ToYyyymm());
    *transition.mutable_raised() = ToTimestamp(now_);
    for (const auto& known : before_.transitions()) {
      if (known.kind() == kind && known.age() == age &&
          known.month() == transition.month()) {
        *transition.mutable_raised() = known.raised();
      }
    }
  }

  void FindTransitions(Coordination& after) const {
    const Month birth = facts_.birth;
    if (!birth.given()) return;
    for (const std::uint32_t age : rules_.transition_ages) {
      AddTransition(
          samkoer::v1::TRANSITION_KIND_AGE, age,
          Month::FromCount(birth.count() + static_cast<int>(age) * 12), after);
    }
    if (const std::uint32_t age = rules_.proto->school_ends_age(); age != 0) {
      const std::uint32_t year = birth.ToYyyymm() / 100 + age;
      AddTransition(samkoer::v1::TRANSITION_KIND_END_OF_SCHOOL, age,
                    Month::FromYyyymm(year * 100 + rules_.school_ends_month),
                    after);
    }
    std::stable_sort(
        after.mutable_transitions()->begin(),
        after.mutable_transitions()->end(),
        [](const auto& a, const auto& b) { return a.month() < b.month(); });
  }

  void AddDue(DueKind kind, Day day, Coordination& after) const {
    auto& due = *after.add_dues();
    due.set_kind(kind);
    due.set_day(day.ToString());
    due.set_overdue(day_ > day);
  }

  void FindDues(Coordination& after) const {
    const auto& policy = *rules_.proto;
    const bool guide = HasGuide(alert_);
    const auto days = [](std::uint32_t n) { return static_cast<int>(n); };
    if (policy.offer_days() != 0 && !before_.has_offered() &&
        (alert_.state() == samkoer::v1::ALERT_STATE_IDENTIFIED ||
         alert_.state() == samkoer::v1::ALERT_STATE_NOMINATED)) {
      AddDue(samkoer::v1::DUE_KIND_OFFER,
             BegunOn(alert_).AddDays(days(policy.offer_days())), after);
    }
    if (policy.conference_days() != 0 && before_.has_offered() &&
        !before_.has_conference() && !guide) {
      AddDue(samkoer::v1::DUE_KIND_CONFERENCE,
             DayOf(before_.offered()).AddDays(days(policy.conference_days())),
             after);
    }
    if (before_.has_conference()) {
      FindConferenceDues(after);
    }
    if (policy.handover_days() != 0) {
      for (const auto& handover : before_.handovers()) {
        if (handover.state() != samkoer::v1::HANDOVER_STATE_REQUESTED) continue;
        AddDue(
            samkoer::v1::DUE_KIND_HANDOVER,
            DayOf(handover.requested()).AddDays(days(policy.handover_days())),
            after);
      }
    }
    const Month review = Month::FromYyyymm(before_.plan().last_review_month());
    if (policy.plan_review_months() != 0 && before_.plan().exists() &&
        review.given()) {
      AddDue(samkoer::v1::DUE_KIND_PLAN_REVIEW,
             LastDayOf(Month::FromCount(review.count() +
                                        days(policy.plan_review_months()))),
             after);
    }
    FindContactPersonsEnd(after);
    std::stable_sort(after.mutable_dues()->begin(), after.mutable_dues()->end(),
                     [](const auto& a, const auto& b) {
                       return std::pair(std::string_view(a.day()), a.kind()) <
                              std::pair(std::string_view(b.day()), b.kind());
                     });
  }

  void FindConferenceDues(Coordination& after) const {
    const auto& seat = before_.conference();
    const Month month = day_.InMonth();
    if (rules_.proto->caseworker_by_conference() && !before_.has_caseworker()) {
      AddDue(samkoer::v1::DUE_KIND_CASEWORKER, DayOf(seat.start()), after);
    }
    if (rules_.proto->contact_person_by_conference() &&
        !before_.has_contact_person() &&
        rules_.OldEnoughForContactPerson(facts_.birth, month) &&
        !rules_.TooOldForContactPerson(facts_.birth, month)) {
      AddDue(samkoer::v1::DUE_KIND_CONTACT_PERSON, DayOf(seat.start()), after);
    }
    if (seat.has_action() && !seat.action().has_done()) {
      if (const auto day = Day::Parse(seat.action().due_day()); day.ok()) {
        AddDue(samkoer::v1::DUE_KIND_ACTION, *day, after);
      }
    }
  }

  void FindContactPersonsEnd(Coordination& after) const {
    const auto& contact = before_.contact_person();
    if (!before_.has_contact_person() || contact.has_ended() ||
        contact.by_agreement() || !facts_.birth.given()) {
      return;
    }
    const Month ends =
        Month::FromCount(facts_.birth.count() +
                         12 * static_cast<int>(rules_.contact_person_below));
    if (ends.given() &&
        ends - day_.InMonth() <= static_cast<int>(rules_.transition_months)) {
      AddDue(samkoer::v1::DUE_KIND_CONTACT_PERSON_ENDS, LastDayOf(ends), after);
    }
  }

  const Alert& alert_;
  const Coordination& before_;
  const PersonFacts& facts_;
  const CoordinationRules& rules_;
  const Day day_;
  const absl::Time now_;
};

}  // namespace

bool RefreshCoordination(Alert& alert, const PersonFacts& facts,
                         const CoordinationRules& rules, Day day,
                         absl::Time now) {
  Refresh refresh(alert, facts, rules, day, now);
  Coordination after = refresh.Make();
  if (!alert.has_coordination()) {
    if (after.ByteSizeLong() == 0) return false;
    after.set_matched(!alert.rule().empty());
  }
  after.set_plan_owner_by_policy(refresh.PlanOwner());
  if (after.SerializeAsString() == alert.coordination().SerializeAsString()) {
    return false;
  }
  *alert.mutable_coordination() = std::move(after);
  return true;
}

}  // namespace samkoer::matcher
