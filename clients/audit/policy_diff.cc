#include "clients/audit/policy_diff.h"

#include <algorithm>
#include <string_view>

#include "clients/alerts/alert_words.h"
#include "clients/common/cat.h"

namespace samkoer::clients {
namespace {

class Diff {
 public:
  explicit Diff(Language language) : l_(language) {}

  std::vector<std::string> Run(const v1::Policy& before,
                               const v1::Policy& after) {
    Lists(
        before.departments(), after.departments(),
        Say(l_, "Afdelingen ", "The department "),
        [&](const auto& a) { return About(a); },
        [&](const auto& a, const auto& b) { Compare(a, b); },
        Say(l_, " udgår; alle dens sager slettes.",
            " leaves; all its cases are deleted."));
    Lists(
        before.legal_bases(), after.legal_bases(),
        Say(l_, "Hjemlen ", "The legal basis "),
        [&](const auto& a) { return About(a); },
        [&](const auto& a, const auto& b) { Compare(a, b); },
        Say(l_, " udgår; sager uden anden hjemmel slettes.",
            " leaves; cases without another are deleted."));
    Lists(
        before.rules(), after.rules(), Say(l_, "Reglen ", "The rule "),
        [&](const auto& a) { return About(a); },
        [&](const auto& a, const auto& b) { Compare(a, b); },
        Say(l_, " udgår.", " leaves."));
    Order(before, after);
    Periods(before.retention(), after.retention());
    Numbers(before, after);
    return std::move(lines_);
  }

 private:
  // New ones, those that are gone, and those that are in both.
  template <typename List, typename Describe, typename Both>
  void Lists(const List& before, const List& after, const char* what,
             Describe describe, Both both, const char* gone) {
    const auto find = [](const List& list, const std::string& id) {
      return std::find_if(list.begin(), list.end(),
                          [&](const auto& one) { return one.id() == id; });
    };
    for (const auto& one : after) {
      const auto old = find(before, one.id());
      subject_ = Cat(what, one.id());
      if (old == before.end()) {
        lines_.push_back(Cat(subject_, Say(l_, " er ny: ", " is new: "),
                             describe(one), "."));
        continue;
      }
      const std::size_t lines = lines_.size();
      both(*old, one);
      if (lines == lines_.size() &&
          old->SerializeAsString() != one.SerializeAsString()) {
        lines_.push_back(Cat(subject_, Say(l_, " er ændret; se teksten.",
                                           " has changed; see the text.")));
      }
    }
    for (const auto& old : before) {
      if (find(after, old.id()) == after.end()) {
        lines_.push_back(Cat(what, old.id(), gone));
      }
    }
  }

  // "SUBJECT: WHAT ændres fra A til B."
  void Changed(std::string_view what, const std::string& a,
               const std::string& b) {
    if (a == b) return;
    const auto or_none = [&](const std::string& text) {
      return text.empty() ? std::string(Say(l_, "intet", "nothing")) : text;
    };
    lines_.push_back(Cat(subject_, subject_.empty() ? "" : ": ", what,
                         Say(l_, " ændres fra ", " changes from "), or_none(a),
                         Say(l_, " til ", " to "), or_none(b), "."));
  }

  template <typename Range>
  std::string Domains(const Range& domains) const {
    std::vector<std::string> names;
    for (const int domain : domains) {
      names.push_back(DomainText(static_cast<v1::Domain>(domain), l_));
    }
    std::sort(names.begin(), names.end());
    return Join(names);
  }
  template <typename Range>
  static std::string Join(const Range& texts) {
    std::string out;
    for (const std::string& text : texts) {
      out += Cat(out.empty() ? "" : ", ", text);
    }
    return out;
  }
  std::string Kind(v1::UnitKind kind) const {
    return kind == v1::UNIT_KIND_AUTHORITY ? Say(l_, "myndighed", "authority")
                                           : Say(l_, "udfører", "provider");
  }
  std::string Units(const v1::PolicyDepartment& department) const {
    std::vector<std::string> names;
    for (const v1::PolicyUnit& unit : department.units()) {
      const bool own = unit.kind() != v1::UNIT_KIND_UNSPECIFIED &&
                       unit.kind() != department.kind();
      names.push_back(own ? Cat(unit.name(), " (", Kind(unit.kind()), ")")
                          : unit.name());
    }
    return Join(names);
  }
  std::string Ages(std::uint32_t from, std::uint32_t below) const {
    const bool one = from + 1 == below;
    return Cat(from, one ? "" : Cat("-", below - 1), Say(l_, " år", " years"));
  }
  std::string Departments(const v1::LegalBasis& basis) const {
    return basis.departments().empty()
               ? std::string(Say(l_, "alle afdelinger", "all departments"))
               : Join(basis.departments());
  }
  std::string Count(const v1::PolicyRule& rule) const {
    const char* what = "";
    switch (rule.count()) {
      case v1::COUNT_BASIS_DOMAINS:
        what = Say(l_, " områder", " domains");
        break;
      case v1::COUNT_BASIS_AUTHORITY_UNITS:
        what = Say(l_, " myndighedsenheder", " authority units");
        break;
      default:
        what = Say(l_, " myndighedsafdelinger", " authority departments");
    }
    return Cat(Say(l_, "mindst ", "at least "), rule.at_least(), what);
  }

  std::string About(const v1::PolicyDepartment& department) const {
    return Cat(department.name(), ", ", Kind(department.kind()), "; ",
               Say(l_, "enheder: ", "units: "), Units(department), "; ",
               Say(l_, "områder: ", "domains: "),
               Domains(department.domains()));
  }
  void Compare(const v1::PolicyDepartment& a, const v1::PolicyDepartment& b) {
    Changed(Say(l_, "navnet", "the name"), a.name(), b.name());
    Changed(Say(l_, "arten", "the kind"), Kind(a.kind()), Kind(b.kind()));
    Changed(Say(l_, "enhederne", "the units"), Units(a), Units(b));
    Changed(Say(l_, "områderne", "the domains"), Domains(a.domains()),
            Domains(b.domains()));
  }

