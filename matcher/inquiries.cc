#include "matcher/inquiries.h"

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
#include "matcher/coordination_words.h"
#include "matcher/lettered_id.h"
#include "matcher/timestamps.h"
#include "proto/reason.h"
#include "storage/inquiry_table.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Inquiry;
using storage::NumberKey;
using storage::StoredInquiry;
using storage::Table;

// Every one that is durable, by its id.
absl::StatusOr<std::map<std::uint64_t, StoredInquiry>> LoadAll(
    const LoopState& state) {
  std::map<std::uint64_t, StoredInquiry> all;
  absl::Status status;
  absl::Status scanned = state.store->Scan(
      storage::TablePrefix(Table::kInquiry), "",
      [&](std::string_view key, std::string_view value) {
        auto plaintext = state.sealer->Open(key, value);
        status = plaintext.status();
        if (!status.ok()) return false;
        auto inquiry = storage::DecodeInquiry(*plaintext);
        status = inquiry.status();
        const auto id = storage::ParseNumberKey(Table::kInquiry, key);
        if (status.ok() && id) all.emplace(*id, *std::move(inquiry));
        return status.ok();
      });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  return all;
}

void Put(const LoopState& state, Transaction& tx, std::uint64_t id,
         const StoredInquiry& inquiry) {
  std::string key = NumberKey(Table::kInquiry, id);
  std::string value = state.sealer->Seal(key, storage::EncodeInquiry(inquiry));
  tx.writes().Put(std::move(key), std::move(value));
}

absl::Status CheckDepartment(const LoopState& state, const Caller& caller) {
  if (state.policy->FindDepartment(caller.name) == kUnknownIndex) {
    return absl::PermissionDeniedError("not permitted");
  }
  return state.suspensions->CheckOn(caller.name);
}

// Nobody need do anything about it any more.
bool IsSettled(const Inquiry& inquiry) {
  return inquiry.has_answered() || inquiry.has_deleted();
}

Inquiry Shown(const LoopState& state, const Inquiry& held) {
  Inquiry shown = held;
  if (const auto number = state.policy->FindDepartment(held.department());
      number != kUnknownIndex) {
    shown.set_department_name(state.policy->department(number).name());
  }
  return shown;
}

absl::Status NoSuchInquiry() {
  return absl::NotFoundError("one of the questions is not there");
}

void AddLeaf(const LoopState& state, Transaction& tx, const Caller& caller,
             samkoer::v1::AuditAction action, std::string detail,
             const std::string& reason = {}) {
  auto leaf = state.MakeLeaf(tx.now(), caller, action);
  leaf.set_detail(std::move(detail));
  leaf.set_reason(reason);
  tx.AddLeaf(std::move(leaf));
}

// NOT_FOUND if there is none with the id, which was read.
absl::StatusOr<StoredInquiry> LoadOne(const LoopState& state,
                                      const Transaction& tx, std::uint64_t id) {
  const std::string key = NumberKey(Table::kInquiry, id);
  auto value = tx.writes().Get(key);
  if (absl::IsNotFound(value.status())) return NoSuchInquiry();
  if (!value.ok()) return value.status();
  auto plaintext = state.sealer->Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  return storage::DecodeInquiry(*plaintext);
}

// In the order of lists.
std::pair<std::int64_t, std::string> PlaceOf(const Inquiry& inquiry) {
  return {absl::ToUnixNanos(FromTimestamp(inquiry.asked())),
          inquiry.inquiry_id()};
}

}  // namespace

