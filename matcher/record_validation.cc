#include "matcher/record_validation.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "proto/absl_text.h"
#include "proto/cpr_shape.h"
#include "proto/limits.h"
#include "proto/plain_text.h"

namespace samkoer::matcher {
namespace {

using proto::Absl;
using samkoer::v1::CaseRecord;
using samkoer::v1::RecordBatch;

// The first problem of a record: the field, and what is wrong with it. Nothing
// is allocated for sound records.
struct Problem {
  std::string_view field;
  std::string_view text;
  explicit operator bool() const { return !text.empty(); }
};

constexpr std::string_view kCprShaped =
    "looks like a CPR number; send the case system's own reference, or what "
    "else is meant, without it";
constexpr std::string_view kNotPlain =
    "must be UTF-8 without control characters";
constexpr std::string_view kNoMonth = "must be a month as YYYYMM";
constexpr std::string_view kFuture = "lies after the day of the push";

// Free text that a department writes. `most` bytes; `too_long` says so.
Problem CheckText(std::string_view field, std::string_view text,
                  std::size_t most) {
  if (text.size() > most) return {field, "must be at most 64 bytes"};
  if (!proto::IsPlainLine(text)) return {field, kNotPlain};
  if (proto::LooksLikeCprNumber(text)) return {field, kCprShaped};
  return {};
}
static_assert(proto::kMaxCaseRefBytes == 64 && proto::kMaxUnitBytes == 64 &&
              proto::kMaxContactBytes == 64);

Problem CheckCaseRef(std::string_view field, std::string_view ref) {
  if (ref.empty()) return {field, "must not be empty"};
  return CheckText(field, ref, proto::kMaxCaseRefBytes);
}

// A month that may be 0 and must not lie after the day.
Problem CheckMonth(std::string_view field, std::uint32_t yyyymm, Month now) {
  if (yyyymm == 0) return {};
  const Month month = Month::FromYyyymm(yyyymm);
  if (!month.given()) return {field, kNoMonth};
  if (month > now) return {field, kFuture};
  return {};
}

Problem CheckMonths(const CaseRecord& record, Month now) {
  if (Problem p = CheckMonth("opened_month", record.opened_month(), now)) {
    return p;
  }
  if (Problem p = CheckMonth("closed_month", record.closed_month(), now)) {
    return p;
  }
  if (record.closed_month() != 0) {
    if (record.status() == samkoer::v1::CASE_STATUS_OPEN) {
      return {"closed_month", "must be 0 for an open case"};
    }
    if (record.closed_month() < record.opened_month()) {
      return {"closed_month", "lies before opened_month"};
    }
  }
  if (record.birth_month() == 0) return {"birth_month", "is required"};
  if (Problem p = CheckMonth("birth_month", record.birth_month(), now)) {
    return p;
  }
  return CheckMonth("plan.last_review_month", record.plan().last_review_month(),
                    now);
}

Problem CheckCriteria(const CaseRecord& record, const CompiledPolicy& policy) {
  if (static_cast<std::size_t>(record.criteria_size()) > proto::kMaxCriteria) {
    return {"criteria", "must be at most 16 codes"};
  }
  static_assert(proto::kMaxCriteria == 16);
  std::uint64_t seen = 0;
  for (const std::string& code : record.criteria()) {
    const std::optional<int> bit = policy.CriterionBit(code);
    if (!bit)
      return {"criteria", "holds a code that no rule of the policy uses"};
    if (seen >> *bit & 1) return {"criteria", "holds a code twice"};
    seen |= std::uint64_t{1} << *bit;
  }
  return {};
}

Problem CheckRecord(const CaseRecord& record, const CompiledPolicy& policy,
                    std::uint16_t department, Month now) {
  if (record.pseudonym().size() != proto::kPseudonymBytes) {
    return {"pseudonym", "must be 64 bytes"};
  }
  static_assert(proto::kPseudonymBytes == 64);
  if (Problem p = CheckCaseRef("case_ref", record.case_ref())) return p;
  if (policy.FindUnit(department, record.unit()) == kUnknownIndex) {
    return {"unit", "is no unit of this department in the policy"};
  }
  if (!policy.DomainAllowed(department, record.domain())) {
    return {"domain", "is none that the policy lets this department send"};
  }
  if (record.status() != samkoer::v1::CASE_STATUS_OPEN &&
      record.status() != samkoer::v1::CASE_STATUS_CLOSED) {
    return {"status", "must be open or closed"};
  }
  if (Problem p = CheckMonths(record, now)) return p;
  if (Problem p = CheckCriteria(record, policy)) return p;
  if (!samkoer::v1::Consent_IsValid(record.consent())) {
    return {"consent", "is no known answer"};
  }
  if (Problem p = CheckText("plan.owner_unit", record.plan().owner_unit(),
                            proto::kMaxUnitBytes)) {
    return p;
  }
  if (Problem p =
          CheckText("contact", record.contact(), proto::kMaxContactBytes)) {
    return p;
  }
  if (!policy.Permitted(department, record.domain(),
                        Month::FromYyyymm(record.birth_month()), now)) {
    return {
        "birth_month",
        "is covered by no legal basis of the policy for this domain; filter "
        "by what GetIntakeInfo permits"};
  }
  return {};
}

absl::Status Refuse(const RecordBatch& batch, std::string_view what, int index,
                    const Problem& problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("batch ", batch.number(), ", ", Absl(what), " ", index,
                   ", field ", Absl(problem.field), ": ", Absl(problem.text)));
}

absl::Status CheckSize(const RecordBatch& batch, std::string_view field,
                       int size, std::size_t most) {
  if (static_cast<std::size_t>(size) <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("batch ", batch.number(), ", field ", Absl(field), ": ",
                   size, " are more than the ", most, " a batch may hold"));
}

}  // namespace

