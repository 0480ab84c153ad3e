// What the matcher's answer (GetIntakeInfo) tells `setup`. Pure.
#ifndef SAMKOER_CLIENTS_AGENT_SETUP_MATCHER_H_
#define SAMKOER_CLIENTS_AGENT_SETUP_MATCHER_H_

#include <vector>

#include "clients/agent/setup_proposal.h"
#include "samkoer/v1/intake.pb.h"

namespace samkoer::agent {

// Fills in department, purpose and permitted ages where nothing was said, and
// tells it in `findings`. What was said stays, also where the matcher says
// otherwise: a push would tell.
void TakeIntakeInfo(const v1::GetIntakeInfoResponse& info,
                    SetupAnswers& answers, std::vector<SetupFinding>& findings);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SETUP_MATCHER_H_
