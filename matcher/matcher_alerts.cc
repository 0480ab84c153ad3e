// The part of the facade that coordinators use.
#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "matcher/alert_filter.h"
#include "matcher/alert_id.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/alert_reader.h"
#include "matcher/alert_store.h"
#include "matcher/coordination_commands.h"
#include "matcher/core.h"
#include "matcher/match_step.h"
#include "matcher/matcher.h"
#include "matcher/record_changes.h"
#include "matcher/store_view.h"
#include "proto/limits.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AlertState;

// A page's bytes stay well below proto::kMaxMessageBytes.
constexpr std::size_t kMaxPageBytes = proto::kMaxMessageBytes / 4 * 3;

// Logs a reading of these alerts by each of the callers. Whoever has been
// erased since they were read is not named: the log's index would lead to them
// again.
absl::Status LogRead(MatcherCore& core, std::span<const Caller> callers,
                     samkoer::v1::AuditAction action,
                     const std::vector<std::string>& alert_ids,
                     absl::AnyInvocable<void(samkoer::v1::AuditLeaf&)> fill) {
  return core.Do([&](LoopState& state, Transaction& tx) {
    std::vector<crypto::Hash16> subjects;
    for (const std::string& alert_id : alert_ids) {
      const auto id = ParseAlertId(alert_id);
      const PersonNo person = id.ok() ? state.index.FindAlertId(*id) : kNone;
      if (person != kNone) {
        subjects.push_back(state.index.person(person).subject_id());
      }
    }
    for (const Caller& caller : callers) {
      auto leaf = state.MakeLeaf(tx.now(), caller, action);
      SetSubjects(leaf, subjects);
      fill(leaf);
      tx.AddLeaf(std::move(leaf));
    }
    return absl::OkStatus();
  });
}

// On the loop's thread.
absl::StatusOr<samkoer::v1::SetAlertStateResponse> RunSetState(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::SetAlertStateRequest& request, PersonNo person) {
  samkoer::v1::SetAlertStateResponse response;
  samkoer::v1::Alert& alert = *response.mutable_alert();
  if (absl::Status s = AlertLoader(state, tx).Load(person, alert); !s.ok()) {
    return s;
  }
  const bool ended = IsEnded(alert.state());
  if (absl::Status s =
          SetAlertState(alert, request.state(), caller.uri, request.note(),
                        request.expected_revision(), tx.now());
      !s.ok()) {
    return s;
  }
  AlertInfo info = *state.index.FindAlert(person);
  // A reopened alert takes today's participants: compare its contents.
  const bool reopened = ended && IsActive(alert.state());
  if (reopened) info.match_digest.fill(0xff);
  RefreshCoordination(alert, GatherPersonFacts(state, person),
                      CoordinationRules(state.policy->proto()), state.day,
                      tx.now());
  AlertChange change = MakeAlertChange(state, person, std::move(info), alert);
  StageAlertChanges(state, tx, {&change, 1});
  auto leaf = state.MakeLeaf(tx.now(), caller,
                             samkoer::v1::AUDIT_ACTION_ALERT_STATE_SET);
  SetSubjects(leaf, {state.index.person(person).subject_id()});
  leaf.set_detail(samkoer::v1::AlertState_Name(alert.state()));
  tx.AddLeaf(std::move(leaf));
  if (reopened) {
    const RecordChanges none(state, tx);
    const PersonNo persons[] = {person};
    if (auto matched = MatchPersons(state, tx, none, persons, "");
        !matched.ok()) {
      return tx.Fatal(matched.status());
    }
    if (absl::Status s = AlertLoader(state, tx).Load(person, alert); !s.ok()) {
      return tx.Fatal(s);
    }
  }
  return response;
}

}  // namespace

