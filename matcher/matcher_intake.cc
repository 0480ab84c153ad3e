// The part of the facade that departments use.
#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "matcher/alert_id.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/alert_reader.h"
#include "matcher/coordination_commands.h"
#include "matcher/core.h"
#include "matcher/epochs.h"
#include "matcher/inbox_rules.h"
#include "matcher/matcher.h"
#include "matcher/prepare_batch.h"
#include "matcher/push_commands.h"
#include "matcher/store_view.h"
#include "proto/limits.h"

namespace samkoer::matcher {
namespace {

absl::Status NotPermitted() {
  return absl::PermissionDeniedError("not permitted");
}

absl::Status CheckBegin(const samkoer::v1::PushBegin& begin,
                        const CompiledPolicy& policy, const Epochs& epochs) {
  if (begin.kind() != samkoer::v1::PUSH_KIND_SNAPSHOT &&
      begin.kind() != samkoer::v1::PUSH_KIND_DELTA) {
    return absl::InvalidArgumentError("begin: kind must be snapshot or delta");
  }
  if (begin.push_id().size() != proto::kPushIdBytes) {
    return absl::InvalidArgumentError("begin: push_id must have 16 bytes");
  }
  if (begin.purpose() != policy.proto().purpose()) {
    return absl::InvalidArgumentError(
        "begin: purpose is not the matcher's; everything here is locked to one "
        "purpose");
  }
  if (absl::Status s =
          CheckLiveEpoch(epochs, begin.epoch(), begin.self_test(), "begin: ");
      !s.ok()) {
    return s;
  }
  if (begin.previous_epoch() == 0) return absl::OkStatus();
  const storage::StoredEpoch* previous = EpochBefore(epochs, begin.epoch());
  if (begin.epoch() != epochs.back().epoch || previous == nullptr ||
      begin.previous_epoch() != previous->epoch) {
    return absl::FailedPreconditionError(absl::StrCat(
        "begin: previous_epoch ", begin.previous_epoch(),
        " is not the one before the newest; fetch the intake info and start "
        "again"));
  }
  if (begin.previous_self_test() != previous->self_test) {
    return absl::FailedPreconditionError(
        "begin: the previous self-test differs from the pinned one; agent and "
        "matcher did not work with the same key or algorithm");
  }
  return absl::OkStatus();
}

// The conference as the department may see it.
void FillSeat(const samkoer::v1::Alert& alert, const std::string& department,
              samkoer::v1::InboxEntry& entry) {
  if (!alert.coordination().has_conference()) return;
  const auto& seat = alert.coordination().conference();
  auto& shown = *entry.mutable_conference();
  shown.set_conference_id(seat.conference_id());
  *shown.mutable_start() = seat.start();
  shown.set_place(seat.place());
  shown.set_held(seat.held());
  if (seat.action().department() == department) {
    *shown.mutable_action() = seat.action();
  }
}

void FillEntry(const samkoer::v1::Alert& alert, const OwnCase& own,
               const std::string& department, samkoer::v1::InboxEntry& entry) {
  entry.set_alert_id(alert.alert_id());
  entry.set_state(alert.state());
  entry.set_case_ref(own.case_ref);
  entry.set_unit(own.unit);
  FillSeat(alert, department, entry);
  if (const auto* handover = HandoverTo(alert, department)) {
    auto& shown = *entry.mutable_handover();
    shown.set_handover_id(handover->handover_id());
    shown.set_role(handover->role());
    shown.set_unit(handover->to().unit());
    *shown.mutable_requested() = handover->requested();
  }
  if (const auto since = ConvenedSince(alert)) {
    *entry.mutable_convened() = ToProto(*since);
  }
}

// Alerts that are opened together, with one look of the loop's thread at the
// cases of those that need it.
constexpr std::size_t kInboxChunk = 64;

// An alert that may stand in the inbox.
struct Found {
  std::string alert_id;
  storage::StoredAlert head;
};
// The alert, and the cases by which the department finds it: none if its inbox
// does not show it.
struct InboxAlert {
  samkoer::v1::Alert alert;
  std::vector<OwnCase> cases;
};

// As many as `found`.
absl::StatusOr<std::vector<InboxAlert>> OpenInbox(
    MatcherCore& core, AlertReader& reader, const std::string& department,
    std::span<const Found> found) {
  std::vector<InboxAlert> opened(found.size());
  std::vector<std::string> ids;
  std::vector<std::size_t> places;  // of `ids`
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto alert = reader.Open(found[i].head);
    if (!alert.ok()) return alert.status();
    opened[i].alert = *std::move(alert);
    opened[i].cases = OwnCases(opened[i].alert, department);
    if (!opened[i].cases.empty()) continue;
    // The rule has ceased, and the department answers for the young person or
    // is asked to: it finds the alert by its open cases.
    ids.push_back(found[i].alert_id);
    places.push_back(i);
  }
  if (!ids.empty()) {
    auto open = core.Call<std::vector<std::vector<OwnCase>>>(
        [&](LoopState& state, Transaction& tx) {
          return OpenCasesOf(state, tx, ids, department);
        });
    if (!open.ok()) return open.status();
    for (std::size_t i = 0; i < places.size(); ++i) {
      opened[places[i]].cases = std::move((*open)[i]);
    }
  }
  for (InboxAlert& one : opened) {
    if (!InboxShows(one.alert, department, !one.cases.empty())) {
      one.cases.clear();
    }
  }
  return opened;
}

void FillEpoch(const storage::StoredEpoch& epoch,
               samkoer::v1::PinnedEpoch& out) {
  out.set_epoch(epoch.epoch);
  out.set_public_key(epoch.public_key);
  out.set_self_test(epoch.self_test);
  out.set_closes_on(epoch.closes_on);
}

}  // namespace