  std::string About(const v1::LegalBasis& basis) const {
    return Cat(basis.text(), "; ", Domains(basis.domains()), "; ",
               Ages(basis.age_from(), basis.age_below()), "; ",
               Departments(basis));
  }
  void Compare(const v1::LegalBasis& a, const v1::LegalBasis& b) {
    Changed(Say(l_, "teksten", "the text"), a.text(), b.text());
    Changed(Say(l_, "områderne", "the domains"), Domains(a.domains()),
            Domains(b.domains()));
    Changed(Say(l_, "alderen", "the ages"), Ages(a.age_from(), a.age_below()),
            Ages(b.age_from(), b.age_below()));
    Changed(Say(l_, "afdelingerne", "the departments"), Departments(a),
            Departments(b));
  }

  std::string About(const v1::PolicyRule& rule) const {
    return Cat(rule.text(), " (", Ages(rule.age_from(), rule.age_below()), ", ",
               Count(rule), ")");
  }
  void Compare(const v1::PolicyRule& a, const v1::PolicyRule& b) {
    Changed(Say(l_, "teksten", "the text"), a.text(), b.text());
    Changed(Say(l_, "alderen", "the ages"), Ages(a.age_from(), a.age_below()),
            Ages(b.age_from(), b.age_below()));
    Changed(Say(l_, "kravet", "the demand"), Count(a), Count(b));
    Changed(Say(l_, "kriterierne", "the criteria"), Join(a.criteria()),
            Join(b.criteria()));
    if (a.exclude_coordinator_exists() != b.exclude_coordinator_exists()) {
      lines_.push_back(Cat(
          subject_, b.exclude_coordinator_exists()
                        ? Say(l_, ": unge, der har en koordinator, udelades.",
                              ": those who have a coordinator are left out.")
                        : Say(l_, ": unge, der har en koordinator, tæller med.",
                              ": those who have a coordinator count.")));
    }
    Changed(Say(l_, "første dag", "the first day"), a.effective_from(),
            b.effective_from());
    Changed(Say(l_, "dagen, den ophører,", "the day it ends"),
            a.effective_until(), b.effective_until());
  }

  // The first rule that holds makes the alert, so their order matters.
  void Order(const v1::Policy& before, const v1::Policy& after) {
    const auto common = [](const v1::Policy& of, const v1::Policy& other) {
      std::vector<std::string> ids;
      for (const auto& rule : of.rules()) {
        const auto& rules = other.rules();
        if (std::any_of(rules.begin(), rules.end(),
                        [&](const auto& r) { return r.id() == rule.id(); })) {
          ids.push_back(rule.id());
        }
      }
      return ids;
    };
    subject_.clear();
    Changed(Say(l_, "Reglernes rækkefølge", "The order of the rules"),
            Join(common(before, after)), Join(common(after, before)));
  }

  std::string Months(std::uint32_t months) const {
    return Cat(months, Say(l_, " måneder", " months"));
  }
  void Periods(const v1::Retention& a, const v1::Retention& b) {
    subject_ = Say(l_, "Sletning", "Retention");
    for (int d = 1; d < v1::Domain_ARRAYSIZE; ++d) {
      const auto months = [d](const v1::Retention& r) {
        for (const auto& own : r.domains()) {
          if (own.domain() == d) return own.closed_case_months();
        }
        return r.closed_case_months();
      };
      Changed(Cat(Say(l_, "lukkede sager, ", "closed cases, "),
                  DomainText(static_cast<v1::Domain>(d), l_), ","),
              Months(months(a)), Months(months(b)));
    }
    for (const v1::AlertState state :
         {v1::ALERT_STATE_CLOSED, v1::ALERT_STATE_DECLINED,
          v1::ALERT_STATE_WITHDRAWN}) {
      const auto months = [state](const v1::Retention& r) {
        for (const auto& own : r.states()) {
          if (own.state() == state) return own.ended_alert_months();
        }
        return r.ended_alert_months();
      };
      Changed(Cat(Say(l_, "advis, ", "alerts, "), StateText(state, l_), ","),
              Months(months(a)), Months(months(b)));
    }
  }

  void Numbers(const v1::Policy& a, const v1::Policy& b) {
    subject_.clear();
    Changed(Say(l_, "Formålet", "The purpose"), a.purpose(), b.purpose());
    Changed(Say(l_, "Kommunen", "The municipality"), a.municipality(),
            b.municipality());
    Changed(Say(l_,
                "Hvor stor en del af en afdelings sager en aflevering må "
                "fjerne,",
                "The share of a department's cases that a snapshot may remove"),
            Cat(a.shrink_limit_percent(), " %"),
            Cat(b.shrink_limit_percent(), " %"));
    const auto below = [](const v1::Policy& p) {
      return Cat(p.withhold_below() == 0 ? 5 : p.withhold_below());
    };
    Changed(Say(l_, "Grænsen for små tal i statistik",
                "The limit of small counts in statistics"),
            below(a), below(b));
    if (a.alarms().SerializeAsString() != b.alarms().SerializeAsString()) {
      lines_.push_back(Say(l_, "Tærskler for alarmer ændres; se teksten.",
                           "Thresholds of alarms change; see the text."));
    }
  }

  const Language l_;
  std::string subject_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> PolicyChanges(const v1::Policy* before,
                                       const v1::Policy& after,
                                       Language language) {
  return Diff(language).Run(before != nullptr ? *before : v1::Policy(), after);
}

}  // namespace samkoer::clients
