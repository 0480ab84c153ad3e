#include "clients/agent/row_cleaner.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_join.h"
#include "clients/agent/cells.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"
#include "proto/cpr_shape.h"
#include "proto/limits.h"
#include "proto/plain_text.h"

namespace samkoer::agent {
namespace {

// Both detectors: the matcher's, so that it never refuses a batch of ours, and
// the clients' own.
bool HoldsCpr(std::string_view text) {
  return proto::LooksLikeCprNumber(text) || clients::ContainsCpr(text);
}

std::optional<RejectReason> CheckRef(std::string_view ref) {
  if (ref.empty()) return RejectReason::kNoRef;
  if (HoldsCpr(ref)) return RejectReason::kCprInRef;
  if (ref.size() > proto::kMaxCaseRefBytes || !proto::IsPlainLine(ref)) {
    return RejectReason::kBadRef;
  }
  return std::nullopt;
}

bool IsCriterion(std::string_view code) {
  return !code.empty() && code.size() <= proto::kMaxCriterionBytes &&
         std::all_of(code.begin(), code.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
         });
}

}  // namespace

RejectReason ReasonOf(clients::CprClass cpr_class) {
  switch (cpr_class) {
    case clients::CprClass::kPlaceholder:
      return RejectReason::kPlaceholder;
    case clients::CprClass::kLocalReplacement:
      return RejectReason::kLocalReplacement;
    case clients::CprClass::kNoSuchDate:
      return RejectReason::kNoSuchDate;
    default:
      return RejectReason::kUnreadable;
  }
}

RowCleaner::RowCleaner(const Config& config, const NumberMap& numbers,
                       const IntakeGuard* guard, const LifeEventBook* events,
                       const CivilDate& day, v1::PushKind kind)
    : config_(config),
      numbers_(numbers),
      guard_(guard),
      events_(events),
      day_(day),
      omit_closed_(kind == v1::PUSH_KIND_SNAPSHOT &&
                   config.proto.closed_cases() != v1::CLOSED_CASES_SEND) {}

RowOutcome RowCleaner::Clean(const RowView& row) const {
  RowOutcome outcome;
  for (const std::string_view cell : row.values) {
    if (const auto broken = BrokenCell(cell)) {
      outcome.result = *broken;
      return outcome;
    }
  }
  const clients::Cpr written = clients::ParseCpr(row[Column::kCpr]);
  if (!written.valid()) {
    outcome.result = ReasonOf(written.cpr_class);
    return outcome;
  }
  outcome.cpr_valid = true;
  outcome.modulus11 = written.modulus11;
  outcome.padded = written.padded;
  const clients::Cpr cpr = numbers_.Newest(written);
  outcome.renumbered = !(cpr.digits == written.digits);
  outcome.result = Check(row, cpr, outcome);
  return outcome;
}

RowCleaner::Result RowCleaner::Check(const RowView& row,
                                     const clients::Cpr& cpr,
                                     RowOutcome& quality) const {
  const std::string_view ref = row[Column::kCaseRef];
  if (const auto reason = CheckRef(ref)) return *reason;
  CleanCase out;
  v1::CaseRecord& record = out.record;
  const auto status = config_.status_words.find(FoldText(row[Column::kStatus]));
  if (status == config_.status_words.end()) return RejectReason::kUnknownStatus;
  record.set_status(status->second);
  RejectReason bad_date;
  if (!ReadDates(row, record, bad_date)) return bad_date;

  const auto filtered = [&](FilterReason reason) {
    return FilteredRow{reason, std::string(ref)};
  };
  if (omit_closed_ && record.status() == v1::CASE_STATUS_CLOSED) {
    return filtered(FilterReason::kClosed);
  }
  const int age = clients::AgeOn(cpr.birth, day_);
  if (!config_.permitted.AgeFitsAny(age) ||
      (guard_ != nullptr && !guard_->permitted().AgeFitsAny(age))) {
    return filtered(FilterReason::kAge);
  }

  std::string_view unit = config_.proto.columns().unit().empty()
                              ? std::string_view(config_.proto.fixed_unit())
                              : row[Column::kUnit];
  if (guard_ != nullptr) unit = guard_->PolicyUnit(unit);
  if (unit.empty() || unit.size() > proto::kMaxUnitBytes ||
      !proto::IsPlainLine(unit) || HoldsCpr(unit)) {
    return RejectReason::kUnknownUnit;
  }
  const v1::Domain domain = config_.domains.Find(row[Column::kKind]);
  if (domain == v1::DOMAIN_UNSPECIFIED) return RejectReason::kUnknownKind;
  switch (CheckPermitted(domain, age)) {
    case Permission::kPermitted:
      break;
    case Permission::kAge:
      return filtered(FilterReason::kAge);
    case Permission::kLegalBasis:
      return filtered(FilterReason::kLegalBasis);
  }

  out.cpr = cpr.digits;
  record.set_case_ref(std::string(ref));
  record.set_unit(std::string(unit));
  record.set_domain(domain);
  record.set_birth_month(MonthOf(cpr.birth));
  ReadExtras(row, cpr, age, record, quality);
  return out;
}

