// The part of the facade that privacy officers and witnesses use.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "matcher/core.h"
#include "matcher/epochs.h"
#include "matcher/look_up.h"
#include "matcher/matcher.h"
#include "matcher/objection_epochs.h"
#include "matcher/padding.h"
#include "matcher/person_request.h"

namespace samkoer::matcher {
namespace {

constexpr std::uint64_t kMaxPageLeaves = 1000;
constexpr std::size_t kMaxPageBytes = std::size_t{1} << 20;

}  // namespace

absl::StatusOr<samkoer::v1::GetCheckpointResponse> Matcher::GetCheckpoint() {
  samkoer::v1::GetCheckpointResponse response;
  response.set_signed_note(core_->options().audit->SignedCheckpoint());
  return response;
}

absl::Status Matcher::ReadLeaves(
    const Caller& caller, const samkoer::v1::ReadLeavesRequest& request,
    const std::function<bool(const samkoer::v1::LeafBatch&)>& sink) {
  const storage::AuditLog& audit = *core_->options().audit;
  const std::uint64_t size = audit.size();
  const std::uint64_t start = request.start();
  const std::uint64_t end = request.end() == 0 ? size : request.end();
  if (start > end || end > size) {
    return absl::OutOfRangeError(absl::StrCat("leaves ", start, " to ", end,
                                              " are not all in the log, ",
                                              "which has ", size));
  }
  if (absl::Status s = core_->Log(caller, samkoer::v1::AUDIT_ACTION_LOG_READ,
                                  [&](samkoer::v1::AuditLeaf& leaf) {
                                    AddCount(leaf, "start", start);
                                    AddCount(leaf, "end", end);
                                  });
      !s.ok()) {
    return s;
  }
  // A client may read slowly, and an open scan holds on to what the engine
  // would throw away: so every page is a scan of its own.
  for (std::uint64_t next = start; next < end;) {
    samkoer::v1::LeafBatch page;
    page.set_start(next);
    std::size_t bytes = 0;
    if (absl::Status s = audit.ReadLeaves(
            *core_->options().engine, next,
            std::min<std::uint64_t>(end, next + kMaxPageLeaves),
            [&](std::uint64_t, std::string_view leaf) {
              bytes += leaf.size();
              page.add_leaves(leaf.data(), leaf.size());
              return bytes < kMaxPageBytes;
            });
        !s.ok()) {
      return s;
    }
    next += static_cast<std::uint64_t>(page.leaves_size());
    if (!sink(page)) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<samkoer::v1::GetConsistencyProofResponse>
Matcher::ConsistencyProof(
    const Caller& caller,
    const samkoer::v1::GetConsistencyProofRequest& request) {
  auto proof = core_->options().audit->ConsistencyProof(
      *core_->options().engine, request.first_size(), request.second_size());
  if (!proof.ok()) return proof.status();
  if (absl::Status s =
          core_->Log(caller, samkoer::v1::AUDIT_ACTION_LOG_READ,
                     [&](samkoer::v1::AuditLeaf& leaf) {
                       leaf.set_detail("consistency proof");
                       AddCount(leaf, "first_size", request.first_size());
                       AddCount(leaf, "second_size", request.second_size());
                     });
      !s.ok()) {
    return s;
  }
  samkoer::v1::GetConsistencyProofResponse response;
  for (const crypto::Hash32& hash : *proof) {
    response.add_hashes(hash.data(), hash.size());
  }
  return response;
}

absl::StatusOr<samkoer::v1::GetInclusionProofResponse> Matcher::InclusionProof(
    const Caller& caller,
    const samkoer::v1::GetInclusionProofRequest& request) {
  auto proof = core_->options().audit->InclusionProof(
      *core_->options().engine, request.index(), request.tree_size());
  if (!proof.ok()) return proof.status();
  if (absl::Status s = core_->Log(caller, samkoer::v1::AUDIT_ACTION_LOG_READ,
                                  [&](samkoer::v1::AuditLeaf& leaf) {
                                    leaf.set_detail("inclusion proof");
                                    AddCount(leaf, "index", request.index());
                                    AddCount(leaf, "tree_size",
                                             request.tree_size());
                                  });
      !s.ok()) {
    return s;
  }
  samkoer::v1::GetInclusionProofResponse response;
  for (const crypto::Hash32& hash : *proof) {
    response.add_hashes(hash.data(), hash.size());
  }
  return response;
}

absl::StatusOr<samkoer::v1::LookUpPersonResponse> Matcher::LookUpPerson(
    const Caller& caller, const samkoer::v1::LookUpPersonRequest& request) {
  auto person_key = CheckedPersonKey(*core_, request);
  if (!person_key.ok()) return person_key.status();
  using Response = samkoer::v1::LookUpPersonResponse;
  std::vector<crypto::Hash16> merged;
  auto response = core_->Call<Response>([&](LoopState& state, Transaction& tx) {
    return LookUpFacts(state, tx, caller, request.reason(), *person_key,
                       merged);
  });
  if (!response.ok()) return response;
  const auto snapshot = core_->options().engine->Snapshot();
  if (absl::Status s =
          FillAccesses(*core_->options().audit, *snapshot, merged, *response);
      !s.ok()) {
    return s;
  }
  PadAnswer(*response);
  return response;
}

absl::StatusOr<samkoer::v1::ListEpochsResponse> Matcher::ListEpochs(
    const Caller& caller) {
  using Response = samkoer::v1::ListEpochsResponse;
  return core_->Call<Response>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<Response> {
        auto leaf = state.MakeLeaf(tx.now(), caller,
                                   samkoer::v1::AUDIT_ACTION_LOG_READ);
        leaf.set_detail("epochs");
        tx.AddLeaf(std::move(leaf));
        const auto objections = CountObjections(state);
        if (!objections.ok()) return objections.status();
        Response response = DescribeEpochs(state);
        response.set_objections(objections->standing);
        response.set_objections_waiting(objections->waiting);
        return response;
      });
}

}  // namespace samkoer::matcher