absl::StatusOr<samkoer::v1::ListAlertsResponse> Matcher::ListAlerts(
    std::span<const Caller> callers,
    const samkoer::v1::ListAlertsRequest& request) {
  const Published published = core_->Read();
  auto filter = AlertFilter::Make(request, *published.departments);
  if (!filter.ok()) return filter.status();
  // A token is the number of the last alert of the page before.
  std::uint64_t before = 0;
  if (!request.page_token().empty() &&
      (!absl::SimpleAtoi(request.page_token(), &before) || before == 0)) {
    return absl::InvalidArgumentError("page_token: not made here");
  }
  const std::size_t page_size =
      request.page_size() == 0
          ? 100
          : std::min<std::uint32_t>(request.page_size(), 1000);

  samkoer::v1::ListAlertsResponse response;
  response.set_feed_sequence(published.stats.feed_sequence);
  response.set_feed_id(core_->feed_id());
  const auto view = OpenView(*core_);
  if (!view.ok()) return view.status();
  AlertReader reader(*view->reader, *core_->options().sealer,
                     view->heads.get());
  std::vector<std::string> ids;
  std::size_t bytes = 0;
  std::uint64_t last = 0;
  absl::Status status;
  absl::Status scanned =
      reader.Scan(before, [&](const storage::StoredAlert& head) {
        if (!filter->MayShow(head)) return true;
        if (static_cast<std::size_t>(response.alerts_size()) == page_size ||
            bytes >= kMaxPageBytes) {
          response.set_next_page_token(absl::StrCat(last));
          return false;
        }
        auto alert = reader.Open(head);
        if (!alert.ok()) {
          status = alert.status();
          return false;
        }
        if (filter->LooksInside() && !filter->Shows(*alert)) return true;
        bytes += alert->ByteSizeLong();
        last = head.number;
        ids.push_back(alert->alert_id());
        *response.add_alerts() = *std::move(alert);
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  status = LogRead(*core_, callers, samkoer::v1::AUDIT_ACTION_ALERTS_READ, ids,
                   [&](samkoer::v1::AuditLeaf& leaf) {
                     AddCount(leaf, "alerts", ids.size());
                   });
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<samkoer::v1::GetAlertResponse> Matcher::GetAlert(
    const Caller& caller, const samkoer::v1::GetAlertRequest& request) {
  auto id = ParseAlertId(request.alert_id());
  if (!id.ok()) return NoSuchAlert();
  // Found and logged in one command; also a look at nothing is logged.
  auto number = core_->Call<std::uint64_t>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<std::uint64_t> {
        auto leaf = state.MakeLeaf(tx.now(), caller,
                                   samkoer::v1::AUDIT_ACTION_ALERTS_READ);
        const PersonNo person = state.index.FindAlertId(*id);
        if (person != kNone) {
          SetSubjects(leaf, {state.index.person(person).subject_id()});
        }
        AddCount(leaf, "alerts", person == kNone ? 0 : 1);
        tx.AddLeaf(std::move(leaf));
        if (person == kNone) return NoSuchAlert();
        return state.index.FindAlert(person)->number;
      });
  if (!number.ok()) return number.status();
  const auto snapshot = core_->options().engine->Snapshot();
  AlertReader reader(*snapshot, *core_->options().sealer);
  auto head = reader.Head(*number);
  if (absl::IsNotFound(head.status())) return NoSuchAlert();
  if (!head.ok()) return head.status();
  auto alert = reader.Open(*head);
  if (!alert.ok()) return alert.status();
  samkoer::v1::GetAlertResponse response;
  *response.mutable_alert() = *std::move(alert);
  return response;
}

absl::StatusOr<samkoer::v1::SetAlertStateResponse> Matcher::SetAlertState(
    const Caller& caller, const samkoer::v1::SetAlertStateRequest& request) {
  auto id = ParseAlertId(request.alert_id());
  if (!id.ok()) return NoSuchAlert();
  using Response = samkoer::v1::SetAlertStateResponse;
  return core_->Call<Response>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<Response> {
        const PersonNo person = state.index.FindAlertId(*id);
        if (person == kNone) return NoSuchAlert();
        return RunSetState(state, tx, caller, request, person);
      });
}

absl::StatusOr<std::vector<samkoer::v1::FeedEntry>> Matcher::ReadFeed(
    const Caller& caller, std::uint64_t after, std::size_t max) {
  const std::uint64_t end = core_->FeedSequence();
  if (after > end) {
    return absl::OutOfRangeError(
        absl::StrCat("after_sequence ", after, " lies beyond the feed's end ",
                     end, "; the store is older than this cursor"));
  }
  std::vector<samkoer::v1::FeedEntry> entries;
  if (after == end || max == 0) return entries;
  const auto snapshot = core_->options().engine->Snapshot();
  AlertReader reader(*snapshot, *core_->options().sealer);
  const std::uint64_t last =
      std::min<std::uint64_t>(end, after + std::min<std::size_t>(max, 1000));
  std::vector<std::string> ids;
  std::size_t bytes = 0;
  for (std::uint64_t n = after + 1; n <= last && bytes < kMaxPageBytes; ++n) {
    crypto::Hash16 subject;
    auto entry = reader.GetFeedEntry(n, subject);
    if (absl::IsNotFound(entry.status())) {
      return absl::DataLossError("the feed has a gap; restore a backup");
    }
    if (!entry.ok()) return entry.status();
    bytes += entry->ByteSizeLong();
    if (entry->has_alert()) ids.push_back(entry->alert().alert_id());
    entries.push_back(*std::move(entry));
  }
  if (absl::Status s = LogRead(
          *core_, {&caller, 1}, samkoer::v1::AUDIT_ACTION_FEED_READ, ids,
          [&](samkoer::v1::AuditLeaf& leaf) {
            AddCount(leaf, "first", entries.front().sequence());
            AddCount(leaf, "last", entries.back().sequence());
          });
      !s.ok()) {
    return s;
  }
  return entries;
}

}  // namespace samkoer::matcher