bool RowCleaner::ReadDates(const RowView& row, v1::CaseRecord& record,
                           RejectReason& reason) const {
  reason = RejectReason::kBadDate;
  std::optional<CivilDate> opened;
  if (const std::string_view text = row[Column::kOpened]; !text.empty()) {
    const auto date = config_.date_pattern.Read(text, day_);
    if (!date.ok()) return false;
    if (*date > day_) {
      reason = RejectReason::kFuture;
      return false;
    }
    opened = *date;
    record.set_opened_month(MonthOf(*date));
  }
  const std::string_view text = row[Column::kClosed];
  if (text.empty()) return true;
  const auto closed = config_.date_pattern.Read(text, day_);
  if (!closed.ok() || (opened && *closed < *opened)) return false;
  // The status word decides; an open case may have a planned end. A closed
  // one that ends later is closed now.
  if (record.status() == v1::CASE_STATUS_CLOSED) {
    record.set_closed_month(MonthOf(std::min(*closed, day_)));
  }
  return true;
}

void RowCleaner::AddCriterion(std::string_view code, v1::CaseRecord& record,
                              RowOutcome& quality) const {
  const auto& have = record.criteria();
  if (std::find(have.begin(), have.end(), code) != have.end()) return;
  if (!IsCriterion(code) || HoldsCpr(code) ||
      have.size() == static_cast<int>(proto::kMaxCriteria) ||
      (guard_ != nullptr && !guard_->UsesCriterion(code))) {
    quality.criteria_dropped = true;
    return;
  }
  record.add_criteria(std::string(code));
}

void RowCleaner::ReadExtras(const RowView& row, const clients::Cpr& cpr,
                            int age, v1::CaseRecord& record,
                            RowOutcome& quality) const {
  const std::string_view contact =
      config_.proto.columns().contact().empty()
          ? std::string_view(config_.proto.fixed_contact())
          : row[Column::kContact];
  if (contact.size() <= proto::kMaxContactBytes &&
      proto::IsPlainLine(contact) && !HoldsCpr(contact)) {
    record.set_contact(std::string(contact));
  } else {
    quality.contact_dropped = true;
  }

  std::string_view codes = row[Column::kCriteria];
  while (!codes.empty()) {
    const std::size_t end =
        std::min(codes.find_first_of(" ,;\t"), codes.size());
    const std::string_view code = codes.substr(0, end);
    codes.remove_prefix(std::min(end + 1, codes.size()));
    if (!code.empty()) AddCriterion(code, record, quality);
  }
  if (events_ != nullptr) {
    for (const std::string& code : events_->Judge(cpr, age, nullptr)) {
      AddCriterion(code, record, quality);
    }
  }
  std::sort(record.mutable_criteria()->begin(),
            record.mutable_criteria()->end());

  const std::string_view consent = row[Column::kConsent];
  if (MeansYes(consent)) record.set_consent(v1::CONSENT_GIVEN);
  if (MeansNo(consent)) record.set_consent(v1::CONSENT_REFUSED);
  record.set_coordinator_exists(MeansYes(row[Column::kCoordinator]));
  // Whatever is written there and is not a no protects.
  const std::string_view secret = row[Column::kProtected];
  record.set_protected_identity(!secret.empty() && !MeansNo(secret));
}

std::vector<std::string> RowCleaner::Explain(const RowView& row) const {
  const RowOutcome outcome = Clean(row);
  std::vector<std::string> lines;
  if (const auto* reason = std::get_if<RejectReason>(&outcome.result)) {
    lines.push_back(clients::Cat("set aside: ", ReasonName(*reason), ", ",
                                 ReasonText(*reason)));
  } else if (const auto* kept = std::get_if<FilteredRow>(&outcome.result)) {
    lines.push_back(clients::Cat("stays here: ", ReasonName(kept->reason), ", ",
                                 ReasonText(kept->reason)));
  } else {
    const auto& record = std::get<CleanCase>(outcome.result).record;
    lines.push_back(clients::Cat(
        "may be sent, ",
        record.criteria().empty()
            ? std::string("without criteria")
            : clients::Cat("with the criteria ",
                           absl::StrJoin(record.criteria(), ", "))));
  }
  if (!outcome.cpr_valid) return lines;
  const clients::Cpr cpr =
      numbers_.Newest(clients::ParseCpr(row[Column::kCpr]));
  const int age = clients::AgeOn(cpr.birth, day_);
  lines.push_back(
      clients::Cat("the person is ", age, " on ", FormatIsoDay(day_)));
  if (events_ != nullptr) events_->Judge(cpr, age, &lines);
  return lines;
}

Permission RowCleaner::CheckPermitted(v1::Domain domain, int age) const {
  const Permission own = config_.permitted.Check(domain, age);
  if (own != Permission::kPermitted || guard_ == nullptr) return own;
  return guard_->permitted().Check(domain, age);
}

}  // namespace samkoer::agent
