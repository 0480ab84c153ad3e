// Checks what a department sends before anything of it is stored.
#ifndef SAMKOER_MATCHER_RECORD_VALIDATION_H_
#define SAMKOER_MATCHER_RECORD_VALIDATION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "matcher/calendar.h"
#include "matcher/policy.h"
#include "samkoer/v1/intake.pb.h"

namespace samkoer::matcher {

// Checks one batch of `department` (CompiledPolicy's number) in a push of
// `kind` for `day`: sizes, every field of every record as intake.proto says,
// units, domains and criteria against the policy, the legal basis by birth
// month, no person twice in a case, no reference both stated and withdrawn.
//
// INVALID_ARGUMENT "batch 3, record 17, field case_ref: looks like a CPR
// number; ..." otherwise. Batches count as the agent numbers them, records and
// withdrawn references from 0 in their batch. Nothing that was sent is echoed.
//
// Between batches of a push nothing is checked here.
absl::Status ValidateBatch(const samkoer::v1::RecordBatch& batch,
                           const CompiledPolicy& policy,
                           std::uint16_t department, Day day,
                           samkoer::v1::PushKind kind);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_RECORD_VALIDATION_H_
