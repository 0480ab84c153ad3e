// Which entries of the log are asked for. Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_LEAF_FILTER_H_
#define SAMKOER_CLIENTS_AUDIT_LEAF_FILTER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/alerts/text.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

// All that is set must hold; what is not set always holds.
struct LeafFilter {
  // One of these.
  std::vector<v1::AuditAction> actions;
  // Part of the actor's URI.
  std::string actor;
  // From, inclusive, and until, exclusive.
  absl::Time from = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();
  // 16 bytes: a random id that the leaf names.
  std::string subject;

  bool Matches(const v1::AuditLeaf& leaf) const;
};

// Whether a leaf tells of somebody who looked at persons: alerts and look-ups.
bool IsRead(const v1::AuditLeaf& leaf);

// A day from "dd-mm-yyyy" or "yyyy-mm-dd".
// INVALID_ARGUMENT otherwise.
absl::StatusOr<absl::CivilDay> ParseDay(std::string_view text,
                                        Language language);

// 16 bytes from 32 hex digits or base64. INVALID_ARGUMENT otherwise.
absl::StatusOr<std::string> ParseSubject(std::string_view text,
                                         Language language);
// 32 hex digits, as ParseSubject reads them.
std::string SubjectText(std::string_view subject_id);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_LEAF_FILTER_H_
