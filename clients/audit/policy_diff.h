// What a new policy changes, in words. Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_POLICY_DIFF_H_
#define SAMKOER_CLIENTS_AUDIT_POLICY_DIFF_H_

#include <string>
#include <vector>

#include "clients/alerts/text.h"
#include "samkoer/v1/policy.pb.h"

namespace samkoer::clients {

namespace v1 = samkoer::v1;

// One sentence a change, departments first, then legal bases, rules, retention
// and limits; none only if the policies are the same but for their version.
// `before` is null if nothing is in force: then everything is new. Texts of the
// policies stand in the sentences as they are: make them terminal-safe.
std::vector<std::string> PolicyChanges(const v1::Policy* before,
                                       const v1::Policy& after,
                                       Language language);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_POLICY_DIFF_H_