PushSession::PushSession(MatcherCore* core,
                         std::shared_ptr<const PushTicket> ticket)
    : core_(core),
      ticket_(std::move(ticket)),
      differing_(ticket_->begun.difference().differing()) {}

const samkoer::v1::PushBegun& PushSession::begun() const {
  return ticket_->begun;
}

const samkoer::v1::CommitReceipt& PushSession::commit_receipt() const {
  return ticket_->receipt;
}

absl::StatusOr<samkoer::v1::DigestDifference> PushSession::SubmitDigests(
    const samkoer::v1::BucketDigests& digests) {
  auto difference = core_->Call<samkoer::v1::DigestDifference>(
      [&](LoopState& state, Transaction& tx) {
        return RunDigests(state, tx, *ticket_, digests);
      });
  if (difference.ok()) differing_ = difference->differing();
  return difference;
}

void PushSession::SubmitBatch(const samkoer::v1::RecordBatch& batch,
                              BatchDone done) {
  auto prepared =
      PrepareBatch(batch, *ticket_, differing_, *core_->options().sealer);
  if (!prepared.ok()) {
    done(prepared.status());
    return;
  }
  core_->Post<samkoer::v1::BatchReceipt>(
      [ticket = ticket_, batch = *std::move(prepared)](
          LoopState& state, Transaction& tx) mutable {
        return RunBatch(state, tx, *ticket, std::move(batch));
      },
      [core = core_, done = std::move(done)](
          absl::StatusOr<samkoer::v1::BatchReceipt> receipt) {
        if (receipt.ok()) core->CountBatch(receipt->record_count());
        done(std::move(receipt));
      });
}

void PushSession::SubmitCommit(const samkoer::v1::PushCommit& commit,
                               CommitDone done) {
  std::shared_ptr<ReadAhead::Request> ahead;
  if (ticket_->kind == samkoer::v1::PUSH_KIND_SNAPSHOT) {
    ahead = core_->read_ahead().Ask(ticket_->push_number, commit.batch_count(),
                                    commit.record_count());
  }
  core_->Post<samkoer::v1::CommitReceipt>(
      [core = core_, ticket = ticket_, commit, ahead = std::move(ahead)](
          LoopState& state, Transaction& tx) {
        return RunCommit(state, tx, *ticket, commit, [&] {
          return ahead != nullptr ? core->read_ahead().Take(*ahead)
                                  : std::nullopt;
        });
      },
      [core = core_, done = std::move(done)](
          absl::StatusOr<samkoer::v1::CommitReceipt> receipt) {
        if (receipt.ok()) core->CountCommit();
        done(std::move(receipt));
      });
}

absl::StatusOr<samkoer::v1::GetIntakeInfoResponse> Matcher::IntakeInfo(
    const Caller& caller) {
  const Published published = core_->Read();
  const CompiledPolicy& policy = *published.policy;
  const std::uint16_t department = policy.FindDepartment(caller.name);
  const auto number = published.departments->Find(caller.name);
  if (department == kUnknownIndex || !number) return NotPermitted();
  if (absl::Status s = published.suspensions->CheckOn(caller.name); !s.ok()) {
    return s;
  }

  samkoer::v1::GetIntakeInfoResponse info;
  info.set_department(caller.name);
  info.set_purpose(policy.proto().purpose());
  for (const storage::StoredEpoch& epoch : *published.epochs) {
    if (epoch.live()) FillEpoch(epoch, *info.add_epochs());
  }
  const auto* before =
      EpochBefore(*published.epochs, published.epochs->back().epoch);
  if (before != nullptr && !before->live()) {
    FillEpoch(*before, *info.mutable_closed_epoch());
  }
  for (const auto& unit : policy.department(department).units()) {
    info.add_units(unit.name());
  }
  for (auto& permitted : policy.PermittedFor(department)) {
    *info.add_permitted() = std::move(permitted);
  }
  for (const std::string& code : policy.criteria()) info.add_criteria(code);
  info.set_day(published.day.ToString());
  info.set_policy_version(policy.proto().version());
  info.set_record_count(published.department_records[*number]);
  return info;
}

