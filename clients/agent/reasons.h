// Why rows are set aside, and why rows are filtered: two different things. A
// row that is set aside has something wrong that a person should mend; a
// filtered row is in order and merely stays in the department. Pure.
#ifndef SAMKOER_CLIENTS_AGENT_REASONS_H_
#define SAMKOER_CLIENTS_AGENT_REASONS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace samkoer::agent {

enum class RejectReason {
  kColumns,           // another number of fields than the header
  kPlaceholder,       // the CPR number stands for "unknown"
  kLocalReplacement,  // a replacement number, not unique across issuers
  kUnreadable,        // not a CPR number
  kNoSuchDate,        // a CPR number of a day that never was
  kNoRef,             // no case reference
  kCprInRef,          // the case reference holds a CPR number
  kBadRef,            // too long, control characters, or not text
  kUnknownStatus,     // a status word that the configuration does not know
  kBadDate,           // opened or closed is no date, or closed before opened
  kFuture,            // the case opens after the day
  kUnknownUnit,       // no unit, or one that the matcher's policy does not know
  kUnknownKind,       // no prefix in `domains` fits the kind
  kErrorCell,         // a cell of a workbook with an error in place of a value
  kKeyMissing,        // a joined file does not have the row's key
  kKeyRepeated,       // a joined file has the row's key more than once
  kTooManyCases,      // the number has more cases than one person can have
};
inline constexpr std::size_t kRejectReasons = 17;

enum class FilterReason {
  kClosed,      // a closed case in a snapshot (closed_cases: OMIT)
  kAge,         // outside the permitted ages on the day
  kLegalBasis,  // the domain is not permitted
};
inline constexpr std::size_t kFilterReasons = 3;

// A row that was set aside: where it begins, and why. Nothing of its content.
struct Reject {
  std::int64_t line = 0;
  RejectReason reason = RejectReason::kUnreadable;
  friend bool operator==(const Reject&, const Reject&) = default;
};

// As it stands in the rejects file and in JSON: "no_such_date".
std::string_view ReasonName(RejectReason reason);
std::string_view ReasonName(FilterReason reason);
// For people.
std::string_view ReasonText(RejectReason reason);
std::string_view ReasonText(FilterReason reason);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_REASONS_H_