absl::StatusOr<samkoer::v1::AskResponse> RunAsk(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::AskRequest& request) {
  if (absl::Status s = CheckDepartment(state, caller); !s.ok()) return s;
  if (request.request_id().size() != storage::kRequestIdBytes) {
    return absl::InvalidArgumentError("request_id: must have 16 bytes");
  }
  if (request.kind() == samkoer::v1::INQUIRY_KIND_UNSPECIFIED ||
      !samkoer::v1::InquiryKind_IsValid(request.kind())) {
    return absl::InvalidArgumentError("kind: must be given");
  }
  if (absl::Status s = CheckWords("text", request.text(), 1, kMaxInquiryBytes);
      !s.ok()) {
    return s;
  }
  // What this write has taken so far must be seen.
  if (absl::Status s = tx.WriteNow(); !s.ok()) return tx.Fatal(s);
  auto all = LoadAll(state);
  if (!all.ok()) return all.status();
  samkoer::v1::AskResponse response;
  std::size_t unanswered = 0;
  for (const auto& [id, held] : *all) {
    if (held.inquiry.department() != caller.name) continue;
    if (held.request_id == request.request_id()) {
      // Of a deleted one nobody knows the words any more.
      if (!held.inquiry.has_deleted() &&
          (held.inquiry.kind() != request.kind() ||
           held.inquiry.text() != request.text())) {
        return absl::AlreadyExistsError(
            "the request id was used with another text");
      }
      AddLeaf(state, tx, caller, samkoer::v1::AUDIT_ACTION_INQUIRY_ASKED,
              absl::StrCat("again ", held.inquiry.inquiry_id()));
      *response.mutable_inquiry() = Shown(state, held.inquiry);
      return response;
    }
    if (!IsSettled(held.inquiry)) ++unanswered;
  }
  if (unanswered >= kMaxUnanswered || all->size() >= kMaxInquiries) {
    return absl::ResourceExhaustedError(
        "too many questions wait for their answer; ask again later");
  }
  std::uint64_t id;
  do {
    randombytes_buf(&id, sizeof(id));
    id &= kAlertIdMask;
  } while (all->contains(id));
  StoredInquiry held;
  held.request_id = request.request_id();
  held.inquiry.set_inquiry_id(FormatLetteredId('F', id));
  held.inquiry.set_kind(request.kind());
  held.inquiry.set_department(caller.name);
  held.inquiry.set_text(request.text());
  *held.inquiry.mutable_asked() = ToTimestamp(tx.now());
  Put(state, tx, id, held);
  AddLeaf(state, tx, caller, samkoer::v1::AUDIT_ACTION_INQUIRY_ASKED,
          held.inquiry.inquiry_id());
  *response.mutable_inquiry() = Shown(state, held.inquiry);
  return response;
}

absl::StatusOr<samkoer::v1::ListInquiriesResponse> RunListInquiries(
    LoopState& state, Transaction& tx, const Caller& caller, bool own_only,
    const samkoer::v1::ListInquiriesRequest& request) {
  if (own_only) {
    if (absl::Status s = CheckDepartment(state, caller); !s.ok()) return s;
  }
  // A token is the last one's place: "1800000000123456789/F-7K3M-9QXD".
  std::pair<std::int64_t, std::string> after(-1, "");
  if (!request.page_token().empty()) {
    const std::size_t slash = request.page_token().find('/');
    if (slash == std::string::npos ||
        !absl::SimpleAtoi(request.page_token().substr(0, slash),
                          &after.first)) {
      return absl::InvalidArgumentError("page_token: not made here");
    }
    after.second = request.page_token().substr(slash + 1);
  }
  auto all = LoadAll(state);
  if (!all.ok()) return all.status();
  std::vector<const Inquiry*> found;
  for (const auto& [id, held] : *all) {
    if ((own_only && held.inquiry.department() != caller.name) ||
        (!request.include_answered() && IsSettled(held.inquiry)) ||
        PlaceOf(held.inquiry) <= after) {
      continue;
    }
    found.push_back(&held.inquiry);
  }
  std::sort(found.begin(), found.end(), [](const Inquiry* a, const Inquiry* b) {
    return PlaceOf(*a) < PlaceOf(*b);
  });
  const std::size_t page_size =
      request.page_size() == 0
          ? 100
          : std::min<std::uint32_t>(request.page_size(), 500);
  samkoer::v1::ListInquiriesResponse response;
  for (std::size_t i = 0; i < std::min(page_size, found.size()); ++i) {
    *response.add_inquiries() = Shown(state, *found[i]);
  }
  if (found.size() > page_size) {
    const auto [nanos, id] = PlaceOf(*found[page_size - 1]);
    response.set_next_page_token(absl::StrCat(nanos, "/", id));
  }
  auto leaf = state.MakeLeaf(tx.now(), caller,
                             samkoer::v1::AUDIT_ACTION_INQUIRIES_READ);
  AddCount(leaf, "inquiries",
           static_cast<std::uint64_t>(response.inquiries_size()));
  tx.AddLeaf(std::move(leaf));
  return response;
}

