// The part of the facade for what citizens may demand, and for the notices that
// departments get of it.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "matcher/core.h"
#include "matcher/erase.h"
#include "matcher/matcher.h"
#include "matcher/notices.h"
#include "matcher/person_request.h"
#include "proto/limits.h"

namespace samkoer::matcher {
namespace {

constexpr int kMaxNotices = 1000;

// The number of the caller's department. PERMISSION_DENIED if the policy does
// not know it, or it is switched off.
absl::StatusOr<std::uint16_t> DepartmentOf(const MatcherCore& core,
                                           const Caller& caller) {
  const Published published = core.Read();
  const auto number = published.departments->Find(caller.name);
  if (published.policy->FindDepartment(caller.name) == kUnknownIndex ||
      !number) {
    return absl::PermissionDeniedError("not permitted");
  }
  if (absl::Status s = published.suspensions->CheckOn(caller.name); !s.ok()) {
    return s;
  }
  return *number;
}

}  // namespace

absl::StatusOr<samkoer::v1::ErasePersonResponse> Matcher::ErasePerson(
    const Caller& caller, const samkoer::v1::ErasePersonRequest& request) {
  auto person_key = CheckedPersonKey(*core_, request);
  if (!person_key.ok()) return person_key.status();
  return core_->Call<samkoer::v1::ErasePersonResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunErase(state, tx, *core_->options().audit, caller, request,
                        *person_key);
      });
}

absl::StatusOr<samkoer::v1::LiftObjectionResponse> Matcher::LiftObjection(
    const Caller& caller, const samkoer::v1::LiftObjectionRequest& request) {
  auto person_key = CheckedPersonKey(*core_, request);
  if (!person_key.ok()) return person_key.status();
  return core_->Call<samkoer::v1::LiftObjectionResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunLiftObjection(state, tx, *core_->options().audit, caller,
                                request, *person_key);
      });
}

absl::StatusOr<samkoer::v1::ListNoticesResponse> Matcher::ListNotices(
    const Caller& caller) {
  auto department = DepartmentOf(*core_, caller);
  if (!department.ok()) return department.status();
  const auto snapshot = core_->options().engine->Snapshot();
  auto notices = ReadNotices(*snapshot, *core_->options().sealer, *department);
  if (!notices.ok()) return notices.status();
  samkoer::v1::ListNoticesResponse response;
  for (const KeyedNotice& found : *notices) {
    if (response.notices_size() == kMaxNotices) break;
    samkoer::v1::Notice* notice = response.add_notices();
    notice->set_notice_id(std::string(crypto::AsText(found.notice.notice_id)));
    notice->set_kind(static_cast<samkoer::v1::NoticeKind>(found.notice.kind));
    notice->set_case_ref(found.notice.case_ref);
    *notice->mutable_time() =
        ToProto(absl::FromUnixMicros(found.notice.time_micros));
  }
  if (absl::Status s = core_->Log(
          caller, samkoer::v1::AUDIT_ACTION_NOTICES_READ,
          [&](samkoer::v1::AuditLeaf& leaf) {
            AddCount(leaf, "notices",
                     static_cast<std::uint64_t>(response.notices_size()));
          });
      !s.ok()) {
    return s;
  }
  return response;
}

absl::StatusOr<samkoer::v1::AcknowledgeNoticesResponse>
Matcher::AcknowledgeNotices(
    const Caller& caller,
    const samkoer::v1::AcknowledgeNoticesRequest& request) {
  auto department = DepartmentOf(*core_, caller);
  if (!department.ok()) return department.status();
  if (request.notice_ids().empty() || request.notice_ids_size() > kMaxNotices) {
    return absl::InvalidArgumentError("notice_ids: must be 1 to 1,000");
  }
  std::vector<crypto::Hash16> ids(request.notice_ids_size());
  for (int i = 0; i < request.notice_ids_size(); ++i) {
    const std::string& id = request.notice_ids(i);
    if (id.size() != ids[i].size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("notice_ids: number ", i, " does not have 16 bytes"));
    }
    std::copy(id.begin(), id.end(), ids[i].begin());
  }
  using Response = samkoer::v1::AcknowledgeNoticesResponse;
  return core_->Call<Response>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<Response> {
        auto deleted = DeleteNotices(state, tx, *department, ids);
        // What is deleted must have its leaf.
        if (!deleted.ok()) return tx.Fatal(deleted.status());
        Response response;
        response.set_deleted(*deleted);
        auto leaf = state.MakeLeaf(
            tx.now(), caller, samkoer::v1::AUDIT_ACTION_NOTICES_ACKNOWLEDGED);
        AddCount(leaf, "notices", *deleted);
        tx.AddLeaf(std::move(leaf));
        return response;
      });
}

}  // namespace samkoer::matcher