absl::StatusOr<std::unique_ptr<PushSession>> Matcher::BeginPush(
    const Caller& caller, const samkoer::v1::PushBegin& begin) {
  const Published published = core_->Read();
  if (published.policy->FindDepartment(caller.name) == kUnknownIndex) {
    return NotPermitted();
  }
  if (absl::Status s = CheckBegin(begin, *published.policy, *published.epochs);
      !s.ok()) {
    return s;
  }
  auto day = Day::Parse(begin.day());
  if (!day.ok()) {
    return absl::InvalidArgumentError("begin: day must be \"YYYY-MM-DD\"");
  }
  auto ticket = std::make_shared<PushTicket>();
  ticket->caller = caller;
  ticket->push_id = begin.push_id();
  ticket->kind = begin.kind();
  ticket->epoch = begin.epoch();
  ticket->previous_epoch = begin.previous_epoch();
  ticket->day = *day;
  if (absl::Status s = core_->Do([&](LoopState& state, Transaction& tx) {
        return RunBegin(state, tx, begin.allow_shrink(), *ticket);
      });
      !s.ok()) {
    return s;
  }
  ticket->match_key = core_->options().match_key;
  ticket->digest_key =
      crypto::DigestKey(core_->options().match_key, caller.name);
  ticket->begun.set_digest_key(
      std::string(crypto::AsText(ticket->digest_key.Expose())));
  return std::make_unique<PushSession>(core_.get(), std::move(ticket));
}

absl::StatusOr<samkoer::v1::ListInboxResponse> Matcher::ListInbox(
    const Caller& caller, const samkoer::v1::ListInboxRequest& request) {
  const Published published = core_->Read();
  const auto number = published.departments->Find(caller.name);
  if (published.policy->FindDepartment(caller.name) == kUnknownIndex ||
      !number) {
    return NotPermitted();
  }
  if (absl::Status s = published.suspensions->CheckOn(caller.name); !s.ok()) {
    return s;
  }
  // A token is the last entry: "A-7K3M-9QXD", a slash, the case reference.
  std::string after_alert, after_case;
  if (!request.page_token().empty()) {
    const std::size_t slash = request.page_token().find('/');
    after_alert = request.page_token().substr(0, slash);
    if (slash == std::string::npos || !ParseAlertId(after_alert).ok()) {
      return absl::InvalidArgumentError("page_token: not made here");
    }
    after_case = request.page_token().substr(slash + 1);
  }
  const std::size_t page_size =
      request.page_size() == 0
          ? 200
          : std::min<std::uint32_t>(request.page_size(), 1000);

  const auto view = OpenView(*core_);
  if (!view.ok()) return view.status();
  AlertReader reader(*view->reader, *core_->options().sealer,
                     view->heads.get());
  std::vector<Found> found;
  if (absl::Status s = reader.Scan(
          0,
          [&](const storage::StoredAlert& head) {
            if (IsConvened(static_cast<samkoer::v1::AlertState>(head.state)) &&
                std::binary_search(head.departments.begin(),
                                   head.departments.end(), *number)) {
              std::string id = FormatAlertId(head.alert_id);
              if (id >= after_alert) found.push_back({std::move(id), head});
            }
            return true;
          });
      !s.ok()) {
    return s;
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.alert_id < b.alert_id;
  });

  samkoer::v1::ListInboxResponse response;
  std::vector<crypto::Hash16> subjects;
  bool more = false;
  for (std::size_t at = 0; at < found.size() && !more; at += kInboxChunk) {
    const std::size_t size = std::min(kInboxChunk, found.size() - at);
    auto chunk = OpenInbox(*core_, reader, caller.name,
                           std::span(found).subspan(at, size));
    if (!chunk.ok()) return chunk.status();
    for (std::size_t i = 0; i < size && !more; ++i) {
      const std::string& alert_id = found[at + i].alert_id;
      for (const OwnCase& own : (*chunk)[i].cases) {
        if (alert_id == after_alert && own.case_ref <= after_case) continue;
        if (static_cast<std::size_t>(response.entries_size()) == page_size) {
          more = true;
          break;
        }
        FillEntry((*chunk)[i].alert, own, caller.name, *response.add_entries());
        subjects.push_back(found[at + i].head.subject_id);
      }
    }
  }
  if (more) {
    const auto& last = response.entries(response.entries_size() - 1);
    response.set_next_page_token(
        absl::StrCat(last.alert_id(), "/", last.case_ref()));
  }
  if (absl::Status s = core_->Log(
          caller, samkoer::v1::AUDIT_ACTION_INBOX_READ,
          [&](samkoer::v1::AuditLeaf& leaf) {
            SetSubjects(leaf, subjects);
            AddCount(leaf, "entries",
                     static_cast<std::uint64_t>(response.entries_size()));
          });
      !s.ok()) {
    return s;
  }
  return response;
}

}  // namespace samkoer::matcher
