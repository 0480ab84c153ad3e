#include "clients/agent/merge.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "proto/case_limit.h"
#include "proto/limits.h"

namespace samkoer::agent {
namespace {

bool SameCase(const CleanCase& a, const CleanCase& b) {
  return a.record.case_ref() == b.record.case_ref() && a.cpr == b.cpr;
}

// By case, then the leading row first.
bool Before(const CleanCase& a, const CleanCase& b) {
  const v1::CaseRecord &x = a.record, &y = b.record;
  if (const int order = x.case_ref().compare(y.case_ref()); order != 0) {
    return order < 0;
  }
  if (const int order = a.ExposeDigits().compare(b.ExposeDigits());
      order != 0) {
    return order < 0;
  }
  const auto key = [](const v1::CaseRecord& r) {
    // A month that is not known counts as the latest.
    const std::uint32_t opened =
        r.opened_month() == 0 ? 999999 : r.opened_month();
    return std::make_tuple(r.status() != v1::CASE_STATUS_OPEN, opened,
                           std::string_view(r.unit()), r.domain(),
                           std::string_view(r.contact()));
  };
  return key(x) < key(y);
}

void Absorb(v1::CaseRecord& into, const v1::CaseRecord& from) {
  if (into.opened_month() == 0 ||
      (from.opened_month() != 0 && from.opened_month() < into.opened_month())) {
    into.set_opened_month(from.opened_month());
  }
  if (into.status() == v1::CASE_STATUS_CLOSED) {
    into.set_closed_month(std::max(into.closed_month(), from.closed_month()));
  }
  for (const std::string& code : from.criteria()) {
    const auto& have = into.criteria();
    if (std::find(have.begin(), have.end(), code) == have.end()) {
      into.add_criteria(code);
    }
  }
  std::sort(into.mutable_criteria()->begin(), into.mutable_criteria()->end());
  while (into.criteria_size() > static_cast<int>(proto::kMaxCriteria)) {
    into.mutable_criteria()->RemoveLast();
  }
  if (from.consent() == v1::CONSENT_REFUSED ||
      into.consent() == v1::CONSENT_UNSPECIFIED) {
    into.set_consent(from.consent());
  }
  into.set_coordinator_exists(into.coordinator_exists() ||
                              from.coordinator_exists());
  into.set_protected_identity(into.protected_identity() ||
                              from.protected_identity());
}

}  // namespace

std::size_t MergeCases(std::vector<CleanCase>& cases) {
  std::vector<std::size_t> order(cases.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return Before(cases[a], cases[b]);
  });
  std::vector<CleanCase> merged;
  merged.reserve(cases.size());
  for (const std::size_t index : order) {
    if (!merged.empty() && SameCase(merged.back(), cases[index])) {
      Absorb(merged.back().record, cases[index].record);
      merged.back().line = std::min(merged.back().line, cases[index].line);
    } else {
      merged.push_back(std::move(cases[index]));
    }
  }
  const std::size_t absorbed = cases.size() - merged.size();
  cases = std::move(merged);
  return absorbed;
}

std::vector<std::int64_t> TakeOverfullPersons(std::vector<CleanCase>& cases) {
  std::vector<std::size_t> order(cases.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return cases[a].ExposeDigits() < cases[b].ExposeDigits();
  });
  std::vector<bool> taken(cases.size());
  std::vector<std::int64_t> lines;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() &&
           cases[order[end]].cpr == cases[order[begin]].cpr) {
      ++end;
    }
    if (end - begin <= proto::kMaxCasesOfPerson) continue;
    for (std::size_t i = begin; i < end; ++i) {
      taken[order[i]] = true;
      lines.push_back(cases[order[i]].line);
    }
  }
  if (lines.empty()) return lines;
  std::vector<CleanCase> kept;
  kept.reserve(cases.size() - lines.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (!taken[i]) kept.push_back(std::move(cases[i]));
  }
  cases = std::move(kept);
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace samkoer::agent