absl::Status ValidateBatch(const RecordBatch& batch,
                           const CompiledPolicy& policy,
                           std::uint16_t department, Day day,
                           samkoer::v1::PushKind kind) {
  if (absl::Status s = CheckSize(batch, "records", batch.records_size(),
                                 proto::kMaxBatchRecords);
      !s.ok()) {
    return s;
  }
  if (absl::Status s = CheckSize(batch, "withdrawn_case_refs",
                                 batch.withdrawn_case_refs_size(),
                                 proto::kMaxBatchWithdrawals);
      !s.ok()) {
    return s;
  }
  if (kind != samkoer::v1::PUSH_KIND_DELTA &&
      batch.withdrawn_case_refs_size() > 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("batch ", batch.number(),
                     ", field withdrawn_case_refs: only a delta withdraws; a "
                     "snapshot leaves out what is gone"));
  }
  const Month now = day.InMonth();
  absl::flat_hash_set<std::pair<absl::string_view, absl::string_view>> seen;
  absl::flat_hash_set<absl::string_view> stated;
  seen.reserve(batch.records_size());
  for (int i = 0; i < batch.records_size(); ++i) {
    const CaseRecord& record = batch.records(i);
    if (Problem p = CheckRecord(record, policy, department, now)) {
      return Refuse(batch, "record", i, p);
    }
    if (!seen.emplace(record.case_ref(), record.pseudonym()).second) {
      return Refuse(batch, "record", i,
                    {"case_ref", "this person is in this case already"});
    }
    if (batch.withdrawn_case_refs_size() > 0) stated.insert(record.case_ref());
  }
  for (int i = 0; i < batch.withdrawn_case_refs_size(); ++i) {
    const std::string& ref = batch.withdrawn_case_refs(i);
    const std::string_view what = "withdrawn reference";
    if (Problem p = CheckCaseRef("withdrawn_case_refs", ref)) {
      return Refuse(batch, what, i, p);
    }
    if (!stated.insert(ref).second) {
      return Refuse(batch, what, i,
                    {"withdrawn_case_refs",
                     "is also stated, or withdrawn twice, in this batch"});
    }
  }
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