absl::StatusOr<samkoer::v1::AnswerResponse> RunAnswer(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::AnswerRequest& request) {
  if (request.inquiry_ids().empty() ||
      request.inquiry_ids_size() > kMaxJointAnswer) {
    return absl::InvalidArgumentError("inquiry_ids: must be 1 to 50");
  }
  if (absl::Status s = CheckWords("text", request.text(), 1, kMaxInquiryBytes);
      !s.ok()) {
    return s;
  }
  std::vector<std::pair<std::uint64_t, StoredInquiry>> answered;
  absl::flat_hash_set<std::uint64_t> named;
  for (const std::string& text : request.inquiry_ids()) {
    const auto id = ParseLetteredId('F', text);
    if (!id) return NoSuchInquiry();
    if (!named.insert(*id).second) {
      return absl::InvalidArgumentError("inquiry_ids: one is named twice");
    }
    auto held = LoadOne(state, tx, *id);
    if (!held.ok()) return held.status();
    if (IsSettled(held->inquiry)) {
      return absl::FailedPreconditionError(
          "one of the questions is answered or deleted already; list them "
          "again");
    }
    answered.emplace_back(*id, *std::move(held));
  }
  samkoer::v1::AnswerResponse response;
  for (auto& [id, held] : answered) {
    held.inquiry.set_answer(request.text());
    *held.inquiry.mutable_answered() = ToTimestamp(tx.now());
    Put(state, tx, id, held);
    *response.add_inquiries() = Shown(state, held.inquiry);
  }
  auto leaf = state.MakeLeaf(tx.now(), caller,
                             samkoer::v1::AUDIT_ACTION_INQUIRY_ANSWERED);
  AddCount(leaf, "inquiries", answered.size());
  tx.AddLeaf(std::move(leaf));
  return response;
}

absl::StatusOr<samkoer::v1::DeleteInquiryResponse> RunDeleteInquiry(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::DeleteInquiryRequest& request) {
  if (absl::Status s = proto::CheckReason(request.reason()); !s.ok()) return s;
  const auto id = ParseLetteredId('F', request.inquiry_id());
  if (!id) return NoSuchInquiry();
  auto held = LoadOne(state, tx, *id);
  if (!held.ok()) return held.status();
  if (held->inquiry.has_deleted()) {
    return absl::FailedPreconditionError("the question is deleted already");
  }
  held->inquiry.clear_text();
  held->inquiry.clear_answer();
  *held->inquiry.mutable_deleted() = ToTimestamp(tx.now());
  Put(state, tx, *id, *held);
  AddLeaf(state, tx, caller, samkoer::v1::AUDIT_ACTION_INQUIRY_DELETED,
          held->inquiry.inquiry_id(), request.reason());
  samkoer::v1::DeleteInquiryResponse response;
  *response.mutable_inquiry() = Shown(state, held->inquiry);
  return response;
}

absl::Status DeleteOldInquiries(LoopState& state, Transaction& tx) {
  auto all = LoadAll(state);
  if (!all.ok()) return all.status();
  for (const auto& [id, held] : *all) {
    const Inquiry& inquiry = held.inquiry;
    const absl::Time end =
        inquiry.has_deleted() ? FromTimestamp(inquiry.deleted()) + kAnsweredKept
        : inquiry.has_answered()
            ? FromTimestamp(inquiry.answered()) + kAnsweredKept
            : FromTimestamp(inquiry.asked()) + kUnansweredKept;
    if (end < tx.now()) tx.writes().Delete(NumberKey(Table::kInquiry, id));
  }
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
