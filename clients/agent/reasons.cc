#include "clients/agent/reasons.h"

namespace samkoer::agent {

std::string_view ReasonName(RejectReason reason) {
  switch (reason) {
    case RejectReason::kColumns:
      return "columns";
    case RejectReason::kPlaceholder:
      return "placeholder";
    case RejectReason::kLocalReplacement:
      return "local_replacement";
    case RejectReason::kUnreadable:
      return "unreadable";
    case RejectReason::kNoSuchDate:
      return "no_such_date";
    case RejectReason::kNoRef:
      return "no_ref";
    case RejectReason::kCprInRef:
      return "cpr_in_ref";
    case RejectReason::kBadRef:
      return "bad_ref";
    case RejectReason::kUnknownStatus:
      return "unknown_status";
    case RejectReason::kBadDate:
      return "bad_date";
    case RejectReason::kFuture:
      return "future";
    case RejectReason::kUnknownUnit:
      return "unknown_unit";
    case RejectReason::kUnknownKind:
      return "unknown_kind";
    case RejectReason::kErrorCell:
      return "error_cell";
    case RejectReason::kKeyMissing:
      return "key_missing";
    case RejectReason::kKeyRepeated:
      return "key_repeated";
    case RejectReason::kTooManyCases:
      return "too_many_cases";
  }
  return "unknown";
}

std::string_view ReasonName(FilterReason reason) {
  switch (reason) {
    case FilterReason::kClosed:
      return "closed";
    case FilterReason::kAge:
      return "age";
    case FilterReason::kLegalBasis:
      return "legal_basis";
  }
  return "unknown";
}

std::string_view ReasonText(RejectReason reason) {
  switch (reason) {
    case RejectReason::kColumns:
      return "other number of columns than the header";
    case RejectReason::kPlaceholder:
      return "CPR number stands for 'unknown'";
    case RejectReason::kLocalReplacement:
      return "replacement number, not unique";
    case RejectReason::kUnreadable:
      return "CPR number cannot be read";
    case RejectReason::kNoSuchDate:
      return "CPR number of a day that never was";
    case RejectReason::kNoRef:
      return "no case reference";
    case RejectReason::kCprInRef:
      return "case reference holds a CPR number";
    case RejectReason::kBadRef:
      return "case reference too long or not text";
    case RejectReason::kUnknownStatus:
      return "unknown status word";
    case RejectReason::kBadDate:
      return "date cannot be read";
    case RejectReason::kFuture:
      return "case opens after the day";
    case RejectReason::kUnknownUnit:
      return "unknown unit";
    case RejectReason::kUnknownKind:
      return "unknown kind (KLE)";
    case RejectReason::kErrorCell:
      return "cell of the workbook with an error";
    case RejectReason::kKeyMissing:
      return "key is not in the joined file";
    case RejectReason::kKeyRepeated:
      return "key is in the joined file more than once";
    case RejectReason::kTooManyCases:
      return "CPR number with more cases than a person can have";
  }
  return "unknown";
}

std::string_view ReasonText(FilterReason reason) {
  switch (reason) {
    case FilterReason::kClosed:
      return "closed case";
    case FilterReason::kAge:
      return "outside the permitted ages";
    case FilterReason::kLegalBasis:
      return "no legal basis for the domain";
  }
  return "unknown";
}

}  // namespace samkoer::agent
