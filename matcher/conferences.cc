#include "matcher/conferences.h"

#include <sodium.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "matcher/alert_id.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/conference_change.h"
#include "matcher/conference_seat.h"
#include "matcher/conference_store.h"
#include "matcher/coordination_rules.h"
#include "matcher/coordination_steps.h"
#include "matcher/coordination_words.h"
#include "matcher/timestamps.h"
#include "proto/limits.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Alert;
using samkoer::v1::ChangeConferenceRequest;
using samkoer::v1::Conference;
using storage::NumberKey;
using storage::StoredConference;
using storage::Table;

constexpr std::uint32_t kMaxCount = 52;

// `n` times the rhythm later, at the same time of day in Denmark.
absl::StatusOr<absl::Time> Later(absl::Time start, std::int64_t days) {
  if (days == 0) return start;
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("Europe/Copenhagen", &zone)) {
    return absl::FailedPreconditionError(
        "the server does not know the time zone Europe/Copenhagen; install "
        "tzdata");
  }
  const absl::CivilSecond civil = absl::ToCivilSecond(start, zone);
  const absl::CivilDay day = absl::CivilDay(civil) + days;
  return absl::FromCivil(absl::CivilSecond(day.year(), day.month(), day.day(),
                                           civil.hour(), civil.minute()),
                         zone);
}

std::string ChangeName(const ChangeConferenceRequest& request) {
  const auto* field = ChangeConferenceRequest::descriptor()->FindFieldByNumber(
      request.change_case());
  return field == nullptr ? std::string() : std::string(field->name());
}

// The conference as it is answered: with its counts.
Conference Shown(const CoordinationRules& rules, const StoredConference& held,
                 std::size_t cases) {
  Conference shown = held.conference;
  shown.set_cases(static_cast<std::uint32_t>(cases));
  shown.set_max_cases(rules.conference_cases);
  if (shown.details().minutes() == 0) {
    shown.mutable_details()->set_minutes(rules.conference_minutes);
  }
  return shown;
}

