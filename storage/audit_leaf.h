// The one validator of audit leaves.
#ifndef SAMKOER_STORAGE_AUDIT_LEAF_H_
#define SAMKOER_STORAGE_AUDIT_LEAF_H_

#include "absl/status/status.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::storage {

// INVALID_ARGUMENT, naming the field, unless the leaf is as audit.proto says:
// version 1; a time, an actor, a known action and a purpose; subjects of 16
// bytes, strictly ascending, at most kMaxLeafSubjects; reason at most 500
// bytes; detail at most 200; digest and certificate empty or 32 bytes; push id
// empty or 16; at most kMaxLeafBytes in all. The message holds no contents.
absl::Status ValidateLeaf(const samkoer::v1::AuditLeaf& leaf);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_AUDIT_LEAF_H_
