#ifndef SAMKOER_MATCHER_PARTICIPANT_H_
#define SAMKOER_MATCHER_PARTICIPANT_H_

#include <cstdint>

#include "matcher/loop_state.h"
#include "samkoer/v1/types.pb.h"
#include "storage/record_content.h"

namespace samkoer::matcher {

// Shows a record of department `department` (the registry's number) as it
// stands in alerts, with the policy's name for the department; that name is
// empty if the policy no longer has it. Pure.
void FillParticipant(const LoopState& state, std::uint16_t department,
                     const storage::StoredContent& content,
                     samkoer::v1::Participant& participant);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_PARTICIPANT_H_