void FillItem(const CoordinationRules& rules, const Alert& alert,
              std::string_view conference_id, samkoer::v1::AgendaItem& item) {
  item.set_alert_id(alert.alert_id());
  item.set_alert_revision(alert.revision());
  std::vector<std::string> names;
  for (const auto& p : alert.participants()) {
    names.push_back(p.department_name());
  }
  for (const auto& n : alert.coordination().nominations()) {
    names.push_back(n.department_name());
  }
  // As SetSeatAction takes them.
  if (alert.participants().empty() && IsActive(alert.state())) {
    for (const std::string& department : TaskDepartments(alert)) {
      names.push_back(rules.DepartmentName(department));
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (std::string& name : names) item.add_departments(std::move(name));
  if (HasSeat(alert, conference_id) &&
      alert.coordination().conference().has_action()) {
    *item.mutable_action() = alert.coordination().conference().action();
  }
  if (!alert.rule().empty()) item.add_sources("matched");
  if (!alert.coordination().nominations().empty()) {
    item.add_sources("nominated");
  }
}

// Fills conference and agenda; adds whose cases they are.
template <typename Response>
absl::Status Fill(const LoopState& state, const Transaction& tx,
                  const StoredConference& held, Response& response,
                  std::vector<crypto::Hash16>& subjects) {
  auto agenda = LoadAgenda(state, tx, held);
  if (!agenda.ok()) return agenda.status();
  const CoordinationRules rules(state.policy->proto());
  *response.mutable_conference() = Shown(rules, held, agenda->size());
  for (const auto& [person, alert] : *agenda) {
    auto& item = *response.add_agenda();
    item.set_number(static_cast<std::uint32_t>(response.agenda_size()));
    FillItem(rules, alert, held.conference.conference_id(), item);
    subjects.push_back(state.index.person(person).subject_id());
  }
  return absl::OkStatus();
}

bool IsPlanned(const std::map<std::uint64_t, StoredConference>& all,
               const samkoer::v1::ConferenceDetails& details,
               absl::Time start) {
  return std::any_of(all.begin(), all.end(), [&](const auto& held) {
    const Conference& known = held.second.conference;
    return known.state() == samkoer::v1::CONFERENCE_STATE_PLANNED &&
           FromTimestamp(known.details().start()) == start &&
           known.details().place() == details.place() &&
           known.details().leader() == details.leader();
  });
}

void AddReadLeaf(const LoopState& state, Transaction& tx, const Caller& caller,
                 std::vector<crypto::Hash16> subjects) {
  auto leaf = state.MakeLeaf(tx.now(), caller,
                             samkoer::v1::AUDIT_ACTION_CONFERENCES_READ);
  SetSubjects(leaf, std::move(subjects));
  tx.AddLeaf(std::move(leaf));
}

bool IsAboutCase(const samkoer::v1::ChangeConferenceRequest& request) {
  return request.has_add() || request.has_remove() || request.has_move() ||
         request.has_action();
}

}  // namespace

absl::StatusOr<samkoer::v1::ListConferencesResponse> RunListConferences(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::ListConferencesRequest& request) {
  // A token is the last conference's start and id: "1800000000/K-7K3M-9QXD".
  std::string after_id;
  std::int64_t after_start = -1;
  if (!request.page_token().empty()) {
    const std::size_t slash = request.page_token().find('/');
    if (slash == std::string::npos ||
        !absl::SimpleAtoi(request.page_token().substr(0, slash),
                          &after_start)) {
      return absl::InvalidArgumentError("page_token: not made here");
    }
    after_id = request.page_token().substr(slash + 1);
  }
  auto all = LoadConferences(state);
  if (!all.ok()) return all.status();
  const CoordinationRules rules(state.policy->proto());
  // By start and id; the agendas of the page alone are read.
  std::map<std::pair<std::int64_t, std::string>,
           const storage::StoredConference*>
      found;
  for (const auto& [id, held] : *all) {
    const Conference& conference = held.conference;
    const std::int64_t start = conference.details().start().seconds();
    if (!request.include_past() &&
        conference.state() != samkoer::v1::CONFERENCE_STATE_PLANNED) {
      continue;
    }
    if (request.has_from() && start < request.from().seconds()) continue;
    if (std::pair(start, conference.conference_id()) <=
        std::pair(after_start, after_id)) {
      continue;
    }
    found.emplace(std::pair(start, conference.conference_id()), &held);
  }
  const std::size_t page_size =
      request.page_size() == 0
          ? 100
          : std::min<std::uint32_t>(request.page_size(), 1000);
  samkoer::v1::ListConferencesResponse response;
  response.set_rhythm_days(rules.conference_rhythm_days);
  for (const auto& [place, held] : found) {
    if (response.conferences_size() == static_cast<int>(page_size)) break;
    auto agenda = LoadAgenda(state, tx, *held);
    if (!agenda.ok()) return agenda.status();
    *response.add_conferences() = Shown(rules, *held, agenda->size());
  }
  if (found.size() > page_size) {
    const auto& last = *response.conferences().rbegin();
    response.set_next_page_token(absl::StrCat(last.details().start().seconds(),
                                              "/", last.conference_id()));
  }
  AddReadLeaf(state, tx, caller, {});
  return response;
}

absl::StatusOr<samkoer::v1::GetConferenceResponse> RunGetConference(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::GetConferenceRequest& request) {
  auto id = ParseConferenceId(request.conference_id());
  if (!id.ok()) return id.status();
  auto held = LoadConference(state, tx, *id);
  if (!held.ok()) return held.status();
  samkoer::v1::GetConferenceResponse response;
  std::vector<crypto::Hash16> subjects;
  if (absl::Status s = Fill(state, tx, *held, response, subjects); !s.ok()) {
    return s;
  }
  AddReadLeaf(state, tx, caller, std::move(subjects));
  return response;
}

absl::StatusOr<samkoer::v1::PlanConferencesResponse> RunPlanConferences(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::PlanConferencesRequest& request) {
  if (absl::Status s = CheckConferenceDetails(request.details()); !s.ok())
    return s;
  const std::uint32_t count = std::max(1u, request.count());
  if (count > kMaxCount) {
    return absl::InvalidArgumentError("count: must be at most 52");
  }
  // What this write has planned so far must be seen.
  if (absl::Status s = tx.WriteNow(); !s.ok()) return tx.Fatal(s);
  auto all = LoadConferences(state);
  if (!all.ok()) return all.status();
  if (all->size() + count > kMaxConferences) {
    return absl::ResourceExhaustedError(
        "there are too many conferences; old ones go by themselves");
  }
  const CoordinationRules rules(state.policy->proto());
  std::vector<absl::Time> starts;
  for (std::uint32_t n = 0; n < count; ++n) {
    auto start = Later(FromTimestamp(request.details().start()),
                       std::int64_t{n} * rules.conference_rhythm_days);
    if (!start.ok()) return start.status();
    if (IsPlanned(*all, request.details(), *start)) {
      return absl::AlreadyExistsError(
          "such a conference is planned already: same start, place and leader");
    }
    starts.push_back(*start);
  }
  samkoer::v1::PlanConferencesResponse response;
  for (const absl::Time start : starts) {
    std::uint64_t id;
    do {
      randombytes_buf(&id, sizeof(id));
      id &= kAlertIdMask;
    } while (all->contains(id));
    StoredConference held;
    held.conference.set_conference_id(FormatConferenceId(id));
    *held.conference.mutable_details() = request.details();
    *held.conference.mutable_details()->mutable_start() = ToTimestamp(start);
    held.conference.set_state(samkoer::v1::CONFERENCE_STATE_PLANNED);
    MarkChanged(held.conference, caller, tx.now());
    *held.conference.mutable_created() = ToTimestamp(tx.now());
    PutConference(state, tx, id, held);
    *response.add_conferences() = Shown(rules, held, 0);
    all->emplace(id, std::move(held));
  }
  auto leaf = state.MakeLeaf(tx.now(), caller,
                             samkoer::v1::AUDIT_ACTION_CONFERENCE_CHANGED);
  leaf.set_detail(
      absl::StrCat("plan ", response.conferences(0).conference_id()));
  AddCount(leaf, "conferences", count);
  tx.AddLeaf(std::move(leaf));
  return response;
}

absl::StatusOr<samkoer::v1::ChangeConferenceResponse> RunChangeConference(
    LoopState& state, Transaction& tx, const Caller& caller,
    const ChangeConferenceRequest& request) {
  if (absl::Status s =
          CheckWords("reason", request.reason(), 0, proto::kMaxNoteBytes);
      !s.ok()) {
    return s;
  }
  auto id = ParseConferenceId(request.conference_id());
  if (!id.ok()) return id.status();
  auto held = LoadConference(state, tx, *id);
  if (!held.ok()) return held.status();
  if (request.expected_revision() != 0 &&
      request.expected_revision() != held->conference.revision()) {
    return absl::AbortedError(absl::StrCat(
        "the conference is at revision ", held->conference.revision(),
        ", not at ", request.expected_revision(), "; read it again"));
  }
  auto changed = ApplyConferenceChange(state, tx, caller, request, *id, *held);
  if (!changed.ok()) return changed.status();
  MarkChanged(held->conference, caller, tx.now());
  PutConference(state, tx, *id, *held);
  samkoer::v1::ChangeConferenceResponse response;
  if (absl::Status s = Fill(state, tx, *held, response, *changed); !s.ok()) {
    return tx.Fatal(s);
  }
  auto leaf = state.MakeLeaf(tx.now(), caller,
                             samkoer::v1::AUDIT_ACTION_CONFERENCE_CHANGED);
  // Of a case the words stand in its alert, and go with it.
  if (!IsAboutCase(request)) leaf.set_reason(request.reason());
  leaf.set_detail(
      absl::StrCat(ChangeName(request), " ", held->conference.conference_id()));
  // Whose alerts were changed, and who stands on the agenda that is shown.
  SetSubjects(leaf, *std::move(changed));
  tx.AddLeaf(std::move(leaf));
  return response;
}

absl::Status DropFromConferences(LoopState& state, Transaction& tx,
                                 std::span<const std::uint64_t> alert_ids) {
  auto all = LoadConferences(state);
  if (!all.ok()) return all.status();
  const absl::flat_hash_set<std::uint64_t> gone(alert_ids.begin(),
                                                alert_ids.end());
  const auto is_gone = [&](std::uint64_t alert) {
    return gone.contains(alert);
  };
  for (const auto& [id, durable] : *all) {
    if (std::none_of(durable.alerts.begin(), durable.alerts.end(), is_gone)) {
      continue;
    }
    // Another deletion of this write may have changed it before.
    auto held = LoadConference(state, tx, id);
    if (absl::IsNotFound(held.status())) continue;
    if (!held.ok()) return held.status();
    std::erase_if(held->alerts, is_gone);
    PutConference(state, tx, id, *held);
  }
  return absl::OkStatus();
}

absl::Status DeleteOldConferences(LoopState& state, Transaction& tx) {
  auto all = LoadConferences(state);
  if (!all.ok()) return all.status();
  for (const auto& [id, held] : *all) {
    if (FromTimestamp(held.conference.details().start()) + kConferenceKept <
        tx.now()) {
      tx.writes().Delete(NumberKey(Table::kConference, id));
    }
  }
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
